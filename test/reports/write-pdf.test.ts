import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportKind } from '../../src/kernel/db/generated/prisma/enums.ts';
import { readTotals } from '../../src/reports/model.ts';
import { writePdf } from '../../src/reports/write-pdf.ts';
import { type Month, playMonth } from './month.ts';
import { runProgram } from './run-program.ts';
import { minorUnits, openReportWorld, type ReportWorld, readCsv } from './world.ts';

let world: ReportWorld;
let month: Month;

beforeAll(async () => {
  world = await openReportWorld();
  month = await playMonth(world, 3);
});

afterAll(() => world.close());

/** The amounts of a printed line, in their order. */
function amountsIn(line: string): bigint[] {
  return line
    .split(/\s+/)
    .filter((word) => /^-?\d+\.\d\d$/.test(word))
    .map(minorUnits);
}

const columns = {
  TRANSACTIONS: ['amount', 'settled', 'refunded', 'commission'],
  REFUNDS: ['amount'],
  COMMISSIONS: ['base', 'amount'],
  PAYOUTS: ['carriedIn', 'gross', 'returned', 'refunds', 'commission', 'carriedOut', 'net'],
  BALANCE_STATEMENT: ['amount', 'balance'],
} as const satisfies { readonly [kind in ReportKind]: readonly string[] };

describe('A PDF', () => {
  it.each(Object.keys(columns) as ReportKind[])(
    'of %s has line by line what CSV has, and its sums, and is tagged',
    async (kind) => {
      const lines = await readCsv((await world.make(month.shop, { kind })).file);
      const { file, report } = await world.make(month.shop, { kind, format: 'PDF' });
      const text = await runProgram('pdftotext', ['-layout', '$FILE', '-'], file);
      const [table = '', sums = ''] = text.split(/^Sums$/m);
      const printed = table.split('\n').filter((line) => amountsIn(line).length > 0);
      const expected = lines.map((line) =>
        columns[kind].flatMap((name: string) => (line[name] ? [minorUnits(line[name])] : [])),
      );
      expect(printed.map(amountsIn)).toEqual(expected);
      const totals = readTotals(report.totals);
      expect(totals.length).toBeGreaterThan(0);
      const said = sums.split('\n').flatMap((line) => {
        const [, column, currency] = /^\s*(\w+)\s+([A-Z]{3})\s/.exec(line) ?? [];
        return column === undefined ? [] : [{ column, currency, amount: amountsIn(line)[0] }];
      });
      expect(said).toEqual(totals);
      expect(await runProgram('pdfinfo', ['$FILE'], file)).toMatch(/Tagged: +yes/);
    },
  );

  it('has the structure of a table, and its fonts and the letters of Poles and Ukrainians within', async () => {
    const { file } = await world.make(month.shop, { kind: 'TRANSACTIONS', format: 'PDF' });
    const structure = await runProgram('pdfinfo', ['-struct-text', '$FILE'], file);
    for (const part of ['Document', 'H1', 'Table', 'TR', 'TH', 'TD'])
      expect(structure).toMatch(new RegExp(`^ *${part}\\b`, 'm'));
    const fonts = (await runProgram('pdffonts', ['$FILE'], file)).trim().split('\n').slice(2);
    expect(fonts.length).toBe(2);
    for (const font of fonts) expect(font).toMatch(/ yes yes yes /);
    const text = await runProgram('pdftotext', ['-layout', '$FILE', '-'], file);
    for (const words of ['Zażółć gęślą jaźń', 'Привіт, Кириле', 'Time zone: Europe/Warsaw'])
      expect(text).toContain(words);
  });

  it('whose rows break off breaks off too', async () => {
    const next = () => Promise.reject(new Error('the connection is gone'));
    const broken = { [Symbol.asyncIterator]: () => ({ next }) };
    const { report } = await world.make(month.shop, { kind: 'PAYOUTS' });
    const period = { from: Temporal.PlainDate.from('2026-12-01'), until: Temporal.PlainDate.from('2026-12-02') };
    const head = {
      ...{ id: report.id, kind: report.kind, period, filter: { currencies: [], methods: [], statuses: [] } },
      ...{
        merchantName: 'Firma',
        merchantId: report.merchantId,
        shopName: undefined,
        madeAt: world.clock.now(),
        columns: [],
      },
    };
    await expect(Array.fromAsync(writePdf(head, broken, () => []))).rejects.toThrow('the connection is gone');
  });

  it('that would be too long is not made, and says what to do instead', async () => {
    await world.database.pool.query(
      `insert into transaction
       select (jsonb_populate_record(s.t, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'copy ' || n))).*
       from (select t from transaction t where t.status = 'REJECTED' and t.shop_id = $1 limit 1) s, generate_series(1, 5000) n`,
      [month.shop.id],
    );
    const { report, file } = await world.make(month.shop, { kind: 'TRANSACTIONS', format: 'PDF' });
    expect(report).toMatchObject({ status: 'FAILED', rows: 0n, expiresAt: null });
    expect(report.failure).toMatch(
      /^It would have 50\d\d rows, and PDF files end at 5000; take CSV, or order shorter periods\.$/,
    );
    expect(file.length).toBe(0);
    expect((await world.make(month.shop, { kind: 'TRANSACTIONS' })).report).toMatchObject({ status: 'READY' });
  });
});
