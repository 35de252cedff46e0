import type { ReportHead, Row } from './model.ts';
import { createCellWriter, headingOf, withoutFormulas } from './write-cells.ts';

/** About how many characters leave at once. */
const pieceLength = 65_536;

/**
 * Writes a report as CSV (RFC 4180): UTF-8, commas, CRLF, a line of headings, and nothing but rows after it. A text that a
 * program for tables would take for a formula has an apostrophe before it, and so has one behind a semicolon or in a new line; numbers stay numbers.
 */
export async function* writeCsv(head: ReportHead, rows: AsyncIterable<Row>): AsyncGenerator<string> {
  const writeCell = createCellWriter();
  let piece = `${head.columns.map((column) => quote(headingOf(column))).join(',')}\r\n`;
  for await (const row of rows) {
    const cells = head.columns.map((column) => {
      const text = writeCell(column, row[column.name] ?? null);
      return quote(column.kind === 'text' ? withoutFormulas(text) : text);
    });
    piece += `${cells.join(',')}\r\n`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
