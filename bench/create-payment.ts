import { join } from 'node:path';
import { askCreatePayment, readCreated } from './ask-create-payment.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { type Options, readOptions } from './options.ts';
import { isCaughtUp, readCounts } from './read-counts.ts';
import { type Bench, runBench, waitUntil } from './run-bench.ts';
import { findPgbench, type Pgbench, pgbenchClients, runPgbench } from './run-pgbench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { type Load, sendLoad } from './send-load.ts';
import { startGatewayProcess } from './start-gateway-process.ts';

/** One comparison: the two databases, what makes payments in them, and how many each has acknowledged. */
type Contest = {
  readonly options: Options;
  readonly pgbench: Pgbench;
  readonly gateway: Seeded & { readonly apiUrl: string };
  readonly baseline: Seeded;
  readonly acknowledged: { gateway: number; baseline: number };
};

type Round = { readonly gateway: Load; readonly pgbench: number };

await runBench(async (bench) => {
  const options = readOptions(process.argv.slice(2), { rounds: 5, seconds: 3, connections: 64, shops: [1, 10] });
  const pgbench = await findPgbench();
  console.log(`createPayment through GraphQL, against Postgres alone with the same rows\n
${await describeMachine(bench)}
Gateway    one process, node src/main.ts in production mode; ${options.connections} keep-alive connections, fresh idempotency keys
pgbench    ${pgbench.version}; ${pgbenchClients} clients, prepared, one statement and one commit a payment, no network but the loopback
Rounds     ${options.rounds} of ${options.seconds} s each, alternating, after one round of each that does not count
The load generator, the gateway and Postgres share the cores: only the ratios mean something.`);
  for (const shops of options.shops) await compare(bench, { options, pgbench, shops });
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

async function compare(
  bench: Bench,
  { options, pgbench, shops }: Pick<Contest, 'options' | 'pgbench'> & { readonly shops: number },
): Promise<void> {
  const baseline = await seedShops(bench, { database: `baseline_${shops}`, shops, mode: 'live' });
  const seeded = await seedShops(bench, { database: `gateway_${shops}`, shops, mode: 'live' });
  const before = (await readCounts(seeded.url)).deadlocks + (await readCounts(baseline.url)).deadlocks;
  const running = await startGatewayProcess({
    DATABASE_URL: seeded.url,
    BRAMKA_MODE: 'production',
    BRAMKA_DATA_DIR: join(bench.folder, `gateway-${shops}`),
  });
  bench.later(running.stop);
  const gateway = { ...seeded, apiUrl: running.url };
  const contest = { options, pgbench, gateway, baseline, acknowledged: { gateway: 0, baseline: 0 } };
  console.log(`\n${shops} ${shops === 1 ? 'shop' : 'shops'}\nround  gateway/s  p50 ms  p99 ms  pgbench/s  ratio`);
  await runRound(contest, true);
  const rounds: Round[] = [];
  for (let number = 1; number <= options.rounds; number++) {
    const round = await runRound(contest, number % 2 === 1);
    rounds.push(round);
    printRow(String(number), round);
  }
  printRow('median', medianOf(rounds));
  await running.stop();
  await printChecks(contest, before);
}

/** Measures one after the other; whoever comes second starts when the gateway has nothing left to do. */
async function runRound(contest: Contest, gatewayFirst: boolean): Promise<Round> {
  if (gatewayFirst) {
    const gateway = await loadGateway(contest);
    return { gateway, pgbench: await loadPostgres(contest) };
  }
  const pgbench = await loadPostgres(contest);
  return { gateway: await loadGateway(contest), pgbench };
}

async function loadGateway({ options, gateway, acknowledged }: Contest): Promise<Load> {
  const load = await sendLoad({ url: gateway.apiUrl, apiKey: gateway.apiKey }, options, () => (answer) => {
    if (answer !== undefined) {
      readCreated(answer);
      acknowledged.gateway++;
    }
    return askCreatePayment(gateway.shopIds);
  });
  await waitUntil(() => isCaughtUp(gateway.url), { ms: 60_000 });
  return load;
}

async function loadPostgres({ options, pgbench, baseline, acknowledged }: Contest): Promise<number> {
  const { url, shopIds } = baseline;
  const { perSecond, made } = await runPgbench(pgbench, { url, shops: shopIds.length, seconds: options.seconds });
  acknowledged.baseline += made;
  return perSecond;
}

function medianOf(rounds: readonly Round[]): Round {
  const median = (pick: (round: Round) => number): number => {
    const sorted = rounds.map(pick).sort((one, other) => one - other);
    return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
  };
  return {
    gateway: {
      perSecond: median((round) => round.gateway.perSecond),
      p50Ms: median((round) => round.gateway.p50Ms),
      p99Ms: median((round) => round.gateway.p99Ms),
    },
    pgbench: median((round) => round.pgbench),
  };
}

function printRow(name: string, { gateway, pgbench }: Round): void {
  const cells = [
    name.padEnd(6),
    gateway.perSecond.toFixed(0).padStart(9),
    gateway.p50Ms.toFixed(1).padStart(6),
    gateway.p99Ms.toFixed(1).padStart(6),
    pgbench.toFixed(0).padStart(9),
    (gateway.perSecond / pgbench).toFixed(2).padStart(5),
  ];
  console.log(cells.join('  '));
}

/** Says whether what was acknowledged is there, and nothing else. */
async function printChecks({ gateway, baseline, acknowledged }: Contest, deadlocksBefore: number): Promise<void> {
  const [ours, theirs] = [await readCounts(gateway.url), await readCounts(baseline.url)];
  console.log(`deadlocks ${deadlocksBefore} before, ${ours.deadlocks + theirs.deadlocks} after`);
  for (const [name, counts] of [['gateway', ours] as const, ['baseline', theirs] as const]) {
    const { payments, events, wrongShops } = counts;
    const right = payments === acknowledged[name] && events === payments && wrongShops === 0;
    const found = `${acknowledged[name]} acknowledged, ${payments} payments, ${events} events, ${wrongShops} shops whose counter is not the number of their events`;
    console.log(`${name}: ${found}: ${right ? 'as it must be' : 'WRONG'}`);
    if (!right) process.exitCode = 1;
  }
}
