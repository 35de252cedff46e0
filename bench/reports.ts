import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { dayOf, midnight } from '../src/calendar/model.ts';
import { type Database, inTransaction, openDatabase } from '../src/kernel/db/database.ts';
import { createLog } from '../src/kernel/log.ts';
import { takeSnapshots } from '../src/ledger/take-snapshots.ts';
import { newReport, orderReport, type ParsedSubject } from '../src/reports/create-report.ts';
import { makeReport } from '../src/reports/make-report.ts';
import { openReports } from '../src/reports/open-reports.ts';
import { readReport } from '../src/reports/store.ts';
import { createShopFinder } from '../src/shops/find-shop.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Bench, runBench } from './run-bench.ts';
import { seedSales } from './seed-sales.ts';
import { seedShops } from './seed-shops.ts';
import { watchMemory } from './watch-memory.ts';

const files = [
  ['TRANSACTIONS', 'CSV'],
  ['TRANSACTIONS', 'XLSX'],
  ['BALANCE_STATEMENT', 'CSV'],
  ['BALANCE_STATEMENT', 'CAMT053'],
  ['BALANCE_STATEMENT', 'MT940'],
] as const;

// Each report is made of a tenth of the rows first: what grows with them shows in the memory of the second.
await runBench(async (bench) => {
  const { values } = parseArgs({ options: { rows: { type: 'string' } } });
  // A sheet of Excel holds a million rows.
  const rows = Number(values.rows ?? 1_000_000);
  console.log(`Reports of a day of one merchant\n
${await describeMachine(bench)}

report                        rows     seconds    rows/s   file MB   memory, MB: before, at its highest`);
  for (const sales of [Math.ceil(rows / 10), rows]) await makeReports(bench, sales);
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

async function makeReports(bench: Bench, sales: number): Promise<void> {
  const day = dayOf(new Date()).subtract({ days: 1 });
  const { url, merchantId } = await seedShops(bench, { database: `reports_${sales}`, shops: 10, mode: 'live' });
  const noon = new Date(midnight(day).getTime() + 43_200_000);
  await seedSales(url, { sales, at: noon, iban: 'PL61109010140000071219812874' });
  const database = openDatabase({ url });
  bench.later(() => database.close());
  await takeSnapshots(database);
  const parts = {
    database,
    clock: { now: () => new Date() },
    log: createLog('error'),
    shops: createShopFinder(database),
  };
  const deps = openReports({
    ...parts,
    publicUrl: 'http://127.0.0.1',
    secret: 'a secret of the bench',
    config: { mode: 'production', smtpUrl: undefined },
  });
  for (const [kind, format] of files) {
    const id = await order(database, { merchantId, kind, format, day: new Date(`${day}T00:00:00Z`) });
    const memory = watchMemory();
    const began = performance.now();
    await makeReport(deps, id);
    const seconds = (performance.now() - began) / 1_000;
    const held = memory.stop();
    const made = await readReport(database, id);
    const written = Number(made?.rows ?? 0n);
    const columns = [
      `${kind} ${format}`.padEnd(26),
      written.toLocaleString('en').padStart(9),
      seconds.toFixed(1).padStart(9),
      Math.round(written / seconds)
        .toLocaleString('en')
        .padStart(10),
      (Number(made?.bytes ?? 0n) / 2 ** 20).toFixed(1).padStart(9),
      String(held.begun).padStart(9),
      String(held.highest).padStart(7),
    ];
    console.log(columns.join(' '));
    if (made?.status !== 'READY' || written < sales) process.exitCode = 1;
  }
}

async function order(
  database: Database,
  {
    merchantId,
    kind,
    format,
    day,
  }: { readonly merchantId: string; readonly day: Date } & Pick<ParsedSubject, 'kind' | 'format'>,
): Promise<string> {
  const subject = {
    ...{ merchantId, shopId: null, owner: merchantId, kind, format },
    ...{ currencies: [], methods: [], statuses: [] },
  };
  const report = newReport(subject, {
    ...{ fromDay: day, untilDay: day, idempotencyKey: randomUUID() },
    ...{ inputHash: new Uint8Array(), createdAt: new Date() },
  });
  await inTransaction(database, (tx) => orderReport(tx, report));
  return report.id;
}
