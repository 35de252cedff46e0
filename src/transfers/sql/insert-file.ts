import type { Tx } from '../../kernel/db/database.ts';
import type { StatementEntry, StatementFile } from '../../kernel/db/generated/prisma/client.ts';

/** An entry as it is kept first; the database gives it its number. */
export type NewEntry = Omit<
  StatementEntry,
  | 'number'
  | 'status'
  | 'reason'
  | 'transactionId'
  | 'payoutId'
  | 'appliedAmount'
  | 'heldAmount'
  | 'releasedAmount'
  | 'takenBackAmount'
  | 'sentBackById'
  | 'bookedOn'
  | 'updatedAt'
> & { readonly bookedOn: string };

const entriesAtOnce = 5_000;

/** Keeps a file and those of its entries that no file has told before; they wait to be booked. */
export async function insertFile(tx: Tx, file: StatementFile, entries: readonly NewEntry[]): Promise<void> {
  await tx.query({
    name: 'insert-statement-file',
    text: `
      insert into statement_file (id, name, format, hash, entries, fresh, source, created_at, compared_by)
      values ($1::uuid, $2::text, $3::statement_format, $4::bytea, $5::int, $6::int, $7::text, $8::timestamptz, $9::smallint)`,
    values: [
      ...[file.id, file.name, file.format, file.hash, file.entries, file.fresh, file.source, file.createdAt],
      file.comparedBy,
    ],
  });
  for (let place = 0; place < entries.length; place += entriesAtOnce) {
    await insertEntries(tx, entries.slice(place, place + entriesAtOnce));
  }
}

async function insertEntries(tx: Tx, entries: readonly NewEntry[]): Promise<void> {
  await tx.query({
    name: 'insert-statement-entries',
    // Several numbers of an account come as one text: arrays of arrays of different lengths are none.
    text: `
      insert into statement_entry (id, file_id, account, fingerprint, occurrence, direction, is_reversal, amount, currency,
        booked_on, bank_reference, end_to_end_id, counterparty_name, counterparty_account, title, sent_to,
        account_numbers, return_reason, status, created_at, updated_at)
      select id, file_id, account, fingerprint, occurrence, direction, is_reversal, amount, currency, booked_on,
        bank_reference, end_to_end_id, counterparty_name, counterparty_account, title, sent_to,
        string_to_array(account_numbers, ' '), return_reason, 'NEW', created_at, created_at
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::int[], $6::entry_direction[], $7::boolean[],
        $8::bigint[], $9::currency[], $10::date[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
        $16::text[], $17::text[], $18::text[], $19::timestamptz[]) with ordinality
        as n (id, file_id, account, fingerprint, occurrence, direction, is_reversal, amount, currency, booked_on,
          bank_reference, end_to_end_id, counterparty_name, counterparty_account, title, sent_to, account_numbers,
          return_reason, created_at, place)
      order by place`,
    values: [
      ...[entries.map((entry) => entry.id), entries.map((entry) => entry.fileId)],
      ...[entries.map((entry) => entry.account), entries.map((entry) => entry.fingerprint)],
      ...[entries.map((entry) => entry.occurrence), entries.map((entry) => entry.direction)],
      ...[entries.map((entry) => entry.isReversal), entries.map((entry) => entry.amount)],
      ...[entries.map((entry) => entry.currency), entries.map((entry) => entry.bookedOn)],
      ...[entries.map((entry) => entry.bankReference), entries.map((entry) => entry.endToEndId)],
      ...[entries.map((entry) => entry.counterpartyName), entries.map((entry) => entry.counterpartyAccount)],
      ...[entries.map((entry) => entry.title), entries.map((entry) => entry.sentTo)],
      entries.map((entry) => entry.accountNumbers.join(' ')),
      ...[entries.map((entry) => entry.returnReason), entries.map((entry) => entry.createdAt)],
    ],
  });
}
