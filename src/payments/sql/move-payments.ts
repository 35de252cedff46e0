import type { Tx } from '../../kernel/db/database.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import type { PaymentStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { mayMovePayment } from '../model.ts';

/** A payment as it shall be, and the state it is in now. */
export type PaymentMove = { readonly was: PaymentStatus; readonly row: Payment };

/**
 * Moves payments by compare-and-set on their old state.
 * @throws Error when a move is not in the table of states or a payment was in another state: then nothing commits.
 */
export async function movePayments(tx: Tx, moves: readonly PaymentMove[]): Promise<void> {
  if (moves.length === 0) return;
  const illegal = moves.find(({ was, row }) => !mayMovePayment(was, row.status));
  if (illegal) throw new Error(`A payment cannot move from ${illegal.was} to ${illegal.row.status}.`);
  const rows = moves.map((move) => move.row);
  const moved = await tx.query<{ id: string }>({
    name: 'move-payments',
    text: `
      update payment p set status = m.status, settled_at = m.settled_at, updated_at = m.updated_at
      from unnest($1::uuid[], $2::payment_status[], $3::payment_status[], $4::timestamptz[], $5::timestamptz[])
        as m (id, was, status, settled_at, updated_at)
      where p.id = m.id and p.status = m.was
      returning p.id`,
    values: [
      rows.map((row) => row.id),
      moves.map((move) => move.was),
      rows.map((row) => row.status),
      rows.map((row) => row.settledAt),
      rows.map((row) => row.updatedAt),
    ],
  });
  if (moved.length !== moves.length) throw new Error('A payment was not in the state it was thought to be in.');
}
