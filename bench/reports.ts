import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { dayOf, midnight } from '../src/calendar/model.ts';
import { inTransaction, openDatabase } from '../src/kernel/db/database.ts';
import { createLog } from '../src/kernel/log.ts';
import { newReport, orderReport } from '../src/reports/create-report.ts';
import { makeReport } from '../src/reports/make-report.ts';
import { openReports } from '../src/reports/open-reports.ts';
import { readReport } from '../src/reports/store.ts';
import { createShopFinder } from '../src/shops/find-shop.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { runBench } from './run-bench.ts';
import { seedSales } from './seed-sales.ts';
import { seedShops } from './seed-shops.ts';

const files = [
  ['TRANSACTIONS', 'CSV'],
  ['TRANSACTIONS', 'XLSX'],
  ['BALANCE_STATEMENT', 'CSV'],
  ['BALANCE_STATEMENT', 'CAMT053'],
  ['BALANCE_STATEMENT', 'MT940'],
] as const;

await runBench(async (bench) => {
  const { values } = parseArgs({ options: { rows: { type: 'string' } } });
  // A sheet of Excel holds a million rows.
  const rows = Number(values.rows ?? 1_000_000);
  const now = new Date();
  const day = dayOf(now).subtract({ days: 1 });
  console.log(`Reports of a day of one merchant\n
${await describeMachine(bench)}
Sales      ${rows.toLocaleString('en')}`);
  const { url, merchantId } = await seedShops(bench, { database: 'reports', shops: 10, mode: 'live' });
  const noon = new Date(midnight(day).getTime() + 43_200_000);
  await seedSales(url, { sales: rows, at: noon, iban: 'PL61109010140000071219812874' });
  const database = openDatabase({ url });
  bench.later(() => database.close());
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
  console.log('\nreport                        rows     seconds    rows/s   file MB   memory: more at its highest');
  for (const [kind, format] of files) {
    const subject = {
      merchantId,
      shopId: null,
      owner: merchantId,
      kind,
      format,
      currencies: [],
      methods: [],
      statuses: [],
    };
    const date = new Date(`${day}T00:00:00Z`);
    const order = {
      fromDay: date,
      untilDay: date,
      idempotencyKey: randomUUID(),
      inputHash: new Uint8Array(),
      createdAt: now,
    };
    const report = newReport(subject, order);
    await inTransaction(database, (tx) => orderReport(tx, report));
    globalThis.gc?.();
    const memory = watchMemory();
    const began = performance.now();
    await makeReport(deps, report.id);
    const seconds = (performance.now() - began) / 1_000;
    const grown = memory.stop();
    const made = await readReport(database, report.id);
    const written = Number(made?.rows ?? 0n);
    const columns = [
      `${kind} ${format}`.padEnd(26),
      written.toLocaleString('en').padStart(9),
      seconds.toFixed(1).padStart(9),
      Math.round(written / seconds)
        .toLocaleString('en')
        .padStart(10),
      (Number(made?.bytes ?? 0n) / 2 ** 20).toFixed(1).padStart(9),
      `${grown} MB`.padStart(9),
    ];
    console.log(columns.join(' '));
    if (made?.status !== 'READY' || written < rows) process.exitCode = 1;
  }
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

function watchMemory(): { stop(): number } {
  const begun = process.memoryUsage().rss;
  let highest = begun;
  const look = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 20).unref();
  return {
    stop: () => {
      clearInterval(look);
      return Math.round((highest - begun) / 2 ** 20);
    },
  };
}
