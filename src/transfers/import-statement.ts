import { createHash } from 'node:crypto';
import { hideCardNumbers, holdsCardNumber } from '../kernel/card-numbers.ts';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { StatementFile } from '../kernel/db/generated/prisma/client.ts';
import { newId } from '../kernel/ids.ts';
import { readPayouts } from '../payouts/store.ts';
import { type BankEntry, type BankStatements, fingerprintsOf } from '../statements/bank-entry.ts';
import { comparedText } from '../statements/compared-text.ts';
import { readBankStatements } from '../statements/read-bank-statements.ts';
import { bookEntries } from './book-entries.ts';
import type { TransferDeps } from './deps.ts';
import { StatementRefused } from './errors.ts';
import { matchEntries } from './match-entries.ts';
import { namedIdOf } from './model.ts';
import { readKnown } from './read-known.ts';
import { insertFile, type NewEntry } from './sql/insert-file.ts';
import { findFile, lockFiles, readEntries } from './store.ts';

/**
 * The rule by which movements are compared (docs/decisions/0060). Who changes what they are known by counts it up, and has the database
 * refuse files of smaller ones, as the migration of this column does: processes that know only the earlier rule would book twice.
 */
const comparedBy = 1;

/** A file as it came, and who brought it. */
export type GivenFile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** `folder`, or `operator:` and the id of his key. */
  readonly source: string;
};

/** A file that is kept; `replayed` is true when its very bytes were imported before. */
export type ImportedFile = { readonly file: StatementFile; readonly replayed: boolean };

/**
 * Imports a statement of our bank (camt.053, camt.054, MT940): keeps each movement that no file has told before, all of them or
 * none, and then books them, in pieces. A process that dies between leaves nothing undone: what is kept is booked by the next
 * sweep. The same file, or the same movement in another one, changes nothing, however often and by however many at once.
 * @throws InvalidInput: the file cannot be read, or is of an account that is none of ours; nothing changes then.
 */
export async function importStatement(deps: TransferDeps, given: GivenFile): Promise<ImportedFile> {
  const read = readBankStatements(given.bytes);
  requireOurs(deps, read);
  const imported = await inTransaction(deps.database, (tx) => keepFile(tx, deps, { given, read }));
  await bookEntries(deps, imported.file.id);
  return imported;
}

function requireOurs({ accounts }: TransferDeps, { statements }: BankStatements): void {
  if (accounts.length === 0) {
    throw new StatementRefused(
      'NO_ACCOUNT_SET',
      'No account of ours is set (SETTLEMENT_ACCOUNT_PLN …, STATEMENT_ACCOUNTS), so no statement can be imported.',
    );
  }
  const stranger = statements.find(({ account }) => !accounts.includes(account));
  if (!stranger) return;
  throw new StatementRefused(
    'ACCOUNT_NOT_OURS',
    `The file has a statement of the account ${stranger.account}, which is none of ours (SETTLEMENT_ACCOUNT_PLN …, STATEMENT_ACCOUNTS; the sandbox's stands in docs/transfers.md); nothing of it was imported.`,
  );
}

async function keepFile(
  tx: Tx,
  { clock }: Pick<TransferDeps, 'clock'>,
  { given, read }: { readonly given: GivenFile; readonly read: BankStatements },
): Promise<ImportedFile> {
  await lockFiles(tx);
  const hash = createHash('sha256').update(given.bytes).digest();
  const before = await findFile(tx, hash);
  if (before) return { file: before, replayed: true };
  const createdAt = clock.now();
  const fileId = newId(createdAt);
  const rows = read.statements.flatMap(({ account, entries }) => entries.map((entry) => toRow(account, entry)));
  const ours = await findNamed(tx, rows);
  const told = rows.map(({ entry, ...row }) => {
    const named = namedIdOf(row);
    const payoutId = named !== undefined && ours.has(named) ? named : undefined;
    const { fingerprint, earlier } = fingerprintsOf(row.account, entry, payoutId);
    return {
      ...{ ...row, fingerprint: new Uint8Array(fingerprint), earlierFingerprint: earlier, format: read.format },
      earlierReferences: earlierReferencesOf(entry.bankReference ?? ''),
      ...{ fileId, createdAt, id: newId(createdAt) },
    };
  });
  const occurrences = matchEntries(await readKnown(tx, told), told);
  const fresh = told.flatMap((entry, place): NewEntry[] => {
    const occurrence = occurrences[place];
    return occurrence === undefined ? [] : [{ ...entry, occurrence }];
  });
  const file: StatementFile = {
    ...{ id: fileId, name: lineOf(given.name, 255), format: read.format, hash: new Uint8Array(hash) },
    ...{ entries: told.length, fresh: fresh.length, source: given.source, createdAt, comparedBy },
  };
  await insertFile(tx, file, fresh);
  return { file, replayed: false };
}

/** Which of the ids that movements name are those of payouts, or of transfers that were sent back; a payer may write any. */
async function findNamed(tx: Tx, rows: readonly Row[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows.flatMap((row) => namedIdOf(row) ?? []))];
  if (ids.length === 0) return new Set();
  const [payouts, entries] = [await readPayouts(tx, ids), await readEntries(tx, ids)];
  return new Set([...payouts, ...entries].map(({ id }) => id));
}

type Row = Omit<NewEntry, 'id' | 'fileId' | 'occurrence' | 'createdAt' | 'fingerprint'> & { readonly entry: BankEntry };

/** A movement as it is kept: texts of people without card numbers, and of a length that nobody exceeds. */
function toRow(account: string, entry: BankEntry): Row {
  const text = (given: string | undefined, max: number): string | null =>
    given === undefined ? null : lineOf(given, max);
  const { direction, isReversal, amount, currency, bookedOn, accountNumbers } = entry;
  const title = lineOf(entry.title, 500);
  const endToEndId = text(entry.endToEndId, 100);
  return {
    ...{ entry, account, direction, isReversal, amount, currency, bookedOn, title, endToEndId },
    bankReference: entry.bankReference === undefined ? null : referenceOf(entry.bankReference),
    counterpartyName: text(entry.counterpartyName, 200),
    counterpartyAccount: text(entry.counterpartyAccount, 50),
    sentTo: entry.sentTo ?? null,
    accountNumbers: accountNumbers.slice(0, 20),
    returnReason: text(entry.returnReason, 35),
  };
}

const referenceMax = 100;

/**
 * A reference is compared, so one that is too long is kept as its hash, and one that looks like a card number as the hash of what
 * is compared of it (docs/decisions/0060).
 */
function referenceOf(given: string): string {
  if (holdsCardNumber(given)) return hashOf(comparedText(given));
  return lineOf(given, referenceMax) === given ? given : hashOf(given);
}

/** As what a reference that looks like a card number was kept before: as it is, when it did not look like one then, or as its hash. */
function earlierReferencesOf(given: string): readonly string[] {
  return holdsCardNumber(given) ? [given, hashOf(given)] : [];
}

function hashOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function lineOf(given: string, max: number): string {
  return [...hideCardNumbers(given.replaceAll(/\p{Cc}|\p{Cs}/gu, ' '))].slice(0, max).join('');
}
