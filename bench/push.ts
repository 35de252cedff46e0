import { parseArgs } from 'node:util';
import { StartError } from '../src/kernel/start-error.ts';
import { type Audience, gatherAudience } from './audience.ts';
import { runContest } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { startBare, startGateway, startPushPeer } from './push-servers.ts';
import { type Bench, runBench } from './run-bench.ts';
import { installPeers } from './start-peer.ts';

const others = ['ws', 'mercurius', 'apollo', 'postgraphile'] as const;
/** How many events one after the other are sent to find what an idle system takes for one. */
const singles = 300;

type Options = {
  readonly subscribers: number;
  readonly rounds: number;
  readonly events: number;
  /** What the gateway is compared with. */
  readonly against: readonly (typeof others)[number][];
};

function readPushOptions(): Options {
  const text = (usual: string) => ({ type: 'string', default: usual }) as const;
  const numbers = { subscribers: text('1000'), rounds: text('5'), events: text('20') };
  const options = { ...numbers, against: text(others.join()) };
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  const whole = (name: keyof typeof numbers): number => {
    if (/^[1-9]\d{0,4}$/.test(values[name])) return Number(values[name]);
    throw new StartError(`--${name} takes whole numbers from 1 to 99999, not ${JSON.stringify(values[name])}.`);
  };
  const against = others.filter((name) => values.against.split(',').includes(name));
  if (against.length !== values.against.split(',').length) {
    throw new StartError(`--against takes some of ${others.join()}, not ${JSON.stringify(values.against)}.`);
  }
  return { subscribers: whole('subscribers'), rounds: whole('rounds'), events: whole('events'), against };
}

await runBench(async (bench) => {
  const options = readPushOptions();
  await installPeers();
  console.log(`One event to ${options.subscribers} subscribers, against ws that sends the same bytes to as many sockets and against peers\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in production mode; another process commits the events and hints it by NOTIFY
ws         a bare WebSocketServer
Peers      one process each, with subscriptions as their own documentation has them; they hear of events by NOTIFY as well
Client     a raw socket that counts messages, the same for all
Rounds     ${options.rounds} of ${options.events} events each, alternating, after three of each that do not count
All share the cores: only the ratio means something.`);
  const [gateway, ...audiences] = await gatherAudiences(bench, options);
  const all = [gateway, ...audiences];
  console.log('\nHeap for each idle subscription, in KB');
  for (const { name, kilobytes } of all) print(name, kilobytes.toFixed(1));
  console.log(`\nFrom commit to receipt by one of them, idle system, ${singles} events one by one`);
  for (const audience of all) if (audience.name !== 'ws') print(audience.name, await timeSingles(audience));
  console.log('\nDeliveries a second');
  const contestants = all.map(({ name, deliver }) => {
    return { name, run: async () => ({ perSecond: await deliver(options.events) }) };
  });
  await runContest(contestants, options.rounds);
  console.log(`\nLoad at the end: ${describeLoad()}`);
});

/** Starts all that take part, the gateway first, and has as many follow each of them. */
async function gatherAudiences(
  bench: Bench,
  { subscribers, against }: Options,
): Promise<readonly [Audience, ...Audience[]]> {
  const gateway = await gatherAudience(await startGateway(bench), subscribers);
  const audiences: Audience[] = [];
  for (const name of against) {
    const server = await (name === 'ws' ? startBare(bench, gateway.sample) : startPushPeer(bench, name));
    audiences.push(await gatherAudience(server, subscribers));
  }
  return [gateway, ...audiences];
}

function print(name: string, text: string): void {
  console.log(`${name.padEnd(14)}${text}`);
}

async function timeSingles({ timeOne }: Audience): Promise<string> {
  const times: number[] = [];
  while (times.length < singles) times.push(await timeOne());
  times.sort((one, other) => one - other);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, highest ${at(1)} ms`;
}
