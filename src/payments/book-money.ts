import { shareCommissions } from '../baskets/share-commissions.ts';
import { splitSales } from '../baskets/split-sales.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { newId } from '../kernel/ids.ts';
import { heldReturned, moneyHeld, saleSettled } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { lockMerchants } from '../merchants/sql/lock-merchants.ts';
import { computeCommissions, type SettledSale } from '../pricing/compute-commissions.ts';
import type { ShopState } from '../shops/sql/read-shop-states.ts';
import { insertSettledCaptures, type SettledCapture } from '../transactions/sql/insert-captures.ts';

/** A transaction that settled, with its payment. */
export type Settled = {
  readonly transaction: Transaction;
  readonly payment: Pick<Payment, 'id' | 'isSplit'>;
};

/** Books attempts that settled as a whole: the one capture of each, and the postings to the shop and to recipients. */
export async function bookSettlements(tx: Tx, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return;
  const captures = settled.map(({ transaction: row }): SettledCapture & { acquirer: string } => {
    const at = row.settledAt ?? row.updatedAt;
    const { shopId, currency, acquirer } = row;
    return { id: newId(at), shopId, transactionId: row.id, amount: row.settledAmount, currency, at, acquirer };
  });
  const sales = captures.map((capture, place): Sale => {
    const { transaction, payment } = settled[place] as Settled;
    return { ...capture, captureId: capture.id, transaction, isSplit: isSplit({ transaction, payment }), before: 0n };
  });
  await Promise.all([insertSettledCaptures(tx, captures), bookSales(tx, sales)]);
}

/** Money that was taken for a transaction, in whole or as one of its captures. */
export type Sale = Parameters<typeof saleSettled>[0] & {
  readonly transaction: Pick<Transaction, 'id' | 'paymentId' | 'amount'>;
  /** True when recipients may have a part of it. */
  readonly isSplit: boolean;
  /** What was taken for the transaction before. */
  readonly before: bigint;
};

/** Posts money that was taken: to the shop, and of split payments to each recipient his portion. */
export async function bookSales(tx: Tx, sales: readonly Sale[]): Promise<void> {
  const [split, whole] = [sales.filter((sale) => sale.isSplit), sales.filter((sale) => !sale.isSplit)];
  const baskets = split.map(({ transaction, ...sale }) => {
    const { id: transactionId, paymentId, amount: total } = transaction;
    return { ...sale, transactionId, paymentId, total };
  });
  await writePostings(tx, [...whole.map(saleSettled), ...(await splitSales(tx, baskets))]);
}

/** Money for a payment that was paid already is the shop's alone, who has to give it back. */
function isSplit({ transaction, payment }: Settled): boolean {
  return payment.isSplit && !transaction.surplus;
}

/**
 * Computes the commission of settled transactions, in their order, from all that they settled, and lets recipients bear
 * their parts of it. The caller holds the locks of the shops and of their merchants (`lockTurnovers`).
 * @param booked when the money itself is, of which recipients have their parts.
 */
export async function bookCommissions(
  tx: Tx,
  settled: readonly Settled[],
  booked: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const commissions = await computeCommissions(
    tx,
    settled.map(({ transaction }) => saleOf(transaction)),
  );
  await booked;
  await shareCommissions(
    tx,
    commissions.filter((_, place) => settled[place]?.payment.isSplit),
  );
}

/** Locks the merchants of shops whose turnover is counted, before money that settles in these shops moves anything else. */
export async function lockTurnovers(tx: Tx, clock: Clock, shops: Iterable<ShopState>): Promise<void> {
  const counted = [...shops].filter((shop) => (shop.turnoverCountedUntil ?? 0) > clock.now(shop));
  await lockMerchants(
    tx,
    counted.map((shop) => shop.merchantId),
  );
}

/** Moves money that does not fit an attempt into suspense, and out of it once it fits or has gone back. */
export async function bookHeldMoney(
  tx: Tx,
  changes: readonly { readonly before: Transaction; readonly after: Transaction }[],
): Promise<void> {
  await writePostings(
    tx,
    changes.flatMap(({ before, after }) => {
      if (before.heldAmount === after.heldAmount) return [];
      const { acquirer, currency, id: heldForId, updatedAt: at } = after;
      const money = { acquirer, currency, heldForId, at };
      return [
        ...(before.heldAmount > 0n ? [heldReturned({ ...money, amount: before.heldAmount })] : []),
        ...(after.heldAmount > 0n ? [moneyHeld({ ...money, amount: after.heldAmount })] : []),
      ];
    }),
  );
}

function saleOf(row: Transaction): SettledSale {
  const { id: transactionId, shopId, channel, settledAmount: amount, currency } = row;
  return { transactionId, shopId, channel, amount, currency, at: row.settledAt ?? row.updatedAt };
}
