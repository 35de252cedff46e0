import { parseArgs } from 'node:util';
import pg from 'pg';
import { dayOf, midnight } from '../src/calendar/model.ts';
import { openDatabase } from '../src/kernel/db/database.ts';
import { createLog } from '../src/kernel/log.ts';
import { lastRunDay, runAt } from '../src/payouts/model.ts';
import { runPayouts } from '../src/payouts/run-payouts.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { readOne } from './read-counts.ts';
import { runBench } from './run-bench.ts';
import { seedSales } from './seed-sales.ts';
import { seedShops } from './seed-shops.ts';
import { watchMemory } from './watch-memory.ts';

const text = { type: 'string' } as const;
const iban = 'PL61109010140000071219812874';
const grouped = 'select to_id, count(*), sum(amount) from posting group by to_id';

await runBench(async (bench) => {
  const { values } = parseArgs({ options: { sales: text, shops: text } });
  const [sales, shops] = [Number(values.sales ?? 1_000_000), Number(values.shops ?? 1_000)];
  const now = new Date();
  const run = runAt(lastRunDay(now));
  console.log(`A day's payouts, beside one grouped select over the same postings\n
${await describeMachine(bench)}
Sales      ${sales.toLocaleString('en')} settled before midnight, of ${shops.toLocaleString('en')} shops`);
  const { url } = await seedShops(bench, { database: 'payouts', shops, mode: 'live' });
  await seedSales(url, { sales, at: new Date(midnight(dayOf(run)).getTime() - 3_600_000), iban });
  const before = await timed(() => readAll(url));
  const database = openDatabase({ url });
  bench.later(() => database.close());
  const memory = watchMemory();
  const deps = { database, clock: { now: () => run }, log: createLog('error') };
  const paid = await timed(() => runPayouts(deps));
  const held = memory.stop();
  const after = await timed(() => readAll(url));
  const select = (before.ms + after.ms) / 2;
  console.log(`
grouped select   ${seconds(before.ms)} before, ${seconds(after.ms)} after
payouts          ${seconds(paid.ms)} for ${paid.result} payouts, ${(paid.ms / select).toFixed(1)} times the select
memory           ${held.highest - held.begun} MB more at its highest`);
  await check(url, { sales, payouts: paid.result });
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

async function readAll(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(grouped);
  await client.end();
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ readonly ms: number; readonly result: Result }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

/** Says whether every sale was paid, once, to the grosz. */
async function check(
  url: string,
  { sales, payouts }: { readonly sales: number; readonly payouts: number },
): Promise<void> {
  const found = await readOne<{
    sold: string;
    charged: string;
    gross: string;
    commission: string;
    left: string;
    made: number;
  }>(
    url,
    `select (select sum(amount) from posting where kind = 'SALE')::text as sold,
      (select sum(amount) from commission)::text as charged,
      (select sum(gross) from payout)::text as gross, (select sum(commission) from payout)::text as commission,
      (select sum(b.amount) from account_balance b)::text as left, (select count(*) from payout)::int as made`,
  );
  const right =
    found.sold === found.gross && found.charged === found.commission && found.left === '0' && found.made === payouts;
  console.log(
    `check            ${sales} sales of ${found.sold}, paid ${found.gross} less ${found.commission}, left ${found.left}: ${right ? 'as it must be' : 'WRONG'}`,
  );
  if (!right) process.exitCode = 1;
}
