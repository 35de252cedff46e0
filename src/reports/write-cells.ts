import { zoned } from '../calendar/model.ts';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import { toDecimal } from '../kernel/money.ts';
import type { Cell, Column } from './model.ts';

/**
 * Makes the writer of moments in Warsaw's time with its offset: `2026-11-27T08:04:16+01:00` (ISO 8601). The offset changes
 * on whole hours only, so it is asked for once for each hour that comes up in a row.
 */
export function createMomentWriter(): (moment: Date) => string {
  let hour = Number.NaN;
  let offset = { ms: 0, text: '' };
  return (moment) => {
    const time = moment.getTime();
    const itsHour = Math.floor(time / 3_600_000);
    if (itsHour !== hour) {
      hour = itsHour;
      const { offsetNanoseconds, offset: text } = zoned(moment);
      offset = { ms: offsetNanoseconds / 1_000_000, text };
    }
    return `${new Date(time + offset.ms).toISOString().slice(0, 19)}${offset.text}`;
  };
}

/**
 * Makes the writer of cells as texts: money as a decimal with two places, moments in Warsaw's time, days by ISO 8601. Texts
 * that people wrote are gone through for card numbers once more.
 */
export function createCellWriter(): (column: Column, cell: Cell) => string {
  const writeMoment = createMomentWriter();
  return (column, cell) => {
    if (cell === null) return '';
    if (typeof cell === 'bigint') return toDecimal(cell);
    if (typeof cell === 'string') return hideCardNumbers(cell);
    return column.kind === 'day' ? cell.toISOString().slice(0, 10) : writeMoment(cell);
  };
}

/** The heading of a column: moments name their zone. */
export function headingOf(column: Column): string {
  return column.kind === 'moment' ? `${column.name} (Europe/Warsaw)` : column.name;
}

/**
 * Puts an apostrophe before whatever such a program would take for a formula, for files that separate by commas. Excel with
 * the settings of Poland cuts them at semicolons instead, and lines even within quotes, so what stands behind these counts too.
 */
export function withoutFormulas(text: string): string {
  const within = text.replace(/[;\r\n][\s"]*(?=[=+\-@])/g, "$&'");
  return looksLikeFormula(text) ? `'${within}` : within;
}

/** Says whether a program for tables would take a text for a formula (OWASP, CSV injection). */
export function looksLikeFormula(text: string): boolean {
  return /^[=+\-@\t\r\n]/.test(text);
}
