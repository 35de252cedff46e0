import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { OrderEnd, SandboxOrder } from './model.ts';

const selectList = `o.reference, o.merchant_id as "merchantId", o.channel, o.amount, o.currency,
  o.capture_mode as "captureMode", o.script, o.status, o.code, o.delay_ms as "delayMs",
  coalesce(o.return_url, '') as "returnUrl", coalesce(o.shop_name, '') as "shopName", o.created_at as "createdAt",
  o.updated_at as "updatedAt"`;

/** Which order is meant: each simulated acquirer knows its own alone. */
export type OrderKey = { readonly acquirer: string; readonly reference: string };

/** Remembers orders, and gives the references of those that were not taken before. */
export async function insertOrders(
  tx: Tx,
  acquirer: string,
  orders: readonly SandboxOrder[],
): Promise<ReadonlySet<string>> {
  const column = <Name extends keyof SandboxOrder>(name: Name): SandboxOrder[Name][] =>
    orders.map((order) => order[name]);
  const rows = await tx.query<{ reference: string }>({
    name: 'insert-sandbox-orders',
    text: `
      insert into sandbox_order (acquirer, reference, merchant_id, channel, amount, currency, capture_mode, script, status,
        code, delay_ms, return_url, shop_name, created_at, updated_at)
      select $1::text, * from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::currency[], $7::capture_mode[],
        $8::text[], $9::text[], $10::text[], $11::int[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[])
      on conflict (reference) do nothing
      returning reference`,
    values: [
      acquirer,
      column('reference'),
      column('merchantId'),
      column('channel'),
      column('amount'),
      column('currency'),
      column('captureMode'),
      column('script'),
      column('status'),
      column('code'),
      column('delayMs'),
      column('returnUrl'),
      column('shopName'),
      column('createdAt'),
      column('updatedAt'),
    ],
  });
  return new Set(rows.map(({ reference }) => reference));
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

/** An order with the offset of its merchant's clock. */
export type LockedOrder = SandboxOrder & { readonly clockOffsetMs: number };

/** Reads orders of one acquirer and holds them until the transaction ends; references that it does not know are left out. */
export async function lockOrders(tx: Tx, acquirer: string, references: readonly string[]): Promise<LockedOrder[]> {
  const rows = await tx.query<SandboxOrder & { readonly offset: bigint }>({
    name: 'lock-sandbox-orders',
    text: `
      select ${selectList}, m.clock_offset_ms as "offset"
      from sandbox_order o join merchant m on m.id = o.merchant_id
      where o.reference = any($1::uuid[]) and o.acquirer = $2::text
      order by o.reference for update of o`,
    values: [references, acquirer],
  });
  return rows.map(({ offset, ...order }) => ({ ...order, clockOffsetMs: Number(offset) }));
}

/** Reads one order like `lockOrders`. */
export async function lockOrder(tx: Tx, { acquirer, reference }: OrderKey): Promise<LockedOrder | undefined> {
  const [order] = await lockOrders(tx, acquirer, [reference]);
  return order;
}

/** An order's new state, and since when it is in it. */
export type OrderMove = OrderEnd & { readonly reference: string; readonly at: Date };

/** Writes the new states of orders that the transaction holds. */
export async function moveOrders(tx: Tx, moves: readonly OrderMove[]): Promise<void> {
  if (moves.length === 0) return;
  await tx.query({
    name: 'move-sandbox-orders',
    text: `
      update sandbox_order o set status = m.status, code = m.code, updated_at = m.at
      from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as m (reference, status, code, at)
      where o.reference = m.reference`,
    values: [
      moves.map((move) => move.reference),
      moves.map((move) => move.status),
      moves.map((move) => move.code),
      moves.map((move) => move.at),
    ],
  });
}
