import { type Database, read, type Tx } from '../../../kernel/db/database.ts';
import type { MovementState, SandboxMovement } from '../movement-outcomes.ts';

const selectList = `r.reference, r.kind, r.order_reference as "orderReference", r.merchant_id as "merchantId", r.amount,
  r.currency, r.script, r.status, r.delay_ms as "delayMs", r.created_at as "createdAt"`;

type MovementKey = { readonly acquirer: string; readonly reference: string };

/** Remembers a movement; false when this reference was taken before. */
export async function insertMovement(tx: Tx, acquirer: string, movement: SandboxMovement): Promise<boolean> {
  const rows = await tx.query({
    name: 'insert-sandbox-movement',
    text: `
      insert into sandbox_movement (reference, kind, acquirer, order_reference, merchant_id, amount, currency, script,
        status, delay_ms, created_at, updated_at)
      values ($1::uuid, $2::text, $3::text, $4::uuid, $5::text, $6::bigint, $7::currency, $8::text, $9::text, $10::int,
        $11::timestamptz, $11::timestamptz)
      on conflict (reference) do nothing
      returning reference`,
    values: [
      movement.reference,
      movement.kind,
      acquirer,
      movement.orderReference,
      movement.merchantId,
      movement.amount,
      movement.currency,
      movement.script,
      movement.status,
      movement.delayMs,
      movement.createdAt,
    ],
  });
  return rows.length === 1;
}

/** Reads a movement outside any transaction. */
export async function findMovement(database: Database, key: MovementKey): Promise<SandboxMovement | undefined> {
  const [movement] = await read<SandboxMovement>(database, {
    name: 'find-sandbox-movement',
    text: `select ${selectList} from sandbox_movement r where r.reference = $1::uuid and r.acquirer = $2::text`,
    values: [key.reference, key.acquirer],
  });
  return movement;
}

/** Reads a movement with the offset of its merchant's clock, and holds it until the transaction ends. */
export async function lockMovement(
  tx: Tx,
  key: MovementKey,
): Promise<(SandboxMovement & { readonly clockOffsetMs: number }) | undefined> {
  const [row] = await tx.query<SandboxMovement & { readonly offset: bigint }>({
    name: 'lock-sandbox-movement',
    text: `
      select ${selectList}, m.clock_offset_ms as "offset"
      from sandbox_movement r join merchant m on m.id = r.merchant_id
      where r.reference = $1::uuid and r.acquirer = $2::text
      for update of r`,
    values: [key.reference, key.acquirer],
  });
  return row && { ...row, clockOffsetMs: Number(row.offset) };
}

/** What movements have done with an order, and promised to do. */
export type MovementSums = {
  /** Captured, or promised to be. */
  readonly captured: bigint;
  /** Captured so that it has been taken. */
  readonly taken: bigint;
  /** Given back, or promised to be. */
  readonly refunded: bigint;
};

/** Sums the movements of an order, which the transaction holds. */
export async function sumMovements(
  tx: Tx,
  key: { readonly acquirer: string; readonly orderReference: string },
): Promise<MovementSums> {
  const [row] = await tx.query<MovementSums>({
    name: 'sum-sandbox-movements',
    text: `
      select coalesce(sum(r.amount) filter (where r.kind = 'capture'), 0)::bigint as captured,
        coalesce(sum(r.amount) filter (where r.kind = 'capture' and r.status = 'SETTLED'), 0)::bigint as taken,
        coalesce(sum(r.amount) filter (where r.kind = 'refund'), 0)::bigint as refunded
      from sandbox_movement r
      where r.order_reference = $1::uuid and r.acquirer = $2::text and r.status <> 'REJECTED'`,
    values: [key.orderReference, key.acquirer],
  });
  return row ?? { captured: 0n, taken: 0n, refunded: 0n };
}

/** Writes the new state of a movement that the transaction holds. */
export async function moveMovement(
  tx: Tx,
  move: { readonly reference: string; readonly status: MovementState; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'move-sandbox-movement',
    text: 'update sandbox_movement set status = $2::text, updated_at = $3::timestamptz where reference = $1::uuid',
    values: [move.reference, move.status, move.at],
  });
}
