import { type Actor, visibleTo } from '../auth/actor.ts';
import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { Prisma, Refund } from '../kernel/db/generated/prisma/client.ts';
import { listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  shopId: 'shop_id',
  transactionId: 'transaction_id',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  status: 'status',
  amount: 'amount',
  currency: 'currency',
  note: 'note',
  acquirerCode: 'acquirer_code',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  settledAt: 'settled_at',
} as const satisfies Record<keyof Refund, string>;

/** Whole rows of `refund r`. */
export const selectList = listColumns('r', columns);

/** Reads refunds by id. */
export async function readRefunds(tx: Tx, ids: readonly string[]): Promise<Refund[]> {
  return tx.query<Refund>({
    name: 'read-refunds',
    text: `select ${selectList} from refund r where r.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Reads the refunds of a transaction, oldest first. Who may see it is the caller's to say. */
export async function readRefundsOf(database: Database, transactionId: string): Promise<Refund[]> {
  return read<Refund>(database, {
    name: 'read-refunds-of-transaction',
    text: `select ${selectList} from refund r where r.transaction_id = $1::uuid order by r.created_at, r.id`,
    values: [transactionId],
  });
}

/** Reads the refunds that were ordered under these keys. */
export async function readRefundsByKey(
  tx: Tx,
  keys: readonly { readonly shopId: string; readonly idempotencyKey: string }[],
): Promise<Refund[]> {
  return tx.query<Refund>({
    name: 'read-refunds-by-key',
    text: `
      select ${selectList} from refund r
      join unnest($1::uuid[], $2::text[]) as k (shop_id, key) on r.shop_id = k.shop_id and r.idempotency_key = k.key`,
    values: [keys.map((key) => key.shopId), keys.map((key) => key.idempotencyKey)],
  });
}

/** Says which shops refunds belong to, so that these can be locked; ids that do not exist are left out. */
export async function findShopsOfRefunds(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ shopId: string }>({
    name: 'find-shops-of-refunds',
    text: 'select distinct shop_id as "shopId" from refund where id = any($1::uuid[])',
    values: [ids],
  });
  return rows.map((row) => row.shopId);
}

/** The part of a where clause that keeps a reader to its own refunds, which belong to their transactions' shops. */
export function visibleRefunds(actor: Actor): Prisma.RefundWhereInput {
  return { transaction: { is: visibleTo(actor) } };
}
