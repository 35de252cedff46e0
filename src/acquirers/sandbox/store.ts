import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { OrderEnd, SandboxOrder } from './model.ts';

const selectList = `o.reference, o.merchant_id as "merchantId", o.channel, o.amount, o.currency,
  o.capture_mode as "captureMode", o.script, o.status, o.code, o.delay_ms as "delayMs",
  coalesce(o.return_url, '') as "returnUrl", coalesce(o.shop_name, '') as "shopName", o.created_at as "createdAt",
  o.updated_at as "updatedAt"`;

/** Which order is meant: each simulated acquirer knows its own alone. */
export type OrderKey = { readonly acquirer: string; readonly reference: string };

/** Remembers an order; false when this reference was taken before. */
export async function insertOrder(tx: Tx, acquirer: string, order: SandboxOrder): Promise<boolean> {
  const rows = await tx.query({
    name: 'insert-sandbox-order',
    text: `
      insert into sandbox_order (reference, acquirer, merchant_id, channel, amount, currency, capture_mode, script, status,
        code, delay_ms, return_url, shop_name, created_at, updated_at)
      values ($1::uuid, $2::text, $3::text, $4::text, $5::bigint, $6::currency, $7::capture_mode, $8::text, $9::text,
        $10::text, $11::int, $12::text, $13::text, $14::timestamptz, $15::timestamptz)
      on conflict (reference) do nothing
      returning reference`,
    values: [
      order.reference,
      acquirer,
      order.merchantId,
      order.channel,
      order.amount,
      order.currency,
      order.captureMode,
      order.script,
      order.status,
      order.code,
      order.delayMs,
      order.returnUrl,
      order.shopName,
      order.createdAt,
      order.updatedAt,
    ],
  });
  return rows.length === 1;
}

/** Reads an order outside any transaction. */
export async function findOrder(database: Database, key: OrderKey): Promise<SandboxOrder | undefined> {
  const [order] = await read<SandboxOrder>(database, {
    name: 'find-sandbox-order',
    text: `select ${selectList} from sandbox_order o where o.reference = $1::uuid and o.acquirer = $2::text`,
    values: [key.reference, key.acquirer],
  });
  return order;
}

/** Reads an order with the offset of its merchant's clock, and holds it until the transaction ends. */
export async function lockOrder(
  tx: Tx,
  key: OrderKey,
): Promise<(SandboxOrder & { readonly clockOffsetMs: number }) | undefined> {
  const [row] = await tx.query<SandboxOrder & { readonly offset: bigint }>({
    name: 'lock-sandbox-order',
    text: `
      select ${selectList}, m.clock_offset_ms as "offset"
      from sandbox_order o join merchant m on m.id = o.merchant_id
      where o.reference = $1::uuid and o.acquirer = $2::text
      for update of o`,
    values: [key.reference, key.acquirer],
  });
  return row && { ...row, clockOffsetMs: Number(row.offset) };
}

/** Writes the new state of an order that the transaction holds. */
export async function moveOrder(
  tx: Tx,
  move: OrderEnd & { readonly reference: string; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'move-sandbox-order',
    text: `
      update sandbox_order set status = $2::text, code = $3::text, updated_at = $4::timestamptz
      where reference = $1::uuid`,
    values: [move.reference, move.status, move.code, move.at],
  });
}
