import type { DayFileLine } from '../acquirers/port.ts';

/** The columns of a day file, in their order. */
export const dayFileColumns = ['kind', 'reference', 'amount', 'currency', 'at'] as const;

/**
 * Writes a day file: CSV (RFC 4180, but lines end in a line feed) with a header, amounts in minor units, times in UTC.
 * `parse-day-file.ts` reads it.
 */
export function writeDayFile(lines: readonly DayFileLine[]): string {
  const rows = lines.map(({ kind, reference, amount, currency, at }) =>
    [kind, quoted(reference), amount, currency, at.toISOString()].join(','),
  );
  return [dayFileColumns.join(','), ...rows, ''].join('\n');
}

/** References are the only field that an acquirer could fill with anything. */
function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
