import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { askCreatePayment, askPostgraphile, readCreated, readPostgraphile } from './ask-create-payment.ts';
import { askStart, askStartOfPostgraphile, readStarted, readStartedOfPostgraphile } from './ask-start-transaction.ts';
import { type Contestant, runContest } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Options, readOptions } from './options.ts';
import { readCounts, readOne } from './read-counts.ts';
import { type Bench, runBench, waitUntil } from './run-bench.ts';
import { findPgbench, type Pgbench, pgbenchClients, runPgbench } from './run-pgbench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { type NextBody, sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';
import { installPeers, type Peer, peers, startPeer } from './start-peer.ts';
import type { Running } from './start-process.ts';

/** How the requests of a life are put into words, and their answers read. */
const words = { askCreate: askCreatePayment, readCreated, askStart, readStarted };
const postgraphileWords: typeof words = {
  ...{ askCreate: askPostgraphile, readCreated: readPostgraphile },
  ...{ askStart: askStartOfPostgraphile, readStarted: readStartedOfPostgraphile },
};

const settledWithin = { ms: 600_000 };

/** How many of each step of a life were acknowledged. */
type Acknowledged = { created: number; started: number };

await runBench(async (bench) => {
  const usual = { rounds: 5, seconds: 10, connections: 64, shops: [1, 10, 1_000] };
  const options = readOptions(process.argv.slice(2), usual);
  const pgbench = await findPgbench();
  await installPeers();
  console.log(`Payments created and started with BLIK through GraphQL, and settled; against Postgres alone and against peers that write the same rows\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in sandbox mode; ${options.connections} keep-alive connections; counted are those that are settled
           within the time, and all are waited for; the simulated bank answers without delay
pgbench    ${pgbench.version}; ${pgbenchClients} clients, prepared, three statements and three commits a payment
Peers      one process each, which settles what it started by itself; they check nothing: no key, no limits, no field
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
  const others = await Array.fromAsync(peers, (peer) => enterPeer(bench, { ...comparison, peer }));
  console.log(`\n${shops} ${shops === 1 ? 'shop' : 'shops'}, payments settled a second`);
  await runContest([gateway, alone, ...others], comparison.options.rounds);
  for (const entry of [gateway, ...others]) {
    await entry.stop();
    await printChecks(entry);
  }
}

/** Says whether what was acknowledged is there, and nothing else. */
async function printChecks({ name, seeded, acknowledged }: Entry): Promise<void> {
  const { created, started } = acknowledged;
  const { payments, events, wrongShops, deadlocks } = await readCounts(seeded.url);
  const right = payments === created && wrongShops === 0 && deadlocks === 0;
  console.log(`${name}: ${created} payments created, ${started} started, all of these settled; ${payments} payments, ${events} events,
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
  const running = await startGatewayProcess({
    DATABASE_URL: seeded.url,
    BRAMKA_MODE: 'sandbox',
    BRAMKA_DATA_DIR: join(bench.folder, `life-${shops}`),
  });
  bench.later(running.stop);
  return entryOf('gateway', { options, seeded, running, words });
}

async function enterPeer(bench: Bench, { options, shops, peer }: Comparison & { readonly peer: Peer }): Promise<Entry> {
  const seeded = await seedShops(bench, { database: `${peer}_life_${shops}`, shops, mode: 'live' });
  await openAcquirer(seeded.url);
  const running = await startPeer(peer, seeded.url);
  bench.later(running.stop);
  return entryOf(peer, { options, seeded, running, words: peer === 'postgraphile' ? postgraphileWords : words });
}

type Server = {
  readonly options: Options;
  readonly seeded: Seeded;
  readonly running: Running;
  readonly words: typeof words;
};

/** Has a server make payments for the time, and counts those that are settled within it; waits for the rest. */
function entryOf(name: string, { options, seeded, running, words }: Server): Entry {
  const acknowledged: Acknowledged = { created: 0, started: 0 };
  const target = { url: running.url, apiKey: seeded.apiKey };
  const run: Contestant['run'] = async () => {
    const before = await countSettled(seeded.url);
    const flows = sendLoad(target, options, () => openFlow(seeded, words, acknowledged));
    const settled = pause(options.seconds * 1000).then(async () => (await countSettled(seeded.url)) - before);
    const load = await flows;
    // Whoever comes next starts when nothing is left to do.
    await waitUntil(async () => {
      running.requireAlive();
      return (await countSettled(seeded.url)) === acknowledged.started;
    }, settledWithin);
    return { ...load, perSecond: (await settled) / options.seconds };
  };
  return { name, seeded, acknowledged, run, stop: running.stop };
}

async function enterPostgres(bench: Bench, { options, pgbench, shops }: Comparison): Promise<Contestant> {
  const { url } = await seedShops(bench, { database: `pgbench_life_${shops}`, shops, mode: 'live' });
  await openAcquirer(url);
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
function openFlow({ shopIds }: Seeded, say: typeof words, acknowledged: Acknowledged): NextBody {
  let starting = false;
  return (answer) => {
    if (answer === undefined || starting) {
      if (answer !== undefined) {
        say.readStarted(answer);
        acknowledged.started++;
      }
      starting = false;
      return say.askCreate(shopIds);
    }
    acknowledged.created++;
    starting = true;
    return say.askStart(say.readCreated(answer));
  };
}

async function countSettled(url: string): Promise<number> {
  const sql = `select count(*)::int as settled from payment where status = 'SETTLED'`;
  return (await readOne<{ settled: number }>(url, sql)).settled;
}

/** The account that sales come from, where no acquirer of the gateway's opens one. */
function openAcquirer(url: string): Promise<void> {
  return change(url, `insert into account (kind, owner, currency) values ('ACQUIRER', 'bench', 'PLN')`);
}

async function change(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(sql);
  await client.end();
}
