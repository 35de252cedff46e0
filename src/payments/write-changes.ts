import type { BankApp } from '../acquirers/port.ts';
import type { Tx } from '../kernel/db/database.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { enqueue, type Job } from '../kernel/jobs/enqueue.ts';
import { clearTimers, setTimers, type Timer } from '../kernel/jobs/timers.ts';
import type { Decided } from '../profiles/new-profile.ts';
import { registerProfiles } from '../profiles/register-profiles.ts';
import type { ShopState } from '../shops/sql/read-shop-states.ts';
import { heldFact, transactionFact } from '../transactions/events.ts';
import { isLive } from '../transactions/model.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { bookCommissions, bookHeldMoney, bookSettlements, type Settled } from './book-money.ts';
import { paymentFact } from './events.ts';
import type { Judgement } from './judge-answer.ts';
import { type Attempt, jobToStop, timerKinds } from './model.ts';
import { movePayments } from './sql/move-payments.ts';

/** What becomes of an attempt and its payment at a moment, and what they were before. */
export type Change = Judgement & {
  readonly before: Attempt;
  readonly at: Date;
  /** The bank apps that hold the alias which the attempt registered. */
  readonly apps?: readonly BankApp[] | undefined;
};

/** Writes changes of attempts with everything that follows from them: money, timers, jobs and events. */
export async function writeChanges(
  tx: Tx,
  shops: ReadonlyMap<string, ShopState>,
  changes: readonly Change[],
): Promise<void> {
  const written = writeRounds(tx, shops, changes);
  // In one go for all, since the sales of a merchant count in order.
  await Promise.all([written, bookCommissions(tx, changes.flatMap(settledIn), written)]);
}

/** Two changes of one payment are written one after the other, each by its own compare-and-set. */
async function writeRounds(tx: Tx, shops: ReadonlyMap<string, ShopState>, changes: readonly Change[]): Promise<void> {
  for (const round of roundsOf(changes)) await writeRound(tx, shops, round);
}

/** Cuts the changes, kept in order, so that no payment occurs twice in one round. */
function roundsOf(changes: readonly Change[]): Change[][] {
  const rounds: Change[][] = [];
  const places = new Map<string, number>();
  for (const change of changes) {
    const place = places.get(change.before.payment.id) ?? 0;
    places.set(change.before.payment.id, place + 1);
    rounds[place] = [...(rounds[place] ?? []), change];
  }
  return rounds;
}

async function writeRound(tx: Tx, shops: ReadonlyMap<string, ShopState>, changes: readonly Change[]): Promise<void> {
  const moves = changes.flatMap(({ before, transaction }) =>
    transaction ? [{ was: before.transaction.status, before: before.transaction, row: transaction }] : [],
  );
  const payments = changes.flatMap(({ before, payment: row }) => (row ? [{ was: before.payment.status, row }] : []));
  const held = moves.map(({ before, row }) => ({ before, after: row }));
  // All but the last in one round trip, since none needs what another gives.
  const [stored] = await Promise.all([
    registerProfiles(tx, decidedBy(changes, shops)),
    moveTransactions(tx, moves),
    movePayments(tx, payments),
    bookHeldMoney(tx, held),
    bookSettlements(tx, changes.flatMap(settledIn)),
    clearTimers(tx, changes.flatMap(finishedTimers)),
    enqueue(tx, changes.flatMap(ordersToStop)),
  ]);
  const timers = changes.flatMap((change) => newTimers(change, shops));
  await Promise.all([setTimers(tx, timers), appendEvents(tx, [...changes.flatMap(factsOf), ...stored])]);
}

function settledIn({ before: { payment }, transaction }: Change): Settled[] {
  return transaction?.status === 'SETTLED' ? [{ transaction, payment }] : [];
}

function decidedBy(changes: readonly Change[], shops: ReadonlyMap<string, ShopState>): Decided[] {
  return changes.flatMap(({ transaction, at, apps }) =>
    transaction ? [{ transaction, at, apps, merchantId: shopOf(shops, transaction).merchantId }] : [],
  );
}

function shopOf(shops: ReadonlyMap<string, ShopState>, { shopId }: Pick<Attempt['transaction'], 'shopId'>): ShopState {
  const shop = shops.get(shopId);
  if (!shop) throw new Error(`Shop ${shopId} of a transaction is not known.`);
  return shop;
}

function finishedTimers({ transaction, payment, before }: Change): Pick<Timer, 'kind' | 'subject'>[] {
  return [
    ...(transaction && !isAskedAbout(transaction) ? [{ kind: timerKinds.ask, subject: transaction.id }] : []),
    ...(before.transaction.status === 'AUTHORIZED' && transaction
      ? [{ kind: timerKinds.expireAuthorization, subject: transaction.id }]
      : []),
    ...(payment?.status === 'SETTLED' || payment?.status === 'AUTHORIZED'
      ? [{ kind: timerKinds.expire, subject: payment.id }]
      : []),
  ];
}

/** What was cancelled or given up is still asked about for a while: its acquirer may have taken the money. */
function isAskedAbout({ status, reason }: Pick<Attempt['transaction'], 'status' | 'reason'>): boolean {
  if (status === 'CANCELLED' || reason === 'NO_ANSWER') return true;
  return isLive(status) && status !== 'AUTHORIZED' && status !== 'SUBMITTED';
}

function newTimers({ transaction }: Change, shops: ReadonlyMap<string, ShopState>): Timer[] {
  if (transaction?.status !== 'AUTHORIZED' || transaction.authorizedUntil === null) return [];
  const { id: subject, authorizedUntil: dueAt } = transaction;
  const { merchantId } = shopOf(shops, transaction);
  return [{ kind: timerKinds.expireAuthorization, subject, merchantId, dueAt }];
}

function factsOf(change: Change): ReturnType<typeof paymentFact>[] {
  const { transaction, payment, before, at } = change;
  const status = (payment ?? before.payment).status;
  return [
    ...(transaction && transaction.status !== before.transaction.status
      ? [transactionFact(transaction, status, at)]
      : []),
    ...(transaction && transaction.heldAmount > before.transaction.heldAmount
      ? [heldFact(transaction, status, at)]
      : []),
    ...(payment ? [paymentFact(payment, at)] : []),
  ];
}

function ordersToStop({ release, before }: Change): Job[] {
  return release ? [jobToStop(before.transaction.id)] : [];
}
