import type { Tx } from '../../kernel/db/database.ts';

/** What money that the bank took back had come for, or which transfer it was: one that is held, or has paid several. */
export type Reversed = { readonly transactionId: string | undefined; readonly heldTransferId: string | undefined };

/** Finds the transfers of which something is with a transaction, or the one that is named; some may be no transfers. */
export async function findSources(tx: Tx, { transactionId, heldTransferId }: Reversed): Promise<string[]> {
  if (heldTransferId !== undefined) return [heldTransferId];
  const rows = await tx.query<{ id: string }>({
    name: 'find-transfers-of-transaction',
    text: 'select entry_id as id from transfer_part where transaction_id = $1::uuid and amount > 0 order by entry_id',
    values: [transactionId],
  });
  return rows.map(({ id }) => id);
}

/** Says which shops must be locked to move transfers: those of all attempts that they have paid or name. */
export async function findShopsOfEntries(tx: Tx, entryIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ shopId: string }>({
    name: 'find-shops-of-entries',
    text: `
      select t.shop_id as "shopId" from transfer_part p join transaction t on t.id = p.transaction_id
      where p.entry_id = any($1::uuid[]) and p.amount > 0
      union
      select t.shop_id from statement_entry e join transaction t on t.id = e.transaction_id
      where e.id = any($1::uuid[])`,
    values: [entryIds],
  });
  return rows.map(({ shopId }) => shopId);
}
