import { join } from 'node:path';
import { askCreatePayment, askPostgraphile, readCreated, readPostgraphile } from './ask-create-payment.ts';
import { type Contestant, runContest } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Options, readOptions } from './options.ts';
import { isCaughtUp, readCounts } from './read-counts.ts';
import { type Bench, runBench, waitUntil } from './run-bench.ts';
import { findPgbench, type Pgbench, pgbenchClients, runPgbench } from './run-pgbench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';
import { installPeers, type Peer, peers, startPeer } from './start-peer.ts';

/** A contestant, how many payments it says it made, and the database in which they should be. */
type Entry = Contestant & { readonly seeded: Seeded; readonly acknowledged: { payments: number } };

await runBench(async (bench) => {
  const usual = { rounds: 5, seconds: 3, connections: 64, shops: [1, 10, 1_000] };
  const options = readOptions(process.argv.slice(2), usual);
  const pgbench = await findPgbench();
  await installPeers();
  console.log(`createPayment through GraphQL, against Postgres alone and against peers that write the same rows\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in production mode; ${options.connections} keep-alive connections, fresh idempotency keys
pgbench    ${pgbench.version}; ${pgbenchClients} clients, prepared, one statement and one commit a payment, no network but the loopback
Peers      one process each, the same requests over as many connections; they check nothing: no key, no limits, no field
node:http  parses the same requests, makes nothing, and sends a fixed answer of the same length
Rounds     ${options.rounds} of ${options.seconds} s each, alternating, after three of each that do not count
The load generator, the servers and Postgres share the cores: only the ratios (the gateway's to each) mean something.`);
  for (const shops of options.shops) await compare(bench, { options, pgbench, shops });
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

type Comparison = { readonly options: Options; readonly pgbench: Pgbench; readonly shops: number };

async function compare(bench: Bench, comparison: Comparison): Promise<void> {
  const { options, shops } = comparison;
  const stops: (() => Promise<void>)[] = [];
  const entries: readonly [Entry, ...Entry[]] = [
    await enterGateway(bench, comparison, stops),
    await enterPostgres(bench, comparison),
    ...(await Array.fromAsync(peers, (peer) => enterPeer(bench, { ...comparison, peer }, stops))),
  ];
  const plain = await enterPlain(bench, { options, seeded: entries[0].seeded }, stops);
  console.log(`\n${shops} ${shops === 1 ? 'shop' : 'shops'}, payments a second`);
  await runContest([...entries, plain], options.rounds);
  for (const stop of stops) await stop();
  for (const entry of entries) await printChecks(entry);
}

async function enterGateway(bench: Bench, { options, shops }: Comparison, stops: (() => Promise<void>)[]) {
  const seeded = await seedShops(bench, { database: `gateway_${shops}`, shops, mode: 'live' });
  const running = await startGatewayProcess({
    DATABASE_URL: seeded.url,
    BRAMKA_MODE: 'production',
    BRAMKA_DATA_DIR: join(bench.folder, `gateway-${shops}`),
  });
  bench.later(running.stop);
  stops.push(running.stop);
  const entry = entryOf('gateway', seeded, async () => {
    const load = await sendLoad({ url: running.url, apiKey: seeded.apiKey }, options, () => (answer) => {
      if (answer !== undefined) {
        readCreated(answer);
        entry.acknowledged.payments++;
      }
      return askCreatePayment(seeded.shopIds);
    });
    // Whoever comes next starts when the gateway has nothing left to do.
    await waitUntil(() => isCaughtUp(seeded.url), { ms: 60_000 });
    return load;
  });
  return entry;
}

async function enterPostgres(bench: Bench, { options, pgbench, shops }: Comparison): Promise<Entry> {
  const seeded = await seedShops(bench, { database: `pgbench_${shops}`, shops, mode: 'live' });
  const entry = entryOf('pgbench', seeded, async () => {
    const { perSecond, made } = await runPgbench(pgbench, {
      ...{ scripts: ['create-payment.sql'], url: seeded.url, shops, seconds: options.seconds },
    });
    entry.acknowledged.payments += made;
    return { perSecond };
  });
  return entry;
}

async function enterPeer(
  bench: Bench,
  { options, shops, peer }: Comparison & { readonly peer: Peer },
  stops: (() => Promise<void>)[],
): Promise<Entry> {
  const seeded = await seedShops(bench, { database: `${peer}_${shops}`, shops, mode: 'live' });
  const running = await startPeer(peer, seeded.url);
  bench.later(running.stop);
  stops.push(running.stop);
  const [ask, read] = peer === 'postgraphile' ? [askPostgraphile, readPostgraphile] : [askCreatePayment, readCreated];
  const entry = entryOf(peer, seeded, () =>
    sendLoad({ url: running.url, apiKey: seeded.apiKey }, options, () => (answer) => {
      if (answer !== undefined) {
        read(answer);
        entry.acknowledged.payments++;
      }
      return ask(seeded.shopIds);
    }),
  );
  return entry;
}

/** No payment is made here: it is how many such requests Node answers at all, beside the same load generator. */
async function enterPlain(
  bench: Bench,
  { options, seeded }: { readonly options: Options; readonly seeded: Seeded },
  stops: (() => Promise<void>)[],
): Promise<Contestant> {
  const running = await startPeer('plain', seeded.url);
  bench.later(running.stop);
  stops.push(running.stop);
  const run = () =>
    sendLoad({ url: running.url, apiKey: seeded.apiKey }, options, () => (answer) => {
      if (answer !== undefined) readCreated(answer);
      return askCreatePayment(seeded.shopIds);
    });
  return { name: 'node:http', run };
}

function entryOf(name: string, seeded: Seeded, run: Contestant['run']): Entry {
  return { name, seeded, run, acknowledged: { payments: 0 } };
}

/** Says whether what was acknowledged is there, and nothing else. */
async function printChecks({ name, seeded, acknowledged }: Entry): Promise<void> {
  const { payments, events, wrongShops, deadlocks } = await readCounts(seeded.url);
  const right = payments === acknowledged.payments && events === payments && wrongShops === 0;
  const found = `${acknowledged.payments} acknowledged, ${payments} payments, ${events} events, ${wrongShops} shops whose counter is not the number of their events, ${deadlocks} deadlocks`;
  console.log(`${name}: ${found}: ${right ? 'as it must be' : 'WRONG'}`);
  if (!right) process.exitCode = 1;
}
