import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { DayFileLine } from '../acquirers/port.ts';
import { isUuid } from '../kernel/ids.ts';
import { currencies } from '../kernel/money.ts';
import { dayFileColumns } from './write-day-file.ts';

/** The lines of a day file or, when it cannot be used, what is wrong with it: one sentence for each mistake. */
export type ParsedDayFile =
  | { readonly lines: readonly DayFileLine[]; readonly mistakes: undefined }
  | { readonly lines: undefined; readonly mistakes: readonly string[] };

const header = dayFileColumns.join(',');

/** As large as the database can hold. */
const amountMax = 2n ** 63n - 1n;

const row = z.object({
  kind: z.enum(['sale', 'capture', 'refund']),
  // Ids are the same however their letters are written, and ours are small.
  reference: z
    .string()
    .min(1)
    .max(255)
    .transform((text) => (isUuid(text.toLowerCase()) ? text.toLowerCase() : text)),
  amount: z
    .string()
    .regex(/^[1-9]\d{0,18}$/)
    .transform(BigInt)
    .refine((amount) => amount <= amountMax),
  currency: z.enum(currencies),
  at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
});

/** What each field has to be, for whoever wrote something else. */
const expected: Readonly<Record<keyof DayFileLine, string>> = {
  kind: 'sale, capture or refund',
  reference: 'an id of 1 to 255 characters',
  amount: `a whole number of minor units from 1 to ${amountMax}`,
  currency: `one of ${currencies.join(', ')}`,
  at: 'a moment with its time zone, such as 2026-11-26T10:00:00Z',
};

/**
 * Reads a day file: CSV (RFC 4180, lines may end in a line feed alone) with the header `kind,reference,amount,currency,at`.
 * `kind` is sale, capture or refund, `reference` is our id, `amount` is a whole number of minor units, `at` is a moment
 * with its time zone (RFC 3339). Empty lines and a byte order mark are passed over. Pure.
 */
export function parseDayFile(text: string): ParsedDayFile {
  const records = split(text);
  if (typeof records === 'string') return { lines: undefined, mistakes: [records] };
  const [first, ...rest] = records;
  if (first?.fields.join(',') !== header) {
    return { lines: undefined, mistakes: [`Line ${first?.line ?? 1}: the header must be ${header}.`] };
  }
  const read = rest.map(readRow);
  const mistakes = read.flatMap((one) => (Array.isArray(one) ? one : []));
  if (mistakes.length > 0) return { lines: undefined, mistakes };
  return { lines: read.flatMap((one) => (Array.isArray(one) ? [] : [one])), mistakes: undefined };
}

/** The fields of one line, with its number, from 1. */
type CsvRecord = { readonly line: number; readonly fields: readonly string[] };

/** Splits the file into records; gives a sentence when it is no CSV. */
function split(text: string): readonly CsvRecord[] | string {
  const lines: number[] = [];
  try {
    const records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (fields: string[], context) => {
        lines.push(context.lines);
        return fields;
      },
    });
    return records.map((fields, index) => ({ line: lines[index] ?? 0, fields }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return `Line ${String(error.lines)}: this is no CSV (${error.message}).`;
  }
}

/** Reads one line; gives its mistakes when it has any. */
function readRow({ line, fields }: CsvRecord): DayFileLine | string[] {
  if (fields.length !== dayFileColumns.length) {
    return [`Line ${line}: there must be ${dayFileColumns.length} fields, not ${fields.length}.`];
  }
  const given = Object.fromEntries(dayFileColumns.map((column, index) => [column, fields[index]]));
  const { success, data, error } = row.safeParse(given);
  if (success) return data;
  const wrong = new Set(error.issues.map((issue) => issue.path[0] as keyof DayFileLine));
  return [...wrong].map((field) => {
    const shown = JSON.stringify((given[field] ?? '').slice(0, 40));
    return `Line ${line}: ${field} must be ${expected[field]}, not ${shown}.`;
  });
}
