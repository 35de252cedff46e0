import type { Tx } from '../kernel/db/database.ts';
import { type NewPosting, saleSettled } from '../ledger/model.ts';
import { portionsOf, restOf, type Standing } from './model.ts';
import { readShares, readStandings } from './sql/read-shares.ts';

/** Money that was taken of a payment which is split. */
export type BasketSale = Parameters<typeof saleSettled>[0] & {
  readonly paymentId: string;
  readonly transactionId: string;
  /** What the payment comes to, and what of it was taken before. */
  readonly total: bigint;
  readonly before: bigint;
};

/** Gives the postings of such sales: to each recipient his portion, the rest to the shop. */
export async function splitSales(tx: Tx, sales: readonly BasketSale[]): Promise<NewPosting[]> {
  if (sales.length === 0) return [];
  const shares = await readShares(
    tx,
    sales.map((sale) => sale.paymentId),
  );
  const later = sales.filter(({ before }) => before > 0n).map(({ transactionId }) => transactionId);
  const got = later.length > 0 ? await readStandings(tx, later) : new Map<string, readonly Standing[]>();
  return sales.flatMap((sale) => {
    const { total, before, amount, paymentId, transactionId } = sale;
    const left = (shares.get(paymentId) ?? []).map(({ recipientId, amount: share }) => {
      const had = got.get(transactionId)?.find((standing) => standing.recipientId === recipientId)?.settled ?? 0n;
      return { recipientId, amount: share - had };
    });
    const portions = portionsOf(amount, total - before, left);
    const rest = restOf(amount, portions);
    return [
      ...portions.map((portion) => saleSettled({ ...sale, ...portion })),
      ...(rest > 0n ? [saleSettled({ ...sale, amount: rest })] : []),
    ];
  });
}
