import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ImportedTables, importTables } from '../../src/fx/import-tables.ts';
import { type RateAsk, rateKey, readRates } from '../../src/fx/store.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { jsonTable, xmlTable } from './tables.ts';

let home: Awaited<ReturnType<typeof createTestDatabase>>;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url, connectionsMax: 4 });
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

const at = new Date('2026-03-02T10:00:00.000Z');
const friday = { number: '001/A/NBP/2026', day: '2026-01-02' };
const monday = { number: '002/A/NBP/2026', day: '2026-01-05', rates: { EUR: '4.3000' } };

function importTexts(...texts: string[]): Promise<ImportedTables> {
  const files = texts.map((text, place) => ({ name: `file ${place + 1}`, text }));
  return inTransaction(database, (tx) => importTables(tx, files, at));
}

async function kept(): Promise<{ table: string; rates: number; sum: string }[]> {
  const { rows } = await database.pool.query(`
    select t.number || ' ' || t.effective_date as table, count(*)::int as rates, sum(r.rate)::text as sum
    from fx_table t join fx_rate r on r.table_number = t.number group by t.number order by t.number`);
  return rows;
}

async function rateOn(day: string, currency: RateAsk['currency'] = 'EUR'): Promise<string | undefined> {
  const rates = await inTransaction(database, (tx) => readRates(tx, [{ currency, day }]));
  const found = rates.get(rateKey({ currency, day }));
  return found && `${found.rate} ${found.tableNumber}`;
}

it('Tables are imported together, and a second time nothing changes, whatever the form', async () => {
  expect(await importTexts(xmlTable(friday), jsonTable(monday))).toEqual({ written: 2, known: 0 });
  const before = await kept();
  expect(before.map(({ table, rates }) => `${table} ${rates}`)).toEqual([
    '001/A/NBP/2026 2026-01-02 7',
    '002/A/NBP/2026 2026-01-05 7',
  ]);
  expect(await importTexts(jsonTable(friday), xmlTable(monday), xmlTable(monday))).toEqual({ written: 0, known: 3 });
  expect(await kept()).toEqual(before);
});

it.each([
  [
    xmlTable({ ...friday, rates: { USD: '3.6013' } }),
    'Table 001/A/NBP/2026 of 2026-01-02 has 3.6013 for USD, but it is known with 3.6012; a table never changes.',
  ],
  [
    xmlTable({ ...friday, day: '2026-01-07' }),
    'Table 001/A/NBP/2026 is of 2026-01-07, but it is known as that of 2026-01-02.',
  ],
  [
    xmlTable({ ...friday, number: '007/A/NBP/2026' }),
    'Table 007/A/NBP/2026 is for 2026-01-02, for which there is 001/A/NBP/2026.',
  ],
  [
    xmlTable({ number: '042/A/NBP/2026', day: '2026-03-03' }),
    'file 2: Table 042/A/NBP/2026 is of 2026-03-03, and today is 2026-03-02: import it once the NBP has published it.',
  ],
  ...['2026-02-28', '2026-03-01', '2026-01-06'].map((day) => [
    jsonTable({ number: '042/A/NBP/2026', day }),
    `file 2: Table 042/A/NBP/2026 cannot be of ${day}, on which the NBP publishes none (a weekend or a holiday): look at its day.`,
  ]),
  ['nonsense', 'file 2: This is neither XML nor the JSON of the NBP'],
])('Nothing is written when one of the files cannot be taken (%#)', async (text, sentence) => {
  const before = await kept();
  const good = xmlTable({ number: '003/A/NBP/2026', day: '2026-01-07' });
  await expect(importTexts(good, text)).rejects.toThrow(sentence);
  expect(await kept()).toEqual(before);
});

it('Two tables that contradict each other in one import are refused', async () => {
  const fourth = { number: '004/A/NBP/2026', day: '2026-01-08' };
  await expect(importTexts(xmlTable(fourth), jsonTable({ ...fourth, rates: { RON: '0.9' } }))).rejects.toThrow(
    '0.9000 for RON',
  );
});

it('The rate of a day is that of its table or of the newest before it', async () => {
  expect(await rateOn('2026-01-02')).toBe('423450000 001/A/NBP/2026');
  expect(await rateOn('2026-01-04')).toBe('423450000 001/A/NBP/2026'); // a Sunday
  expect(await rateOn('2026-01-05')).toBe('430000000 002/A/NBP/2026');
  expect(await rateOn('2027-05-05')).toBe('430000000 002/A/NBP/2026');
  expect(await rateOn('2026-01-01')).toBeUndefined();
});

it('Imports at the same time write a table once', async () => {
  const fifth = { number: '005/A/NBP/2026', day: '2026-01-09' };
  const done = await Promise.all([1, 2, 3].map(() => importTexts(jsonTable(fifth))));
  expect(done.map(({ written }) => written).sort()).toEqual([0, 0, 1]);
});
