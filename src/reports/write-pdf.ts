import { setImmediate as giveWay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeHead, kindNames } from './describe-head.ts';
import type { Column, ReportHead, Row, Total } from './model.ts';
import { createCellWriter } from './write-cells.ts';

// Fonts that hold all letters of Europe, Cyrillic and Greek among them; only the letters that are used get into a file.
const plain = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'));
const bold = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'));

/** In points: A4 across, 297 by 210 mm. */
const page = { height: 595, margin: 28, footer: 20 } as const;
const sizes = { title: 14, about: 8, cell: 6.5 } as const;
const lineHeight = 10;
const gap = 4;
/** After so many rows others get their turn: laying out letters is work, and payments are served by the same thread. */
const rowsAtOnce = 10;

/** A document, the part of its structure that is being written, and how far down its page is filled. */
type Sheet = { readonly doc: PDFKit.PDFDocument; readonly root: PDFKit.PDFStructureElement; y: number; pages: number };

/** A cell of a table: its text, its place in its row, and whether it stands at the right side, as numbers do. */
type PrintedCell = { readonly text: string; readonly x: number; readonly width: number; readonly isNumber: boolean };

/**
 * Writes a report as PDF 1.7 to be read and printed: tagged, so that screen readers know its headings and tables (PDF/UA-1,
 * ISO 14289-1), with its fonts embedded. Texts that are too long for their column end in an ellipsis; amounts never are.
 */
export async function* writePdf(
  head: ReportHead,
  rows: AsyncIterable<Row>,
  totals: () => readonly Total[],
): AsyncGenerator<Uint8Array> {
  const title = `${kindNames[head.kind]} ${head.period.from} – ${head.period.until}`;
  // Its types do not know all that it takes: PDF/UA, and the scope of a heading.
  const options: object = {
    ...{ size: 'A4', layout: 'landscape', margin: 0, autoFirstPage: false, font: plain },
    ...{ tagged: true, pdfVersion: '1.7', subset: 'PDF/UA', lang: 'en', displayTitle: true },
    info: { Title: title, Author: head.merchantName, CreationDate: head.madeAt },
  };
  // Loaded here because few processes ever write one, and its fonts and dictionaries are large.
  const { default: PDFDocument } = await import('pdfkit');
  const doc = new PDFDocument(options);
  const drawn = draw(doc, { head, rows, totals, title })
    .then(() => void doc.end())
    .catch((error: Error) => void doc.destroy(error));
  yield* doc as unknown as AsyncIterable<Uint8Array>;
  await drawn;
}

type Content = {
  readonly head: ReportHead;
  readonly rows: AsyncIterable<Row>;
  readonly totals: () => readonly Total[];
  readonly title: string;
};

async function draw(doc: PDFKit.PDFDocument, { head, rows, totals, title }: Content): Promise<void> {
  const root = doc.struct('Document');
  doc.addStructure(root);
  const sheet: Sheet = { doc, root, y: page.margin, pages: 0 };
  beginPage(sheet);
  writeLine(sheet, 'H1', { text: title, size: sizes.title });
  for (const [name, value] of describeHead(head))
    writeLine(sheet, 'P', { text: `${name}: ${value}`, size: sizes.about });
  await writeTable(sheet, head.columns, rows);
  writeLine(sheet, 'H2', { text: 'Sums', size: sizes.about + 2 });
  await writeTable(sheet, sumColumns, sumRows(totals()));
  endPage(sheet);
  root.end();
}

const sumColumns: readonly Column[] = [
  { name: 'column', kind: 'text', print: 100 },
  { name: 'currency', kind: 'text', print: 40 },
  { name: 'sum', kind: 'money', print: 80 },
];

async function* sumRows(totals: readonly Total[]): AsyncGenerator<Row> {
  for (const { column, currency, amount } of totals) yield { column, currency, sum: amount };
}

