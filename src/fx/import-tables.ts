import { dayOf, isBusinessDay, parseDay } from '../calendar/model.ts';
import type { Tx } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { foreignCurrencies, type RateTable, toRateText } from './model.ts';
import { parseTables } from './parse-tables.ts';
import { insertTables, lockTables, readTables } from './store.ts';

/** A file to be imported, with the name by which mistakes in it are told. */
export type TableFile = { readonly name: string; readonly text: string };

/** How many tables were written, and how many were there already. */
export type ImportedTables = { readonly written: number; readonly known: number };

/**
 * Imports tables A of the National Bank of Poland. All files are checked before anything is written, and either all of
 * their tables are there afterwards or nothing was changed. A table that is there already is passed over; one that says
 * something else under the same number or for the same day is refused, since turnover may have been counted by it. So is one of a
 * day to come (in Warsaw), or on which the NBP publishes none.
 * @throws InvalidInput with one line for each file or table that cannot be taken.
 */
export async function importTables(tx: Tx, files: readonly TableFile[], at: Date): Promise<ImportedTables> {
  const tables = readFiles(files, at);
  await lockTables(tx);
  const known = await readTables(tx, tables);
  const fresh: RateTable[] = [];
  const mistakes: string[] = [];
  for (const table of tables) {
    const others = [...known, ...fresh].filter(
      ({ number, effectiveDate }) => number === table.number || effectiveDate === table.effectiveDate,
    );
    const difference = others.map((other) => differenceOf(table, other)).find((found) => found !== undefined);
    if (difference !== undefined) mistakes.push(difference);
    else if (others.length === 0) fresh.push(table);
  }
  if (mistakes.length > 0) throw new InvalidInput(mistakes.join('\n'));
  if (fresh.length > 0) await insertTables(tx, fresh, at);
  return { written: fresh.length, known: tables.length - fresh.length };
}

function readFiles(files: readonly TableFile[], at: Date): RateTable[] {
  const tables: RateTable[] = [];
  const mistakes: string[] = [];
  for (const { name, text } of files) {
    try {
      const read = parseTables(text);
      for (const table of read) requirePublished(table, at);
      tables.push(...read);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      mistakes.push(`${name}: ${error.message}`);
    }
  }
  if (mistakes.length > 0) throw new InvalidInput(mistakes.join('\n'));
  return tables;
}

/**
 * Demands that a table can have been published: the NBP publishes none ahead, and none on Saturdays, Sundays and holidays. One that
 * is imported for another day could never be put right.
 */
function requirePublished({ number, effectiveDate }: RateTable, at: Date): void {
  const [day, today] = [parseDay(effectiveDate), dayOf(at)];
  if (!day) return;
  if (Temporal.PlainDate.compare(day, today) > 0) {
    throw new InvalidInput(
      `Table ${number} is of ${effectiveDate}, and today is ${today}: import it once the NBP has published it.`,
    );
  }
  if (!isBusinessDay('POLAND', day)) {
    throw new InvalidInput(
      `Table ${number} cannot be of ${effectiveDate}, on which the NBP publishes none (a weekend or a holiday): look at its day.`,
    );
  }
}

/** In what a table contradicts one with its number or day; undefined when both say the same. */
function differenceOf(table: RateTable, other: RateTable): string | undefined {
  const { number, effectiveDate } = table;
  if (number !== other.number) return `Table ${number} is for ${effectiveDate}, for which there is ${other.number}.`;
  if (effectiveDate !== other.effectiveDate)
    return `Table ${number} is of ${effectiveDate}, but it is known as that of ${other.effectiveDate}.`;
  const currency = foreignCurrencies.find((name) => table.rates.get(name) !== other.rates.get(name));
  if (currency === undefined) return undefined;
  const [rate, known] = [table, other].map(({ rates }) => toRateText(rates.get(currency) ?? 0n));
  return `Table ${number} of ${effectiveDate} has ${rate} for ${currency}, but it is known with ${known}; a table never changes.`;
}
