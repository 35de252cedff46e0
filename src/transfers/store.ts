import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { StatementEntry, StatementFile } from '../kernel/db/generated/prisma/client.ts';
import { listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  number: 'number',
  fileId: 'file_id',
  account: 'account',
  fingerprint: 'fingerprint',
  occurrence: 'occurrence',
  direction: 'direction',
  isReversal: 'is_reversal',
  amount: 'amount',
  currency: 'currency',
  bookedOn: 'booked_on',
  bankReference: 'bank_reference',
  endToEndId: 'end_to_end_id',
  counterpartyName: 'counterparty_name',
  counterpartyAccount: 'counterparty_account',
  title: 'title',
  sentTo: 'sent_to',
  accountNumbers: 'account_numbers',
  returnReason: 'return_reason',
  status: 'status',
  reason: 'reason',
  transactionId: 'transaction_id',
  payoutId: 'payout_id',
  appliedAmount: 'applied_amount',
  heldAmount: 'held_amount',
  releasedAmount: 'released_amount',
  takenBackAmount: 'taken_back_amount',
  sentBackById: 'sent_back_by_id',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof StatementEntry, string>;

const selectList = listColumns('e', columns);

/** Finds up to `max` entries behind a number that wait to be booked, of one file or of all, in their order. */
export async function findNewEntries(
  database: Database,
  wish: { readonly after: bigint; readonly max: number; readonly fileId: string | undefined },
): Promise<{ readonly id: string; readonly number: bigint }[]> {
  return read(database, {
    name: 'find-new-entries',
    text: `
      select e.id, e.number from statement_entry e
      where e.status = 'NEW' and e.number > $1::bigint and e.file_id = coalesce($3::uuid, e.file_id)
      order by e.number limit $2::int`,
    values: [wish.after, wish.max, wish.fileId ?? null],
  });
}

/** Takes entries that wait to be booked, until the transaction ends; those that somebody else has taken are left to him. */
export async function claimEntries(tx: Tx, ids: readonly string[]): Promise<StatementEntry[]> {
  return tx.query<StatementEntry>({
    name: 'claim-entries',
    text: `
      select ${selectList} from statement_entry e where e.id = any($1::uuid[]) and e.status = 'NEW'
      order by e.number for no key update skip locked`,
    values: [ids],
  });
}

/** Locks one entry until the transaction ends. */
export async function lockEntry(tx: Tx, id: string): Promise<StatementEntry | undefined> {
  const [entry] = await tx.query<StatementEntry>({
    name: 'lock-entry',
    text: `select ${selectList} from statement_entry e where e.id = $1::uuid for no key update`,
    values: [id],
  });
  return entry;
}

/**
 * Locks several entries until the transaction ends, in the order of their ids, so that nobody waits crosswise. Those that wait
 * to be booked are left out: whoever books one has locked it before its shops.
 */
export async function lockEntries(tx: Tx, ids: readonly string[]): Promise<StatementEntry[]> {
  return tx.query<StatementEntry>({
    name: 'lock-entries',
    text: `
      select ${selectList} from statement_entry e where e.id = any($1::uuid[]) and e.status <> 'NEW'
      order by e.id for no key update`,
    values: [ids],
  });
}

/** Reads entries by id. */
export async function readEntries(tx: Tx, ids: readonly string[]): Promise<StatementEntry[]> {
  return tx.query<StatementEntry>({
    name: 'read-entries',
    text: `select ${selectList} from statement_entry e where e.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** The file with these bytes, by their SHA-256. */
export async function findFile(tx: Tx, hash: Uint8Array): Promise<StatementFile | undefined> {
  const [file] = await tx.query<StatementFile>({
    name: 'find-statement-file',
    text: `
      select id, name, format, hash, entries, fresh, source, created_at as "createdAt", compared_by as "comparedBy"
      from statement_file where hash = $1::bytea`,
    values: [hash],
  });
  return file;
}

/**
 * Keeps all others from importing until the transaction ends: what is new in a file depends on what is kept, and imports
 * are rare and short.
 */
export async function lockFiles(tx: Tx): Promise<void> {
  await tx.query({
    name: 'lock-statement-files',
    text: 'lock table statement_file in share row exclusive mode',
    values: [],
  });
}
