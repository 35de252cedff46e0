import type { Tx } from '../../kernel/db/database.ts';

/** What of a transfer goes to an attempt, beside what went there before. Minor units. */
export type Part = { readonly entryId: string; readonly transactionId: string; readonly amount: bigint };

/** Writes what of transfers goes to attempts; the caller holds the locks of their shops. */
export async function writeParts(tx: Tx, parts: readonly Part[]): Promise<void> {
  if (parts.length === 0) return;
  await tx.query({
    name: 'write-transfer-parts',
    text: `
      insert into transfer_part as p (entry_id, transaction_id, amount)
      select * from unnest($1::uuid[], $2::uuid[], $3::bigint[])
      on conflict (entry_id, transaction_id) do update set amount = p.amount + excluded.amount`,
    values: [
      parts.map((part) => part.entryId),
      parts.map((part) => part.transactionId),
      parts.map((part) => part.amount),
    ],
  });
}

/** What refunds give back of a part `p`: it lies on our account no more, or is about to leave it. */
const refunded = `coalesce((
  select sum(t.amount) from refund_transfer t join refund r on r.id = t.refund_id
  where t.entry_id = p.entry_id and t.transaction_id = p.transaction_id and r.status <> 'REJECTED'), 0)::bigint`;

/** Reads what of a transfer went where, as far as no refund gives it back. */
export async function readParts(tx: Tx, entryId: string): Promise<Omit<Part, 'entryId'>[]> {
  return tx.query({
    name: 'read-transfer-parts',
    text: `
      select p.transaction_id as "transactionId", p.amount - ${refunded} as amount from transfer_part p
      where p.entry_id = $1::uuid and p.amount > ${refunded} order by p.transaction_id`,
    values: [entryId],
  });
}

/** Reads what of several transfers went where, as far as no refund gives it back. */
export async function readPartsOf(tx: Tx, entryIds: readonly string[]): Promise<Part[]> {
  return tx.query({
    name: 'read-parts-of-transfers',
    text: `
      select p.entry_id as "entryId", p.transaction_id as "transactionId", p.amount - ${refunded} as amount
      from transfer_part p where p.entry_id = any($1::uuid[]) and p.amount > ${refunded}
      order by p.entry_id, p.transaction_id`,
    values: [entryIds],
  });
}

/** Takes back what of a transfer went to attempts; the caller holds the locks of their shops. */
export async function clearParts(tx: Tx, parts: readonly Part[]): Promise<void> {
  if (parts.length === 0) return;
  await tx.query({
    name: 'clear-transfer-parts',
    text: `
      update transfer_part p set amount = p.amount - c.amount
      from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as c (entry_id, transaction_id, amount)
      where p.entry_id = c.entry_id and p.transaction_id = c.transaction_id`,
    values: [
      parts.map((part) => part.entryId),
      parts.map((part) => part.transactionId),
      parts.map((part) => part.amount),
    ],
  });
}

/** Ends the wait of transfers for the rest of what their attempts lacked: these attempts have all of their money now. */
export async function completeParts(
  tx: Tx,
  { transactionIds, at }: { readonly transactionIds: readonly string[]; readonly at: Date },
): Promise<void> {
  if (transactionIds.length === 0) return;
  await tx.query({
    name: 'complete-transfer-parts',
    text: `
      update statement_entry e set status = 'BOOKED', reason = null, updated_at = $2::timestamptz
      where e.status = 'PARTIAL'
        and e.id in (select p.entry_id from transfer_part p where p.transaction_id = any($1::uuid[]))
        and not exists (
          select from transfer_part p join transaction t on t.id = p.transaction_id
          where p.entry_id = e.id and p.amount > 0
            and t.amount > (select sum(q.amount) from transfer_part q where q.transaction_id = t.id))`,
    values: [transactionIds, at],
  });
}
