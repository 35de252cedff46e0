import type { Tx } from '../../kernel/db/database.ts';
import type { StatementEntry } from '../../kernel/db/generated/prisma/client.ts';
import type { StatementEntryStatus } from '../../kernel/db/generated/prisma/enums.ts';

/** An entry as it shall be, and the state it is in now. */
export type EntryMove = { readonly was: StatementEntryStatus; readonly row: StatementEntry };

/**
 * Moves entries by compare-and-set on their old state.
 * @throws Error when one was in another state: then nothing commits.
 */
export async function moveEntries(tx: Tx, moves: readonly EntryMove[]): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map(({ row }) => row);
  const moved = await tx.query<{ id: string }>({
    name: 'move-entries',
    text: `
      update statement_entry e set status = m.status, reason = m.reason, transaction_id = m.transaction_id,
        payout_id = m.payout_id, applied_amount = m.applied, held_amount = m.held, released_amount = m.released,
        taken_back_amount = m.taken_back, updated_at = m.updated_at
      from unnest($1::uuid[], $2::statement_entry_status[], $3::statement_entry_status[], $4::held_reason[], $5::uuid[],
        $6::uuid[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::timestamptz[])
        as m (id, was, status, reason, transaction_id, payout_id, applied, held, released, taken_back, updated_at)
      where e.id = m.id and e.status = m.was
      returning e.id`,
    values: [
      ...[rows.map((row) => row.id), moves.map(({ was }) => was), rows.map((row) => row.status)],
      ...[rows.map((row) => row.reason), rows.map((row) => row.transactionId), rows.map((row) => row.payoutId)],
      ...[rows.map((row) => row.appliedAmount), rows.map((row) => row.heldAmount)],
      ...[rows.map((row) => row.releasedAmount), rows.map((row) => row.takenBackAmount)],
      rows.map((row) => row.updatedAt),
    ],
  });
  if (moved.length !== moves.length) throw new Error('An entry was not in the state it was thought to be in.');
}

/**
 * Notes with which debits transfers were sent back.
 * @throws Error when one was sent back by another debit meanwhile: then nothing commits.
 */
export async function noteSentBack(
  tx: Tx,
  pairs: readonly { readonly entryId: string; readonly debitId: string }[],
): Promise<void> {
  if (pairs.length === 0) return;
  const noted = await tx.query<{ id: string }>({
    name: 'note-sent-back',
    text: `
      update statement_entry e set sent_back_by_id = m.debit_id
      from unnest($1::uuid[], $2::uuid[]) as m (id, debit_id)
      where e.id = m.id and e.sent_back_by_id is null
      returning e.id`,
    values: [pairs.map(({ entryId }) => entryId), pairs.map(({ debitId }) => debitId)],
  });
  if (noted.length !== pairs.length) throw new Error('A transfer was sent back by another debit meanwhile.');
}
