import type { Tx } from '../../kernel/db/database.ts';
import type { EntryIdentity, KnownEntry } from '../match-entries.ts';

/** Reads what is kept of the accounts that has the fingerprint, or the bank's reference, of one of these movements. */
export async function readAlike(tx: Tx, told: readonly EntryIdentity[]): Promise<KnownEntry[]> {
  return tx.query<KnownEntry>({
    name: 'read-alike-entries',
    text: `
      with told as materialized (
        select * from unnest($1::text[], $2::bytea[], $3::text[], $4::date[]) as t (account, fingerprint, reference, booked_on)
      ), found as (
        select e.id from told t join statement_entry e on e.account = t.account and e.fingerprint = t.fingerprint
        union
        select e.id from told t join statement_entry e on e.account = t.account and e.bank_reference = t.reference
          and e.booked_on = t.booked_on
        where t.reference is not null
      )
      select e.account, e.fingerprint, e.bank_reference as "bankReference", e.direction, e.amount,
        e.booked_on::text as "bookedOn", f.format, e.occurrence
      from found join statement_entry e on e.id = found.id join statement_file f on f.id = e.file_id
      order by e.number`,
    values: [
      told.map((entry) => entry.account),
      told.map((entry) => entry.fingerprint),
      told.map((entry) => entry.bankReference),
      told.map((entry) => entry.bookedOn),
    ],
  });
}