async function writeTable(sheet: Sheet, columns: readonly Column[], rows: AsyncIterable<Row>): Promise<void> {
  const { doc, root } = sheet;
  const printed = placesOf(columns);
  const headings = printed.map(({ column, ...place }) => ({ ...place, text: column.name }));
  const writeCell = createCellWriter();
  const table = doc.struct('Table');
  root.add(table);
  sheet.y += gap;
  if (!hasRoom(sheet, 2)) turnPage(sheet);
  doc.font(bold);
  addRow(sheet, table, { type: 'TH', cells: headings });
  doc.font(plain);
  let written = 0;
  for await (const row of rows) {
    written += 1;
    if (written % rowsAtOnce === 0) await giveWay();
    if (!hasRoom(sheet, 1)) {
      turnPage(sheet);
      // The headings of further pages are there for the eye alone: a screen reader has heard them.
      doc.font(bold).markContent('Artifact', { type: 'Layout' });
      for (const cell of headings) writeText(sheet, cell);
      doc.endMarkedContent();
      doc.font(plain);
      sheet.y += lineHeight;
    }
    const cells = printed.map(({ column, ...place }) => ({
      ...place,
      text: writeCell(column, row[column.name] ?? null),
    }));
    addRow(sheet, table, { type: 'TD', cells });
  }
  table.end();
  sheet.y += gap;
}

/** Where the columns stand that are printed, and how wide they are. */
function placesOf(columns: readonly Column[]) {
  let x: number = page.margin;
  return columns.flatMap((column) => {
    if (column.print === undefined) return [];
    const place = { column, x, width: column.print - gap, isNumber: column.kind === 'money' };
    x += column.print;
    return [place];
  });
}

function addRow(
  sheet: Sheet,
  table: PDFKit.PDFStructureElement,
  { type, cells }: { readonly type: 'TH' | 'TD'; readonly cells: readonly PrintedCell[] },
): void {
  const { doc } = sheet;
  const options: object = type === 'TH' ? { scope: 'Column' } : {};
  const row = doc.struct('TR');
  table.add(row);
  for (const cell of cells) row.add(doc.struct(type, options, () => writeText(sheet, cell)));
  row.end();
  sheet.y += lineHeight;
}

function writeText({ doc, y }: Sheet, { text, x, width, isNumber }: PrintedCell): void {
  doc.fontSize(sizes.cell);
  const fitting = isNumber ? text : shorten(doc, text, width);
  const left = isNumber ? x + width - doc.widthOfString(fitting) : x;
  doc.text(fitting, left, y, { lineBreak: false });
}

/** The text, or as much of its beginning as fits a width, with an ellipsis. */
function shorten(doc: PDFKit.PDFDocument, text: string, width: number): string {
  if (doc.widthOfString(text) <= width) return text;
  const letters = [...text];
  let [fits, over] = [0, letters.length];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (doc.widthOfString(`${letters.slice(0, middle).join('')}…`) <= width) fits = middle;
    else over = middle;
  }
  return `${letters.slice(0, fits).join('')}…`;
}

function writeLine(
  sheet: Sheet,
  type: 'H1' | 'H2' | 'P',
  { text, size }: { readonly text: string; readonly size: number },
): void {
  const { doc, root } = sheet;
  if (!hasRoom(sheet, 2)) turnPage(sheet);
  doc.font(type === 'P' ? plain : bold).fontSize(size);
  const shown = shorten(doc, text, doc.page.width - 2 * page.margin);
  root.add(doc.struct(type, {}, () => doc.text(shown, page.margin, sheet.y, { lineBreak: false })));
  doc.font(plain);
  sheet.y += size * 1.5;
}

function hasRoom({ y }: Sheet, lines: number): boolean {
  return y + lines * lineHeight <= page.height - page.margin - page.footer;
}

function turnPage(sheet: Sheet): void {
  endPage(sheet);
  beginPage(sheet);
}

function beginPage(sheet: Sheet): void {
  sheet.doc.addPage();
  sheet.pages += 1;
  sheet.y = page.margin;
}

/** Numbers a page; the number belongs to the paper, not to the text. */
function endPage({ doc, pages }: Sheet): void {
  doc.font(plain).fontSize(sizes.about).markContent('Artifact', { type: 'Pagination' });
  doc.text(`${pages}`, page.margin, page.height - page.margin - sizes.about, { lineBreak: false });
  doc.endMarkedContent();
}
