import type { Acquirer } from '../acquirers/port.ts';
import { type Outcome, outcomeOf } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Profile, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { readProfiles } from '../profiles/store.ts';
import { AmountOutOfRange, MethodNotAvailable } from '../shops/errors.ts';
import { requireActive } from '../shops/find-shop.ts';
import { type Channel, channelFacts, limitsAgainst } from '../shops/model.ts';
import { readShopStates, type ShopState } from '../shops/sql/read-shop-states.ts';
import { isLive } from '../transactions/model.ts';
import { readAttempts, readTransactionsByKey } from '../transactions/store.ts';
import { currencyAgainst } from './check-channel.ts';
import { documentsAgainst } from './check-documents.ts';
import { AttemptInProgress, PaymentNotPayable, TooManyAttempts } from './errors.ts';
import { continued, isSent, newTransaction, type PreparedStart } from './make-attempt.ts';
import { type Attempt, mayReplace } from './model.ts';
import { keptBy, requireProfile } from './require-profile.ts';
import { readPayments } from './store.ts';
import { type NewStart, writeStarts } from './write-starts.ts';

/** The attempt in its present state; `replayed` when an earlier wish under the same key had started it. */
export type StartedTransaction = Attempt & { readonly replayed: boolean };

type Known = {
  readonly shops: ReadonlyMap<string, ShopState>;
  readonly byKey: Map<string, Transaction>;
  readonly payments: Map<string, Payment>;
  /** The stored instruments that are charged. */
  readonly profiles: ReadonlyMap<string, Profile>;
  /** The attempt that is running, by payment. */
  readonly live: Map<string, Transaction>;
  /** All attempts so far. */
  readonly attempts: readonly Transaction[];
  readonly starts: NewStart[];
};

/**
 * The first step of starting transactions: decides for each wish, and leaves a PENDING row for those that may go on to
 * the acquirer, or a NEW one where the payer has yet to enter his card. A job asks the acquirer about any that stay
 * without an answer, so a crash after this step is repaired.
 */
export async function decideStarts(
  tx: Tx,
  clock: Clock,
  wishes: readonly PreparedStart[],
): Promise<readonly Outcome<StartedTransaction>[]> {
  const locked = lockShops(
    tx,
    wishes.map((wish) => wish.shop.id),
  );
  // Sent behind the lock in one go, and read once it is held.
  const [known] = await Promise.all([readKnown(tx, wishes), locked]);
  const outcomes = wishes.map((wish) => outcomeOf(() => decide(known, wish, clock.now(wish.shop))));
  await writeStarts(tx, known.starts);
  return outcomes;
}

async function readKnown(tx: Tx, wishes: readonly PreparedStart[]): Promise<Known> {
  const keys = wishes.map((wish) => ({ shopId: wish.shop.id, idempotencyKey: wish.idempotencyKey }));
  const paymentIds = [...new Set(wishes.map((wish) => wish.paymentId))];
  const shopIds = keys.map((key) => key.shopId);
  const profileIds = wishes.flatMap(({ profileId }) => profileId ?? []);
  const [replays, payments, attempts, shops, profiles] = await Promise.all([
    readTransactionsByKey(tx, keys),
    readPayments(tx, paymentIds),
    readAttempts(tx, paymentIds),
    readShopStates(tx, shopIds),
    readProfiles(tx, profileIds),
  ]);
  const live = attempts.filter((attempt) => isLive(attempt.status));
  return {
    shops,
    byKey: new Map(replays.flatMap(keysOf)),
    payments: new Map(payments.map((payment) => [payment.id, payment])),
    profiles: new Map(profiles.map((profile) => [profile.id, profile])),
    live: new Map(live.map((attempt) => [attempt.paymentId, attempt])),
    attempts,
    starts: [],
  };
}

/** The keys by which a wish may come again: that of the start, and that of the card entered on our page. */
function keysOf(row: Transaction): [key: string, row: Transaction][] {
  const keys = row.entryKey === null ? [row.idempotencyKey] : [row.idempotencyKey, row.entryKey];
  return keys.map((key) => [`${row.shopId} ${key}`, row]);
}

/** Decides one wish and notes what it did, so that the next wish of the batch sees it. */
function decide(known: Known, wish: PreparedStart, now: Date): StartedTransaction {
  const payment = known.payments.get(wish.paymentId);
  if (!payment || payment.shopId !== wish.shop.id) throw new NotFound('No payment has this id.', ['paymentId']);
  const key = `${wish.shop.id} ${wish.idempotencyKey}`;
  const earlier = known.byKey.get(key) ?? keptByFormerKey(known, wish);
  if (earlier) return { payment, transaction: sameInput(earlier, wish), replayed: true };
  if (wish.refusal) throw wish.refusal;
  requireFew(known, payment, now);
  const live = known.live.get(payment.id);
  if (live) requireReplaceable(known, wish, { live, now });
  const acquirer = requirePayable(known, wish, { payment, live, now });
  const profile = requireProfile(known.profiles, wish);
  const continues = live !== undefined && isContinued(live, wish);
  const returnUrl = wish.source === 'WEB' ? lastReturnUrl(known, payment) : null;
  const transaction = continues
    ? continued(live, wish, now)
    : newTransaction(wish, { payment, acquirer, returnUrl, now });
  const stores = keptBy(wish, { payment, transactionId: transaction.id, profile });
  const pending: Payment = payment.status === 'PENDING' ? payment : { ...payment, status: 'PENDING', updatedAt: now };
  known.byKey.set(key, transaction);
  known.payments.set(payment.id, pending);
  known.live.set(payment.id, transaction);
  known.starts.push({
    transaction,
    payment: pending,
    merchantId: wish.shop.merchantId,
    paymentWas: payment.status,
    continues,
    replaces: continues ? undefined : live,
    stores,
  });
  return { payment: pending, transaction, replayed: false };
}

