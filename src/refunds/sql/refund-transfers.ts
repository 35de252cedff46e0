import type { Tx } from '../../kernel/db/database.ts';

/** What of a transfer that came to our own account is there for a transaction. Minor units. */
export type TransferLeft = { readonly transactionId: string; readonly entryId: string; readonly amount: bigint };

/** What a refund gives back of a transfer. Minor units. */
export type TransferShare = TransferLeft & { readonly refundId: string };

/**
 * Reads what transfers brought for transactions and no refund gives back already, the newest first. The caller holds the locks
 * of their shops.
 */
export async function readTransfersLeft(tx: Tx, transactionIds: readonly string[]): Promise<TransferLeft[]> {
  if (transactionIds.length === 0) return [];
  return tx.query<TransferLeft>({
    name: 'read-transfers-left',
    text: `
      select p.transaction_id as "transactionId", p.entry_id as "entryId", (p.amount - g.amount)::bigint as amount
      from transfer_part p join statement_entry e on e.id = p.entry_id
      cross join lateral (
        select coalesce(sum(t.amount), 0) as amount from refund_transfer t join refund r on r.id = t.refund_id
        where t.entry_id = p.entry_id and t.transaction_id = p.transaction_id and r.status <> 'REJECTED') g
      where p.transaction_id = any($1::uuid[]) and p.amount > g.amount
      order by e.number desc`,
    values: [transactionIds],
  });
}

/** Writes what refunds give back of transfers. */
export async function insertTransferShares(tx: Tx, shares: readonly TransferShare[]): Promise<void> {
  if (shares.length === 0) return;
  await tx.query({
    name: 'insert-refund-transfers',
    text: `
      insert into refund_transfer (refund_id, entry_id, transaction_id, amount)
      select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])`,
    values: [
      shares.map((share) => share.refundId),
      shares.map((share) => share.entryId),
      shares.map((share) => share.transactionId),
      shares.map((share) => share.amount),
    ],
  });
}

/** Reads what a refund gives back of transfers; none when its money is the acquirer's. */
export async function readTransferShares(tx: Tx, refundId: string): Promise<Omit<TransferShare, 'refundId'>[]> {
  return tx.query({
    name: 'read-refund-transfers',
    text: `
      select entry_id as "entryId", transaction_id as "transactionId", amount from refund_transfer
      where refund_id = $1::uuid order by entry_id`,
    values: [refundId],
  });
}
