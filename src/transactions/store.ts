import { type Database, read, type Tx } from '../kernel/db/database.ts';
import { findTogether } from '../kernel/db/find-together.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';
import { chooseColumns, listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  shopId: 'shop_id',
  paymentId: 'payment_id',
  source: 'source',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  method: 'method',
  channel: 'channel',
  acquirer: 'acquirer',
  acquirerReference: 'acquirer_reference',
  status: 'status',
  reason: 'reason',
  acquirerCode: 'acquirer_code',
  amount: 'amount',
  currency: 'currency',
  capturedAmount: 'captured_amount',
  settledAmount: 'settled_amount',
  refundedAmount: 'refunded_amount',
  heldAmount: 'held_amount',
  late: 'late',
  surplus: 'surplus',
  profileId: 'profile_id',
  confirmUntil: 'confirm_until',
  nextStep: 'next_step',
  transferAccount: 'transfer_account',
  returnUrl: 'return_url',
  payerIp: 'payer_ip',
  addressSeen: 'address_seen',
  heardAt: 'heard_at',
  entryKey: 'entry_key',
  authorizedUntil: 'authorized_until',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  settledAt: 'settled_at',
} as const satisfies Record<keyof Transaction, string>;

/** Whole rows of `transaction t`. */
export const selectList = listColumns('t', columns);

/** What the API shows of a transaction; lists, which are long and read often, read nothing else. */
const shown = [
  'id',
  'paymentId',
  'method',
  'channel',
  'amount',
  'currency',
  'status',
  'reason',
  'acquirerCode',
  'capturedAmount',
  'settledAmount',
  'heldAmount',
  'late',
  'surplus',
  'transferAccount',
  'authorizedUntil',
  'createdAt',
  'settledAt',
] as const;

/** A column of a transaction that the API shows. */
export type TransactionColumn = (typeof shown)[number];

/** A transaction as far as the API shows it: of a list, with the columns that were asked for. */
export type ShownTransaction = Pick<Transaction, 'id' | 'paymentId'> & Partial<Pick<Transaction, TransactionColumn>>;

/** Chooses the columns of `transaction t` that a list reads, of those that the API shows. */
export const chooseTransactionColumns = chooseColumns('t', columns, { shown, always: ['id', 'paymentId'] });

/** Reads transactions by id, inside a transaction whose shops are locked. */
export async function readTransactions(tx: Tx, ids: readonly string[]): Promise<Transaction[]> {
  return tx.query<Transaction>({
    name: 'read-transactions',
    text: `select ${selectList} from transaction t where t.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Reads transactions by their UUIDs outside any transaction of the database; who may see them is the caller's to say. */
export function readTransactionRows(database: Database, ids: readonly string[]): Promise<Transaction[]> {
  return read<Transaction>(database, {
    name: 'find-transactions',
    text: `select ${selectList} from transaction t where t.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Finds one transaction like `readTransactionRows`. */
export const findTransaction = findTogether(readTransactionRows);

/** Reads all attempts on some payments, oldest first, inside a transaction whose shops are locked. */
export async function readAttempts(tx: Tx, paymentIds: readonly string[]): Promise<Transaction[]> {
  return tx.query<Transaction>({
    name: 'read-attempts',
    text: `select ${selectList} from transaction t where t.payment_id = any($1::uuid[]) order by t.created_at, t.id`,
    values: [paymentIds],
  });
}

/** Finds the state of the newest attempt on a payment; undefined before the first. Who may see it is the caller's to say. */
export async function findNewestStatus(database: Database, paymentId: string): Promise<TransactionStatus | undefined> {
  const [newest] = await read<Pick<Transaction, 'status'>>(database, {
    name: 'find-newest-status',
    text: `select t.status from transaction t where t.payment_id = $1::uuid order by t.created_at desc, t.id desc limit 1`,
    values: [paymentId],
  });
  return newest?.status;
}

/** Reads the transactions that were started, or went on with the payer's card, under these keys. */
export async function readTransactionsByKey(
  tx: Tx,
  keys: readonly { readonly shopId: string; readonly idempotencyKey: string }[],
): Promise<Transaction[]> {
  return tx.query<Transaction>({
    name: 'read-transactions-by-key',
    text: `
      with k as (select * from unnest($1::uuid[], $2::text[]) as k (shop_id, key))
      select ${selectList} from transaction t join k on t.shop_id = k.shop_id and t.idempotency_key = k.key
      union all
      select ${selectList} from transaction t join k on t.shop_id = k.shop_id and t.entry_key = k.key`,
    values: [keys.map((key) => key.shopId), keys.map((key) => key.idempotencyKey)],
  });
}

/**
 * Says which shops and payments transactions belong to, which never changes, so that the shops can be locked; ids that do not
 * exist are left out.
 */
export async function findOwnersOf(
  tx: Tx,
  transactionIds: readonly string[],
): Promise<{ readonly shopIds: string[]; readonly paymentIds: string[] }> {
  const rows = await tx.query<{ shopId: string; paymentId: string }>({
    name: 'find-owners-of-transactions',
    text: 'select shop_id as "shopId", payment_id as "paymentId" from transaction where id = any($1::uuid[])',
    values: [transactionIds],
  });
  const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];
  return {
    shopIds: distinct(rows.map(({ shopId }) => shopId)),
    paymentIds: distinct(rows.map(({ paymentId }) => paymentId)),
  };
}