function keptByFormerKey({ attempts }: Known, { paymentId, formerKey }: PreparedStart): Transaction | undefined {
  if (formerKey === undefined) return undefined;
  return attempts.find((attempt) => attempt.paymentId === paymentId && attempt.idempotencyKey === formerKey);
}

function lastReturnUrl({ attempts }: Known, { id }: Payment): string | null {
  return attempts.findLast(({ paymentId }) => paymentId === id)?.returnUrl ?? null;
}

/** Attempts on one payment: a payer mistypes a code a few times in a minute, who guesses codes needs thousands. */
const perPayment = { max: 10, windowMs: 60_000 };

function requireFew({ attempts }: Known, { id }: Payment, now: Date): void {
  const begun = attempts.filter(({ paymentId }) => paymentId === id).map(({ createdAt }) => createdAt.getTime());
  const tenth = begun.sort((a, b) => b - a)[perPayment.max - 1];
  const waitMs = tenth === undefined ? 0 : tenth + perPayment.windowMs - now.getTime();
  if (waitMs > 0) throw new TooManyAttempts('payment', { ms: waitMs });
}

function sameInput(earlier: Transaction, wish: PreparedStart): Transaction {
  // What came with the card was not kept, and the form that has this key was made for this payment alone.
  const isEntry = earlier.entryKey === wish.idempotencyKey && earlier.paymentId === wish.paymentId;
  if (!isEntry && !wish.inputHash.equals(earlier.inputHash)) throw new IdempotencyKeyReused();
  return earlier;
}

/** The card that the payer enters on our page goes on with the attempt that sent him there. */
function isContinued(live: Transaction, wish: PreparedStart): boolean {
  return (
    live.status === 'NEW' &&
    live.channel === wish.channel &&
    live.acquirer === wish.acquirer?.name &&
    isSent(wish) &&
    wish.source === 'WEB'
  );
}

function requireReplaceable(
  known: Known,
  wish: PreparedStart,
  { live, now }: { readonly live: Transaction; readonly now: Date },
): void {
  const begunNow = known.starts.some((start) => start.transaction.id === live.id);
  const may = begunNow ? 'not-yet' : mayReplace(live, now);
  if (may === 'at-once' || (may === 'after-warning' && wish.supersede)) return;
  throw new AttemptInProgress(may === 'after-warning');
}

function requirePayable(
  known: Known,
  wish: PreparedStart,
  moment: { readonly payment: Payment; readonly live: Transaction | undefined; readonly now: Date },
): Acquirer {
  const { payment, live, now } = moment;
  if (payment.status !== (live ? 'PENDING' : 'NEW')) throw new PaymentNotPayable(payment.status, 'paid');
  if (payment.validUntil <= now) throw new PaymentNotPayable('EXPIRED', 'paid');
  // As it is under the lock: what the wish brought along may be a second old.
  requireActive(known.shops.get(wish.shop.id) ?? wish.shop);
  const { method } = channelFacts(wish.channel);
  const wanted = payment.methods.length === 0 || payment.methods.includes(method);
  const offered = wish.shop.channels.includes(wish.channel);
  if (!wish.acquirer || !wanted || !offered) {
    throw new MethodNotAvailable(`${wish.channel} cannot pay this payment; ask paymentMethods what can.`, ['method']);
  }
  const lacking = currencyAgainst(wish.channel, payment.currency) ?? documentsAgainst(wish.channel, payment, wish.shop);
  if (lacking !== undefined) throw new MethodNotAvailable(lacking, ['method']);
  const limits = limitsAgainst(wish.channel, payment.amount);
  if (limits) throw new AmountOutOfRange(wish.channel, limits, ['method']);
  const unavailable = wish.acquirer.unavailability(wish.channel, now);
  if (unavailable) throw new MethodNotAvailable(sentenceFor(wish.channel, unavailable), ['method']);
  return wish.acquirer;
}

function sentenceFor(channel: Channel, unavailable: { readonly reason: string; readonly until?: Date }): string {
  const until = unavailable.until ? ` until ${unavailable.until.toISOString()}` : '';
  return unavailable.reason === 'OUTSIDE_HOURS'
    ? `${channel} takes no payments at this hour${until}; choose another method or come again.`
    : `${channel} is out of order at the moment; choose another method or come again in a few minutes.`;
}
