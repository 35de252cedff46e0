import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { askCreatePayment, readCreated } from './ask-create-payment.ts';
import { type Contestant, runContest } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Options, readOptions } from './options.ts';
import { readCounts, readOne } from './read-counts.ts';
import { type Bench, runBench, waitUntil } from './run-bench.ts';
import { findPgbench, type Pgbench, pgbenchClients, runPgbench } from './run-pgbench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { type NextBody, sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';

const startQuery = `mutation Start($input: StartTransactionInput!) { startTransaction(input: $input) {
  __typename
  ... on StartTransactionSuccess { replayed transaction { id status } }
  ... on Refusal { code message field }
} }`;
const settledWithin = { ms: 600_000 };

/** How many of each step of a life were acknowledged. */
type Acknowledged = { created: number; started: number };

await runBench(async (bench) => {
  const usual = { rounds: 3, seconds: 20, connections: 64, shops: [1, 10, 1_000] };
  const options = readOptions(process.argv.slice(2), usual);
  const pgbench = await findPgbench();
  console.log(`Payments created and started with BLIK through GraphQL, and settled by the sandbox's acquirer\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in sandbox mode; ${options.connections} keep-alive connections; counted are those that are settled
           within the time, and all are waited for; the simulated bank answers without delay
pgbench    ${pgbench.version}; ${pgbenchClients} clients, prepared, three statements and three commits a payment
Rounds     ${options.rounds} of ${options.seconds} s each, alternating, after three of each that do not count
The load generator, the gateway and Postgres share the cores: only the ratios (the gateway's to pgbench) mean something.`);
  for (const shops of options.shops) await compare(bench, { options, pgbench, shops });
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

type Comparison = { readonly options: Options; readonly pgbench: Pgbench; readonly shops: number };

async function compare(bench: Bench, comparison: Comparison): Promise<void> {
  const { shops } = comparison;
  const gateway = await enterGateway(bench, comparison);
  const alone = await enterPostgres(bench, comparison);
  console.log(`\n${shops} ${shops === 1 ? 'shop' : 'shops'}, payments settled a second`);
  await runContest([gateway, alone], comparison.options.rounds);
  await gateway.stop();
  const { created, started } = gateway.acknowledged;
  const { payments, events, wrongShops, deadlocks } = await readCounts(gateway.seeded.url);
  const right = payments === created && wrongShops === 0 && deadlocks === 0;
  console.log(`${created} payments created, ${started} started, all of these settled; ${payments} payments, ${events} events,
${wrongShops} shops whose counter is not the number of their events, ${deadlocks} deadlocks: ${right ? 'as it must be' : 'WRONG'}`);
  if (!right) process.exitCode = 1;
}

type Entry = Contestant & {
  readonly seeded: Seeded;
  readonly acknowledged: Acknowledged;
  readonly stop: () => Promise<void>;
};

async function enterGateway(bench: Bench, { options, shops }: Comparison): Promise<Entry> {
  const seeded = await seedShops(bench, { database: `life_${shops}`, shops, mode: 'test' });
  await change(seeded.url, 'update shop set sandbox_delay_ms = 0');
  const gateway = await startGatewayProcess({
    DATABASE_URL: seeded.url,
    BRAMKA_MODE: 'sandbox',
    BRAMKA_DATA_DIR: join(bench.folder, `life-${shops}`),
  });
  bench.later(gateway.stop);
  const acknowledged: Acknowledged = { created: 0, started: 0 };
  const target = { url: gateway.url, apiKey: seeded.apiKey };
  const run: Contestant['run'] = async () => {
    const before = await countSettled(seeded.url);
    const flows = sendLoad(target, options, () => openFlow(seeded, acknowledged));
    const settled = pause(options.seconds * 1000).then(async () => (await countSettled(seeded.url)) - before);
    const load = await flows;
    // Whoever comes next starts when nothing is left to do.
    await waitUntil(async () => (await countSettled(seeded.url)) === acknowledged.started, settledWithin);
    return { ...load, perSecond: (await settled) / options.seconds };
  };
  return { name: 'gateway', seeded, acknowledged, run, stop: gateway.stop };
}

async function enterPostgres(bench: Bench, { options, pgbench, shops }: Comparison): Promise<Contestant> {
  const { url } = await seedShops(bench, { database: `pgbench_life_${shops}`, shops, mode: 'live' });
  await change(url, `insert into account (kind, owner, currency) values ('ACQUIRER', 'bench', 'PLN')`);
  const run = (): ReturnType<Contestant['run']> =>
    runPgbench(pgbench, {
      scripts: ['create-payment.sql', 'settle-payment.sql'],
      url,
      shops,
      seconds: options.seconds,
    });
  return { name: 'pgbench', run };
}

/** Creates a payment, starts it, creates the next. */
function openFlow({ shopIds }: Seeded, acknowledged: Acknowledged): NextBody {
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

async function change(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
