import type { Tx } from '../../kernel/db/database.ts';
import type { Transaction } from '../../kernel/db/generated/prisma/client.ts';
import type { TransactionStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { mayMoveTransaction } from '../model.ts';

/** A transaction as it shall be, and the state it is in now. */
export type TransactionMove = { readonly was: TransactionStatus; readonly row: Transaction };

/**
 * Moves transactions by compare-and-set on their old state; a move to the same state only writes the other fields.
 * @throws Error when a move is not in the table of states or a transaction was in another state: then nothing commits.
 */
export async function moveTransactions(tx: Tx, moves: readonly TransactionMove[]): Promise<void> {
  if (moves.length === 0) return;
  const illegal = moves.find(({ was, row }) => was !== row.status && !mayMoveTransaction(was, row.status));
  if (illegal) throw new Error(`A transaction cannot move from ${illegal.was} to ${illegal.row.status}.`);
  const rows = moves.map((move) => move.row);
  const moved = await tx.query<{ id: string }>({
    name: 'move-transactions',
    text: `
      update transaction t set status = m.status, reason = m.reason, acquirer_code = m.code, late = m.late,
        surplus = m.surplus, captured_amount = m.captured_amount, settled_amount = m.settled_amount,
        held_amount = m.held_amount, settled_at = m.settled_at, confirm_until = m.confirm_until, next_step = m.next_step,
        payer_ip = m.payer_ip, address_seen = m.address_seen, heard_at = m.heard_at, entry_key = m.entry_key,
        authorized_until = m.authorized_until, updated_at = m.updated_at
      from unnest($1::uuid[], $2::transaction_status[], $3::transaction_status[], $4::decline_reason[], $5::text[],
        $6::boolean[], $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::timestamptz[], $12::timestamptz[],
        $13::jsonb[], $14::text[], $15::boolean[], $16::timestamptz[], $17::text[], $18::timestamptz[], $19::timestamptz[])
        as m (id, was, status, reason, code, late, surplus, captured_amount, settled_amount, held_amount, settled_at,
        confirm_until, next_step, payer_ip, address_seen, heard_at, entry_key, authorized_until, updated_at)
      where t.id = m.id and t.status = m.was
      returning t.id`,
    values: [
      rows.map((row) => row.id),
      moves.map((move) => move.was),
      rows.map((row) => row.status),
      rows.map((row) => row.reason),
      rows.map((row) => row.acquirerCode),
      rows.map((row) => row.late),
      rows.map((row) => row.surplus),
      rows.map((row) => row.capturedAmount),
      rows.map((row) => row.settledAmount),
      rows.map((row) => row.heldAmount),
      rows.map((row) => row.settledAt),
      rows.map((row) => row.confirmUntil),
      rows.map((row) => (row.nextStep === null ? null : JSON.stringify(row.nextStep))),
      rows.map((row) => row.payerIp),
      rows.map((row) => row.addressSeen),
      rows.map((row) => row.heardAt),
      rows.map((row) => row.entryKey),
      rows.map((row) => row.authorizedUntil),
      rows.map((row) => row.updatedAt),
    ],
  });
  if (moved.length !== moves.length) throw new Error('A transaction was not in the state it was thought to be in.');
}
