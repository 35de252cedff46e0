import type { Tx } from '../../kernel/db/database.ts';
import type { Refund } from '../../kernel/db/generated/prisma/client.ts';
import type { MovementStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { mayMoveMovement } from '../../transactions/model.ts';

/** A refund as it shall be, and the state it is in now. */
export type RefundMove = { readonly was: MovementStatus; readonly row: Refund };

/**
 * Moves refunds by compare-and-set on their old state.
 * @throws Error when a move is not in the table of states or a refund was in another state: then nothing commits.
 */
export async function moveRefunds(tx: Tx, moves: readonly RefundMove[]): Promise<void> {
  if (moves.length === 0) return;
  const illegal = moves.find(({ was, row }) => !mayMoveMovement(was, row.status));
  if (illegal) throw new Error(`A refund cannot move from ${illegal.was} to ${illegal.row.status}.`);
  const rows = moves.map((move) => move.row);
  const moved = await tx.query<{ id: string }>({
    name: 'move-refunds',
    text: `
      update refund r set status = m.status, acquirer_code = m.code, settled_at = m.settled_at, updated_at = m.updated_at
      from unnest($1::uuid[], $2::movement_status[], $3::movement_status[], $4::text[], $5::timestamptz[],
        $6::timestamptz[]) as m (id, was, status, code, settled_at, updated_at)
      where r.id = m.id and r.status = m.was
      returning r.id`,
    values: [
      rows.map((row) => row.id),
      moves.map((move) => move.was),
      rows.map((row) => row.status),
      rows.map((row) => row.acquirerCode),
      rows.map((row) => row.settledAt),
      rows.map((row) => row.updatedAt),
    ],
  });
  if (moved.length !== moves.length) throw new Error('A refund was not in the state it was thought to be in.');
}
