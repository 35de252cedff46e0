import readExcel from 'read-excel-file/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { escapeXml } from '../../src/kernel/escape-xml.ts';
import { readTotals } from '../../src/reports/model.ts';
import { type Month, playMonth } from './month.ts';
import { minorUnits, openReportWorld, type ReportWorld, readCsv } from './world.ts';

let world: ReportWorld;
let month: Month;

beforeAll(async () => {
  world = await openReportWorld();
  month = await playMonth(world, 11);
});

afterAll(() => world.close());

type Sheet = { readonly sheet: string; readonly data: readonly (readonly unknown[])[] };

/** A number of a cell in minor units; a cell that holds anything else is no amount. */
function amountOf(cell: unknown): bigint {
  if (typeof cell !== 'number') throw new Error(`${cell} is no number.`);
  return minorUnits(cell.toFixed(2));
}

it.each(['TRANSACTIONS', 'REFUNDS', 'PAYOUTS', 'COMMISSIONS', 'BALANCE_STATEMENT'] as const)(
  'A workbook of %s has cell by cell what CSV has, and its sums',
  async (kind) => {
    const { file: csv } = await world.make(month.shop, { kind });
    const { report, file } = await world.make(month.shop, { kind, format: 'XLSX' });
    const [rows, about] = (await readExcel(file)) as unknown as readonly [Sheet, Sheet];
    const [headings = [], ...cells] = rows.data;
    const lines = await readCsv(csv);
    expect(cells.length).toBe(lines.length);
    expect(report.rows).toBe(BigInt(lines.length));
    for (const [place, line] of lines.entries()) {
      const texts = Object.entries(line).map(([name, text]) => {
        expect(headings).toContain(name);
        return /^-?\d+\.\d\d$/.test(text) && name !== 'ratePercent'
          ? Number(text)
          : text.replaceAll(/(?<=^|;)'(?=[=+\-@])/g, '');
      });
      expect(cells[place]?.map((cell) => cell ?? '')).toEqual(texts);
    }
    const sums = about.data.slice(-readTotals(report.totals).length);
    expect(sums.map(([column, currency, amount]) => ({ column, currency, amount: amountOf(amount) }))).toEqual(
      readTotals(report.totals),
    );
    expect(about.data[4]?.slice(0, 2)).toEqual(['Time zone', 'Europe/Warsaw']);
  },
);

it('XML holds what people write, and leaves out what XML cannot hold', () => {
  expect(escapeXml(`<a href="x">'&\u0000\u0008\ud800ż\u{1f600}\ufffe`)).toBe(
    '&#60;a href=&#34;x&#34;&#62;&#39;&#38;ż\u{1f600}',
  );
});
