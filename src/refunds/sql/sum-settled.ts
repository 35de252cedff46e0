import type { Tx } from '../../kernel/db/database.ts';

/** Sums what settled refunds took of transactions, in minor units by transaction, without the refunds that are named. */
export async function sumSettled(
  tx: Tx,
  transactionIds: readonly string[],
  without: readonly string[],
): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ transactionId: string; amount: bigint }>({
    name: 'sum-settled-refunds',
    text: `
      select r.transaction_id as "transactionId", sum(r.amount)::bigint as amount from refund r
      where r.transaction_id = any($1::uuid[]) and r.status = 'SETTLED' and r.id <> all($2::uuid[])
      group by r.transaction_id`,
    values: [transactionIds, without],
  });
  return new Map(rows.map((row) => [row.transactionId, row.amount]));
}
