import type { Portion } from '../../baskets/model.ts';
import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/money.ts';

/** What a recipient bears of a refund. */
export type RefundPortion = Portion & { readonly refundId: string; readonly currency: Currency };

/** Writes what recipients bear of refunds. */
export async function insertRefundShares(tx: Tx, portions: readonly RefundPortion[]): Promise<void> {
  if (portions.length === 0) return;
  await tx.query({
    name: 'insert-refund-shares',
    text: `
      insert into refund_share (refund_id, recipient_id, amount, currency)
      select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::currency[])`,
    values: [
      portions.map((portion) => portion.refundId),
      portions.map((portion) => portion.recipientId),
      portions.map((portion) => portion.amount),
      portions.map((portion) => portion.currency),
    ],
  });
}

/** Reads what recipients bear of a refund; none when the whole is the shop's. */
export async function readRefundShares(tx: Tx, refundId: string): Promise<Portion[]> {
  return tx.query<Portion>({
    name: 'read-refund-shares',
    text: `
      select recipient_id as "recipientId", amount from refund_share where refund_id = $1::uuid order by recipient_id`,
    values: [refundId],
  });
}

/** Reads what recipients bear of refunds, by refund; those whose whole is the shop's are missing. */
export async function readSharesOf(tx: Tx, refundIds: readonly string[]): Promise<Map<string, Portion[]>> {
  const rows = await tx.query<Portion & { readonly refundId: string }>({
    name: 'read-shares-of-refunds',
    text: `
      select refund_id as "refundId", recipient_id as "recipientId", amount from refund_share
      where refund_id = any($1::uuid[]) order by refund_id, recipient_id`,
    values: [refundIds],
  });
  return Map.groupBy(rows, (row) => row.refundId);
}
