import type { Share } from '../baskets/model.ts';
import { insertShares } from '../baskets/sql/insert-shares.ts';
import type { Failed, Outcome } from '../kernel/batch.ts';
import { type Database, inTransaction, type Tx, withoutTransaction } from '../kernel/db/database.ts';
import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Refusal } from '../kernel/errors.ts';
import { IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { ShopNotActive } from '../shops/errors.ts';
import { insertPayments, type NewPayment } from './sql/insert-payments.ts';
import { readPaymentsByKey } from './store.ts';

/** A checked wish for a payment: the row to write, and why it may not be written now unless it exists already. */
export type PreparedPayment = NewPayment & {
  readonly refusal: Refusal | undefined;
  /** How its money is split. */
  readonly shares: readonly Share[];
  /** By which the same wish was known before it was by what its caller sent. Payments of that time have no other. */
  readonly formerHash?: Buffer | undefined;
};

/** The payment of a wish in its present state; `replayed` when an earlier wish under the same key had made it. */
export type CreatedPayment = { readonly payment: Payment; readonly replayed: boolean };

/**
 * Creates a batch of payments, each with its own outcome. A key that was used before gives the payment it made if the
 * input is the same; a refusal does not consume the key. Equal keys inside one batch make one payment.
 */
export async function createPayments(
  tx: Tx,
  wishes: readonly PreparedPayment[],
): Promise<readonly Outcome<CreatedPayment>[]> {
  const made = await insertNew(tx, wishes);
  const found = await findByKey(tx, notIn(made, wishes));
  return wishes.map((wish) => (made.has(wish) ? created(wish) : replay(wish, found)));
}

/**
 * Creates a batch of payments like `createPayments` and commits it, in one statement unless one is split: only shares are written
 * by a second one. What was there already is read afterwards; where that fails, the payments that were made are made,
 * and all others fail, also those that would have been refused, since nobody knows whether they were there.
 */
export async function commitPayments(
  database: Database,
  wishes: readonly PreparedPayment[],
): Promise<readonly (Outcome<CreatedPayment> | Failed)[]> {
  const run = wishes.some(({ shares }) => shares.length > 0) ? inTransaction : withoutTransaction;
  const made = await run(database, (tx) => insertNew(tx, wishes));
  const others = notIn(made, wishes);
  // Mostly so, and then there is no connection to wait for.
  if (others.length === 0) return wishes.map(created);
  const replayed = await replayAll(database, others);
  return wishes.map((wish) => (made.has(wish) ? created(wish) : replayed(wish)));
}

async function replayAll(
  database: Database,
  wishes: readonly PreparedPayment[],
): Promise<(wish: PreparedPayment) => Outcome<CreatedPayment> | Failed> {
  try {
    const found = await withoutTransaction(database, (tx) => findByKey(tx, wishes));
    return (wish) => replay(wish, found);
  } catch (error) {
    return () => ({ error });
  }
}

/** Writes what is new, with its shares, and gives the wishes that were it. */
async function insertNew(tx: Tx, wishes: readonly PreparedPayment[]): Promise<ReadonlySet<PreparedPayment>> {
  const firsts = firstOfEachKey(wishes.filter((wish) => !wish.refusal));
  const written = await insertPayments(tx, firsts);
  const made = firsts.filter((_, index) => written.has(index));
  await insertShares(
    tx,
    made.map(({ row: payment, merchantId, shares }) => ({ payment, merchantId, shares })),
  );
  return new Set(made);
}

function notIn(made: ReadonlySet<PreparedPayment>, wishes: readonly PreparedPayment[]): readonly PreparedPayment[] {
  return wishes.filter((wish) => !made.has(wish));
}

function created({ row }: PreparedPayment): Outcome<CreatedPayment> {
  return { value: { payment: row, replayed: false } };
}

/** Only the first wish under a key may write; the others of the batch are replays of it. */
function firstOfEachKey(wishes: readonly PreparedPayment[]): PreparedPayment[] {
  const byKey = new Map<string, PreparedPayment>();
  for (const wish of wishes) {
    const key = keyOf(wish.row);
    if (!byKey.has(key)) byKey.set(key, wish);
  }
  return [...byKey.values()];
}

/** A second statement, since the first one's snapshot may not show a payment that was committed while it waited. */
async function findByKey(tx: Tx, wishes: readonly PreparedPayment[]): Promise<ReadonlyMap<string, Payment>> {
  if (wishes.length === 0) return new Map();
  const payments = await readPaymentsByKey(
    tx,
    wishes.map((wish) => wish.row),
  );
  return new Map(payments.map((payment) => [keyOf(payment), payment]));
}

function replay(wish: PreparedPayment, found: ReadonlyMap<string, Payment>): Outcome<CreatedPayment> {
  const payment = found.get(keyOf(wish.row));
  if (!payment) return { refusal: wish.refusal ?? new ShopNotActive('inactive') };
  if (!isSameInput(payment, wish)) return { refusal: new IdempotencyKeyReused() };
  return { value: { payment, replayed: true } };
}

function isSameInput({ inputHash }: Payment, { row, formerHash }: PreparedPayment): boolean {
  return [row.inputHash, formerHash].some((hash) => hash && Buffer.from(inputHash).equals(hash));
}

function keyOf(row: Payment): string {
  return `${row.shopId} ${row.source} ${row.idempotencyKey}`;
}
