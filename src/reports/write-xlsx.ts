import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { escapeXml } from '../kernel/escape-xml.ts';
import { describeHead, kindNames } from './describe-head.ts';
import type { Cell, Column, ReportHead, Row, Total } from './model.ts';
import { createCellWriter, headingOf, looksLikeFormula } from './write-cells.ts';

const spreadsheet = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
/** Numbers of the cell styles in `styles.xml`. */
const styles = { heading: 1, money: 2, quoted: 3 } as const;
/** About how many characters leave at once. */
const pieceLength = 65_536;

/**
 * Writes a report as a workbook of Office Open XML (ISO/IEC 29500): a sheet with the rows and one that says what the report
 * is of, with its sums. Texts stand in their cells and nothing is gathered, so memory does not grow; money is a number, a text is
 * never a formula, and one that looks like it is marked as text, as Excel does itself (`quotePrefix`).
 */
export async function* writeXlsx(
  head: ReportHead,
  rows: AsyncIterable<Row>,
  totals: () => readonly Total[],
): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  // A sheet that breaks off must break off the file, or whoever reads it would wait for ever.
  zip.on('error', (error: Error) => output.destroy(error));
  const options = { mtime: head.madeAt, compressionLevel: 3 };
  for (const [path, text] of Object.entries(fixedParts(head))) zip.addBuffer(Buffer.from(text), path, options);
  const addSheet = (path: string, sheet: () => AsyncIterable<string>): void =>
    zip.addReadStreamLazy(path, options, (give) => give(null, Readable.from(sheet(), { highWaterMark: 1 })));
  addSheet('xl/worksheets/sheet1.xml', () => writeRows(head.columns, rows));
  // Begun when the first sheet is over: by then the sums are known.
  addSheet('xl/worksheets/sheet2.xml', () => writeAbout(head, totals()));
  zip.end();
  yield* output as AsyncIterable<Uint8Array>;
}

async function* writeRows(columns: readonly Column[], rows: AsyncIterable<Row>): AsyncGenerator<string> {
  const writeCell = createCellWriter();
  const letters = columns.map((_, place) => letterOf(place));
  const cellOf = (column: Column, cell: Cell, at: string): string => {
    if (cell === null) return '';
    const text = writeCell(column, cell);
    return typeof cell === 'bigint' ? `<c r="${at}" s="${styles.money}"><v>${text}</v></c>` : textCell(at, text);
  };
  const widths = columns.map(({ kind }, place) => widthOf(place, kind === 'money' ? 14 : 24)).join('');
  const headings = columns.map((column, place) => textCell(`${letters[place]}1`, headingOf(column), styles.heading));
  const frozen =
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
  let piece = `${declaration}<worksheet xmlns="${spreadsheet}">${frozen}<cols>${widths}</cols><sheetData><row r="1">${headings.join('')}</row>`;
  let number = 1;
  for await (const row of rows) {
    number += 1;
    const cells = columns.map((column, place) =>
      cellOf(column, row[column.name] ?? null, `${letters[place]}${number}`),
    );
    piece += `<row r="${number}">${cells.join('')}</row>`;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}</sheetData></worksheet>`;
}

async function* writeAbout(head: ReportHead, totals: readonly Total[]): AsyncGenerator<string> {
  const writeCell = createCellWriter();
  const about = describeHead(head).map(([name, value], place) => [
    textCell(`A${place + 1}`, name, styles.heading),
    textCell(`B${place + 1}`, value),
  ]);
  const first = about.length + 2;
  const names = ['Sum of', 'currency', 'amount'];
  const sums = [
    names.map((name, place) => textCell(`${letterOf(place)}${first}`, name, styles.heading)),
    ...totals.map(({ column, currency, amount }, place) => {
      const row = first + 1 + place;
      const sum = writeCell({ name: column, kind: 'money' }, amount);
      return [
        textCell(`A${row}`, column),
        textCell(`B${row}`, currency),
        `<c r="C${row}" s="${styles.money}"><v>${sum}</v></c>`,
      ];
    }),
  ];
  const rowOf = (cells: readonly string[], number: number): string => `<row r="${number}">${cells.join('')}</row>`;
  const lines = [
    ...about.map((cells, place) => rowOf(cells, place + 1)),
    ...sums.map((cells, place) => rowOf(cells, first + place)),
  ];
  const widths = [24, 48, 16].map((width, place) => widthOf(place, width)).join('');
  yield `${declaration}<worksheet xmlns="${spreadsheet}"><cols>${widths}</cols><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function textCell(at: string, text: string, style?: number): string {
  const number = style ?? (looksLikeFormula(text) ? styles.quoted : 0);
  // Excel reads `_x0041_` as the letter A, so an underscore that would begin such a word is written in that way itself.
  const plain = escapeXml(text.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_'));
  return `<c r="${at}"${number === 0 ? '' : ` s="${number}"`} t="inlineStr"><is><t xml:space="preserve">${plain}</t></is></c>`;
}

function widthOf(place: number, width: number): string {
  return `<col min="${place + 1}" max="${place + 1}" width="${width}" customWidth="1"/>`;
}

/** The letter of a column of which there are at most 26. */
function letterOf(place: number): string {
  return String.fromCharCode(65 + place);
}

/** The parts of the package that are the same for all reports, but for the name of a sheet. */
function fixedParts(head: ReportHead): Record<string, string> {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const sheets = [kindNames[head.kind], 'About'].map(
    (name, place) => `<sheet name="${name}" sheetId="${place + 1}" r:id="rId${place + 1}"/>`,
  );
  return {
    '[Content_Types].xml': `${declaration}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="${type}.worksheet+xml"/></Types>`,
    '_rels/.rels': `${declaration}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${declaration}<workbook xmlns="${spreadsheet}" xmlns:r="${relations}"><sheets>${sheets.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${declaration}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relations}/worksheet" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    // Number format 4 is `#,##0.00` in every language (ISO/IEC 29500-1, 18.8.30).
    'xl/styles.xml': `${declaration}<styleSheet xmlns="${spreadsheet}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs></styleSheet>`,
  };
}
