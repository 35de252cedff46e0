import {
  type Evidence,
  type Logged,
  type Moved,
  type Notified,
  type Noun,
  nouns,
  type Seen,
  type Subscriber,
} from './evidence.ts';

/** The sentences that must hold after a storm, each with the function that finds what breaks it. */
export const sentences: Readonly<Record<string, (evidence: Evidence) => string[]>> = {
  'what was acknowledged is committed, once, and nothing else is': acknowledgedIsCommitted,
  'every subscriber saw the log: each event once, in order, none missing': sawTheLog,
  'every notification that is due was acknowledged by its shop': wasNotified,
  'the acquirer and we have settled the same attempts and refunds': sameAsAcquirer,
  'all money that moved is posted once, and balances are the sums of postings': isBalanced,
  'no invariant of the domain is broken': ({ broken }) => [...broken],
  'nothing is stuck': ({ stuck }) => [...stuck],
  'no process ended by itself': ({ ownEnds }) => [...ownEnds],
};

function acknowledgedIsCommitted({ asked, kept }: Evidence): string[] {
  return nouns.flatMap((noun) => {
    const byKey = Map.groupBy(kept[noun], ({ key }) => key);
    const found = asked[noun].flatMap(({ key, ids, refusal, unsure }): string[] => {
      const rows = byKey.get(key) ?? [];
      const wanted = [...new Set(ids)];
      if (refusal !== undefined && wanted.length === 0) {
        return rows.length <= (unsure ? 1 : 0)
          ? []
          : [`${noun}: ${key} was refused (${refusal}), yet ${rows[0]?.id} is there`];
      }
      if (wanted.length === 0) return [`${noun}: ${key} was never acknowledged`];
      if (wanted.length > 1) return [`${noun}: ${key} was acknowledged as ${wanted.join(' and ')}`];
      if (rows.length === 0) return [`${noun}: ${key} was acknowledged as ${wanted[0]} and is not there`];
      return rows.length === 1 && rows[0]?.id === wanted[0]
        ? []
        : [`${noun}: ${key} was acknowledged as ${wanted[0]}, and there is ${rows.map(({ id }) => id).join(', ')}`];
    });
    return [...found, ...unasked(noun, { asked, kept })];
  });
}

function unasked(noun: Noun, { asked, kept }: Pick<Evidence, 'asked' | 'kept'>): string[] {
  const keys = new Set(asked[noun].map(({ key }) => key));
  return kept[noun]
    .filter(({ key }) => !keys.has(key))
    .map(({ key, id }) => `${noun}: nobody asked for ${id} (${key})`);
}

function sawTheLog({ logs, subscribers }: Evidence): string[] {
  const holes = [...logs].flatMap(([shopId, log]) =>
    log.every(({ number }, place) => number === place + 1) ? [] : [`the log of shop ${shopId} has a hole`],
  );
  return [...holes, ...subscribers.flatMap((subscriber) => differences(subscriber, logs.get(subscriber.shopId) ?? []))];
}

/** The first place where what was seen is not the log; later ones follow from it. */
function differences({ name, types, seen }: Subscriber, log: readonly Logged[]): string[] {
  const wanted = types === undefined ? log : log.filter(({ type }) => types.includes(type));
  const place = wanted.findIndex((event, index) => textOf(event) !== textOf(seen[index]));
  if (place >= 0) return [`${name} should have seen ${textOf(wanted[place])} next, and saw ${textOf(seen[place])}`];
  return seen.length === wanted.length ? [] : [`${name} saw ${textOf(seen[wanted.length])}, which is too much`];
}

function textOf(event: Seen | undefined): string {
  return event === undefined ? 'nothing' : `${event.number} ${event.type} ${event.id} ${event.status}`.trim();
}

/**
 * The states that an imoje notification tells, by the type of the event (imoje protocol, sections 4, 7 and 11): written
 * here once more, so that a mistake in the gateway's own table shows.
 */
const toldStates: Readonly<Record<string, string>> = {
  TRANSACTION_PENDING: 'pending',
  TRANSACTION_SETTLED: 'settled',
  TRANSACTION_REJECTED: 'rejected',
  TRANSACTION_ERROR: 'error',
  TRANSACTION_CANCELLED: 'cancelled',
  REFUND_SETTLED: 'settled',
  REFUND_REJECTED: 'rejected',
  PAYMENT_CANCELLED: 'cancelled',
  PAYMENT_EXPIRED: 'cancelled',
};

function wasNotified({ logs, notified }: Evidence): string[] {
  const told = new Set(notified.map(keyOf));
  return [...logs.values()].flatMap((log) =>
    [
      ...Map.groupBy(
        log.filter(({ type }) => type in toldStates),
        ({ paymentId }) => paymentId,
      ).values(),
    ].flatMap((events) =>
      events
        .filter((event, place) => !events.slice(place + 1).some((newer) => takesPlaceOf(newer, event)))
        .filter(({ id, type }) => !told.has(keyOf({ id, status: toldStates[type] ?? '' })))
        .map((event) => `the shop has never acknowledged event ${textOf(event)}`),
    ),
  );
}

function keyOf({ id, status }: Notified): string {
  return `${id} ${status}`;
}

/**
 * Whether news of the same payment need not be told any more once there is newer news
 * (docs/decisions/0004-which-notification-supersedes-which.md).
 */
function takesPlaceOf(newer: Logged, older: Logged): boolean {
  const isOf = (noun: string, { type }: Logged): boolean => type.startsWith(noun);
  if (isOf('REFUND', newer) || isOf('REFUND', older)) return newer.id === older.id;
  if (isOf('PAYMENT', newer)) return isOf('PAYMENT', older);
  return older.type !== 'TRANSACTION_SETTLED' || older.id === newer.id;
}

function sameAsAcquirer({ kept, acquirer }: Evidence): string[] {
  const settled = (noun: Noun): string[] => kept[noun].filter(({ status }) => status === 'SETTLED').map(({ id }) => id);
  return [
    ...unequal('attempt', settled('transactions'), acquirer.taken),
    ...unequal('refund', settled('refunds'), acquirer.returned),
  ];
}

function unequal(noun: string, ours: readonly string[], theirs: readonly Moved[]): string[] {
  const [own, other] = [new Set(ours), new Set(theirs.map(({ id }) => id))];
  return [
    ...[...own.difference(other)].map((id) => `${noun} ${id} is settled here, and not at the acquirer`),
    ...[...other.difference(own)].map((id) => `${noun} ${id} is settled at the acquirer, and not here`),
  ];
}

/** All the money that the acquirer moved is posted, once, and the balances that are kept are the sums of the postings. */
function isBalanced({ acquirer, balances, postings }: Evidence): string[] {
  const moved = new Map([...acquirer.taken, ...acquirer.returned].map(({ id, amount }) => [id, amount]));
  const sums = new Map<string, bigint>();
  const posted = new Map<string, bigint>();
  for (const { of, from, to, amount } of postings) {
    sums.set(from, (sums.get(from) ?? 0n) - amount);
    sums.set(to, (sums.get(to) ?? 0n) + amount);
    if (of !== null) posted.set(of, (posted.get(of) ?? 0n) + amount);
  }
  return [
    ...[...moved].flatMap(([id, amount]) =>
      posted.get(id) === amount ? [] : [`the acquirer moved ${amount} for ${id}, ${posted.get(id) ?? 0n} is posted`],
    ),
    ...balances.flatMap(({ account, amount }) => {
      const sum = sums.get(account) ?? 0n;
      return amount === sum ? [] : [`account ${account} has a balance of ${amount}, its postings say ${sum}`];
    }),
  ];
}
