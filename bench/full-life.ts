import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { askCreatePayment, readCreated } from './ask-create-payment.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Options, readOptions } from './options.ts';
import { readCounts, readOne } from './read-counts.ts';
import { type Bench, runBench, waitUntil } from './run-bench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { type NextBody, sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';

const startQuery = `mutation Start($input: StartTransactionInput!) { startTransaction(input: $input) {
  __typename
  ... on StartTransactionSuccess { replayed transaction { id status } }
  ... on Refusal { code message field }
} }`;
const settledWithin = { ms: 600_000 };

await runBench(async (bench) => {
  const usual = { rounds: 1, seconds: 20, connections: 64, shops: [10] };
  const options = readOptions(process.argv.slice(2), usual);
  console.log(`Payments created and started with BLIK through GraphQL, and settled by the sandbox's acquirer\n
${await describeMachine(bench)}
Gateway    one process, node src/main.ts in sandbox mode; ${options.connections} keep-alive connections for ${options.seconds} s
The load generator, the gateway and Postgres share the cores.`);
  for (const shops of options.shops) await liveThrough(bench, options, shops);
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

async function liveThrough(bench: Bench, options: Options, shops: number): Promise<void> {
  const seeded = await seedShops(bench, { database: `life_${shops}`, shops, mode: 'test' });
  const before = await readCounts(seeded.url);
  const gateway = await startGatewayProcess({
    DATABASE_URL: seeded.url,
    BRAMKA_MODE: 'sandbox',
    BRAMKA_DATA_DIR: join(bench.folder, `life-${shops}`),
  });
  bench.later(gateway.stop);
  const acknowledged = { created: 0, started: 0 };
  const began = performance.now();
  const target = { url: gateway.url, apiKey: seeded.apiKey };
  const load = await sendLoad(target, options, () => openFlow(seeded, acknowledged));
  const lastAnswer = performance.now();
  await waitUntil(async () => (await countSettled(seeded.url)) === acknowledged.started, settledWithin);
  const seconds = (performance.now() - began) / 1000;
  const drained = ((performance.now() - lastAnswer) / 1000).toFixed(1);
  await gateway.stop();
  const after = await readCounts(seeded.url);
  console.log(`
${shops} ${shops === 1 ? 'shop' : 'shops'}: ${load.perSecond.toFixed(0)} requests a second (p50 ${load.p50Ms.toFixed(1)} ms, p99 ${load.p99Ms.toFixed(1)} ms)
${acknowledged.created} payments created, ${acknowledged.started} started, all of these settled ${drained} s after the last answer: ${(acknowledged.started / seconds).toFixed(0)} settled a second
${after.payments} payments, ${after.events} events, ${after.wrongShops} shops whose counter is not the number of their events
deadlocks ${before.deadlocks} before, ${after.deadlocks} after`);
  if (after.deadlocks > 0 || after.wrongShops > 0 || after.payments !== acknowledged.created) process.exitCode = 1;
}

/** Creates a payment, starts it, creates the next. */
function openFlow({ shopIds }: Seeded, acknowledged: { created: number; started: number }): NextBody {
  let starting = false;
  return (answer) => {
    if (answer === undefined || starting) {
      if (answer !== undefined) {
        readStarted(answer);
        acknowledged.started++;
      }
      starting = false;
      return askCreatePayment(shopIds);
    }
    acknowledged.created++;
    starting = true;
    return askStart(readCreated(answer));
  };
}

function askStart(paymentId: string): string {
  const input = { paymentId, idempotencyKey: randomUUID(), method: 'BLIK', blik: { code: '123456' } };
  return JSON.stringify({ query: startQuery, variables: { input } });
}

function readStarted(answer: string): void {
  if (!answer.includes('"replayed":false')) throw new Error(`No transaction was started: ${answer}`);
}

async function countSettled(url: string): Promise<number> {
  const sql = `select count(*)::int as settled from payment where status = 'SETTLED'`;
  return (await readOne<{ settled: number }>(url, sql)).settled;
}
