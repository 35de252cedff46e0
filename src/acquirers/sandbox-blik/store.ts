import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import { acquirerName, type OrderStatus, type SandboxOrder } from './model.ts';

const selectList = `o.reference, o.merchant_id as "merchantId", o.amount, o.script, o.status, o.delay_ms as "delayMs",
  o.created_at as "createdAt"`;

/** Remembers an order; false when this reference was taken before. */
export async function insertOrder(tx: Tx, order: SandboxOrder): Promise<boolean> {
  const rows = await tx.query({
    name: 'insert-sandbox-order',
    text: `
      insert into sandbox_order (reference, acquirer, merchant_id, amount, currency, script, status, delay_ms, created_at,
        updated_at)
      values ($1::uuid, $2::text, $3::text, $4::bigint, 'PLN', $5::text, $6::text, $7::int, $8::timestamptz,
        $8::timestamptz)
      on conflict (reference) do nothing
      returning reference`,
    values: [
      order.reference,
      acquirerName,
      order.merchantId,
      order.amount,
      order.script,
      order.status,
      order.delayMs,
      order.createdAt,
    ],
  });
  return rows.length === 1;
}

/** Reads an order outside any transaction. */
export async function findOrder(database: Database, reference: string): Promise<SandboxOrder | undefined> {
  const [order] = await read<SandboxOrder>(database, {
    name: 'find-sandbox-order',
    text: `select ${selectList} from sandbox_order o where o.reference = $1::uuid and o.acquirer = $2::text`,
    values: [reference, acquirerName],
  });
  return order;
}

/** Reads an order with the offset of its merchant's clock, and holds it until the transaction ends. */
export async function lockOrder(
  tx: Tx,
  reference: string,
): Promise<(SandboxOrder & { readonly clockOffsetMs: number }) | undefined> {
  const [row] = await tx.query<SandboxOrder & { readonly offset: bigint }>({
    name: 'lock-sandbox-order',
    text: `
      select ${selectList}, m.clock_offset_ms as "offset"
      from sandbox_order o join merchant m on m.id = o.merchant_id
      where o.reference = $1::uuid and o.acquirer = $2::text
      for update of o`,
    values: [reference, acquirerName],
  });
  return row && { ...row, clockOffsetMs: Number(row.offset) };
}

/** Writes the new state of an order that the transaction holds. */
export async function moveOrder(
  tx: Tx,
  move: { readonly reference: string; readonly status: OrderStatus; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'move-sandbox-order',
    text: 'update sandbox_order set status = $2::text, updated_at = $3::timestamptz where reference = $1::uuid',
    values: [move.reference, move.status, move.at],
  });
}
