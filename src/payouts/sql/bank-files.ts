import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { BankFile, Payout } from '../../kernel/db/generated/prisma/client.ts';
import { withoutHyphens } from '../../kernel/ids.ts';

/** Keeps a file for the bank. */
export async function insertBankFile(tx: Tx, file: BankFile): Promise<void> {
  await tx.query({
    name: 'insert-bank-file',
    text: `
      insert into bank_file (id, currency, status, session_at, execution_day, transactions, sum, sha256, content, created_at,
        updated_at)
      values ($1::uuid, $2::currency, $3::bank_file_status, $4::timestamptz, $5::date, $6::int, $7::bigint, $8::bytea,
        $9::text, $10::timestamptz, $11::timestamptz)`,
    values: [
      ...[file.id, file.currency, file.status, file.sessionAt, file.executionDay.toISOString().slice(0, 10)],
      ...[file.transactions, file.sum, file.sha256, file.content, file.createdAt, file.updatedAt],
    ],
  });
}

/** Reads the payouts that a file has handed over, by id; none once it was refused. */
export async function findPayoutsOfFile(tx: Tx, fileId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'find-payouts-of-bank-file',
    text: 'select id from payout where bank_file_id = $1::uuid order by id',
    values: [fileId],
  });
  return rows.map(({ id }) => id);
}

/**
 * Says when a payout was handed to the bank with a file that the bank then refused, with the last one of several; undefined
 * when it was in none. What a refused file held, its content alone says.
 */
export async function findRefusedHandover(
  tx: Tx,
  { id, currency }: Pick<Payout, 'id' | 'currency'>,
): Promise<Date | undefined> {
  const [row] = await tx.query<{ sentAt: Date }>({
    name: 'find-refused-handover-of-payout',
    text: `
      select created_at as "sentAt" from bank_file
      where status = 'REJECTED' and currency = $1::currency and position($2::text || '</EndToEndId>' in content) > 0
      order by created_at desc limit 1`,
    values: [currency, withoutHyphens(id)],
  });
  return row?.sentAt;
}

/** Says what state a file is in; undefined when there is none. */
export async function readFileStatus(tx: Tx, fileId: string): Promise<BankFile['status'] | undefined> {
  const [row] = await tx.query<Pick<BankFile, 'status'>>({
    name: 'read-bank-file-status',
    text: 'select status from bank_file where id = $1::uuid',
    values: [fileId],
  });
  return row?.status;
}

/** Ends a file that the bank refused, by compare-and-set; false when it was ended before. */
export async function endBankFile(
  tx: Tx,
  end: { readonly fileId: string; readonly reason: string; readonly at: Date },
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>({
    name: 'reject-bank-file',
    text: `
      update bank_file set status = 'REJECTED', rejected_at = $2::timestamptz, rejection_reason = $3::text,
        updated_at = $2::timestamptz
      where id = $1::uuid and status = 'MADE'
      returning id`,
    values: [end.fileId, end.at, end.reason],
  });
  return rows.length === 1;
}

/** A file that is to be written into the folder. */
export type FileToWrite = Pick<BankFile, 'id' | 'currency' | 'executionDay' | 'content'>;

/**
 * Takes one file that is not in the folder yet, so that no other process writes it as well; whoever took one before
 * `givenUpBefore` and has not written it is thought to be dead. Undefined when there is none.
 */
export async function takeFileToWrite(
  database: Database,
  moments: { readonly now: Date; readonly givenUpBefore: Date },
): Promise<FileToWrite | undefined> {
  const [file] = await read<FileToWrite>(database, {
    name: 'take-bank-file-to-write',
    text: `
      update bank_file set write_started_at = $1::timestamptz where id = (
        select id from bank_file where status = 'MADE' and written_at is null
          and (write_started_at is null or write_started_at <= $2::timestamptz)
        order by created_at, id limit 1 for update skip locked)
      returning id, currency, execution_day as "executionDay", content`,
    values: [moments.now, moments.givenUpBefore],
  });
  return file;
}

/**
 * Says whether a file is still to be written by whoever took it at `startedAt`: not when another took it since, when it is
 * known to lie in the folder, or when the bank has refused it.
 */
export async function isToBeWritten(database: Database, fileId: string, startedAt: Date): Promise<boolean> {
  const rows = await read(database, {
    name: 'is-bank-file-to-be-written',
    text: `
      select from bank_file
      where id = $1::uuid and write_started_at = $2::timestamptz and status = 'MADE' and written_at is null`,
    values: [fileId, startedAt],
  });
  return rows.length === 1;
}

/** Keeps that a file lies in the folder, and says what state it is in; undefined when that was kept before. */
export async function endWriting(
  database: Database,
  fileId: string,
  at: Date,
): Promise<BankFile['status'] | undefined> {
  const [row] = await read<Pick<BankFile, 'status'>>(database, {
    name: 'end-writing-bank-file',
    text: `
      update bank_file set written_at = $2::timestamptz where id = $1::uuid and written_at is null
      returning status`,
    values: [fileId, at],
  });
  return row?.status;
}
