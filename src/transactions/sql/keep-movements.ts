import type { Tx } from '../../kernel/db/database.ts';
import type { Capture, TransactionVoid } from '../../kernel/db/generated/prisma/client.ts';
import type { MovementStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { listColumns } from '../../kernel/db/list-columns.ts';
import { mayMoveMovement } from '../model.ts';

/** A capture or a void: the two are kept alike, each in a table of its own. */
export type Movement = Capture & TransactionVoid;

const tables = { capture: 'capture', void: 'transaction_void' } as const;
export type MovementTable = keyof typeof tables;

/** Columns of both tables by the names of the row types. */
const columns = {
  id: 'id',
  shopId: 'shop_id',
  transactionId: 'transaction_id',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  status: 'status',
  amount: 'amount',
  currency: 'currency',
  acquirerCode: 'acquirer_code',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  settledAt: 'settled_at',
} as const satisfies Record<keyof Movement, string>;

const selectList = listColumns('m', columns);

/** Writes an ordered capture or void; a key that was used before is refused by a unique index. */
export async function insertMovement(tx: Tx, table: MovementTable, row: Movement): Promise<void> {
  await tx.query({
    name: `insert-${table}`,
    text: `
      insert into ${tables[table]} (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency,
        created_at, updated_at)
      values ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::bytea, $6::movement_status, $7::bigint, $8::currency,
        $9::timestamptz, $9::timestamptz)`,
    values: [
      row.id,
      row.shopId,
      row.transactionId,
      row.idempotencyKey,
      Buffer.from(row.inputHash),
      row.status,
      row.amount,
      row.currency,
      row.createdAt,
    ],
  });
}

/**
 * Moves a capture or void by compare-and-set on its old state.
 * @throws Error when the move is not in the table of states or it was in another state: then nothing commits.
 */
export async function moveMovement(
  tx: Tx,
  table: MovementTable,
  { was, row }: { readonly was: MovementStatus; readonly row: Movement },
): Promise<void> {
  if (!mayMoveMovement(was, row.status)) throw new Error(`A ${table} cannot move from ${was} to ${row.status}.`);
  const moved = await tx.query({
    name: `move-${table}`,
    text: `
      update ${tables[table]} m set status = $3::movement_status, acquirer_code = $4::text, settled_at = $5::timestamptz,
        updated_at = $6::timestamptz
      where m.id = $1::uuid and m.status = $2::movement_status
      returning m.id`,
    values: [row.id, was, row.status, row.acquirerCode, row.settledAt, row.updatedAt],
  });
  if (moved.length !== 1) throw new Error(`A ${table} was not in the state it was thought to be in.`);
}

/** Reads a capture or void by id. */
export async function readMovement(tx: Tx, table: MovementTable, id: string): Promise<Movement | undefined> {
  const [row] = await tx.query<Movement>({
    name: `read-${table}`,
    text: `select ${selectList} from ${tables[table]} m where m.id = $1::uuid`,
    values: [id],
  });
  return row;
}

/** Reads the capture or void that was ordered under a key. */
export async function readMovementByKey(
  tx: Tx,
  table: MovementTable,
  key: { readonly shopId: string; readonly idempotencyKey: string },
): Promise<Movement | undefined> {
  const [row] = await tx.query<Movement>({
    name: `read-${table}-by-key`,
    text: `select ${selectList} from ${tables[table]} m where m.shop_id = $1::uuid and m.idempotency_key = $2::text`,
    values: [key.shopId, key.idempotencyKey],
  });
  return row;
}

/** Says of which transactions the authorised money was released by a void; their shops are locked. */
export async function findReleased(tx: Tx, transactionIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'find-released',
    text: `
      select distinct transaction_id as id from transaction_void
      where transaction_id = any($1::uuid[]) and status = 'SETTLED'`,
    values: [transactionIds],
  });
  return rows.map(({ id }) => id);
}

/** Says whether the release of a transaction's authorised money is under way; the shop is locked. */
export async function hasOpenVoid(tx: Tx, transactionId: string): Promise<boolean> {
  const rows = await tx.query({
    name: 'find-open-void',
    text: `select id from transaction_void where transaction_id = $1::uuid and status in ('PENDING', 'UNKNOWN')`,
    values: [transactionId],
  });
  return rows.length > 0;
}
