import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Database, inTransaction, openDatabase } from '../src/kernel/db/database.ts';
import { appendEvents, lockShops } from '../src/kernel/events/append-events.ts';
import { createLog } from '../src/kernel/log.ts';
import { StartError } from '../src/kernel/start-error.ts';
import { listenForHints } from '../src/realtime/listen-hints.ts';
import { type Contestant, runContest } from './contest.ts';
import { describeLoad, describeMachine } from './describe-machine.ts';
import { openRawSocket, type RawSocket } from './raw-socket.ts';
import { freePort, inspectedAt, readHeap } from './read-heap.ts';
import { type Bench, runBench } from './run-bench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { startGatewayProcess } from './start-gateway-process.ts';
import { startProcess } from './start-process.ts';

const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor number type at } }';
/** How many events one after the other are sent to find what an idle system takes for one. */
const singles = 300;

type Options = { readonly subscribers: number; readonly rounds: number; readonly events: number };

function readPushOptions(): Options {
  const text = (usual: string) => ({ type: 'string', default: usual }) as const;
  const options = { subscribers: text('1000'), rounds: text('5'), events: text('20') };
  const { values } = parseArgs({ args: process.argv.slice(2), options });
  const whole = (name: keyof Options): number => {
    if (/^[1-9]\d{0,4}$/.test(values[name])) return Number(values[name]);
    throw new StartError(`--${name} takes whole numbers from 1 to 99999, not ${JSON.stringify(values[name])}.`);
  };
  return { subscribers: whole('subscribers'), rounds: whole('rounds'), events: whole('events') };
}

await runBench(async (bench) => {
  const options = readPushOptions();
  console.log(`One event to ${options.subscribers} subscribers, against ws that sends the same bytes to as many sockets\n
${await describeMachine(bench)}
Gateway    one process as npm start runs it, in production mode; another process commits the events and hints it by NOTIFY
ws         a bare WebSocketServer; the client of both is a raw socket that counts messages
Rounds     ${options.rounds} of ${options.events} events each, alternating, after three of each that do not count
All share the cores: only the ratio means something.`);
  const seeded = await seedShops(bench, { database: 'push', shops: 1, mode: 'live' });
  const writer = openWriter(bench, seeded);
  const gateway = await enterGateway(bench, { options, seeded, writer });
  console.log(`\nFrom commit to receipt by one of them, idle system, ${singles} events one by one`);
  console.log(percentiles(await gateway.timeSingles()));
  const bare = await enterBare(bench, options, gateway.sample());
  console.log('\nDeliveries a second');
  await runContest([gateway.contestant, bare.contestant], options.rounds);
  console.log(`\nHeap for each idle subscription, in KB: gateway ${gateway.kilobytes}, ws ${bare.kilobytes}`);
  console.log(`Load at the end: ${describeLoad()}`);
});

function percentiles(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, highest ${at(1)} ms`;
}

/** Commits one event, and hints the others, as a gateway's process does; gives when it was committed. */
type Writer = () => Promise<number>;

function openWriter(bench: Bench, { url, shopIds }: Seeded): Writer {
  const database: Database = openDatabase({ url, connectionsMax: 1 });
  const hints = listenForHints({ url, log: createLog('silent') });
  database.onNews((news) => hints.publish(news));
  bench.later(async () => {
    await hints.close();
    await database.close();
  });
  const [shopId = ''] = shopIds;
  return async () => {
    await inTransaction(database, async (tx) => {
      await lockShops(tx, [shopId]);
      await appendEvents(tx, [{ shopId, type: 'PAYMENT_CREATED', at: new Date(), data: { status: 'NEW' } }]);
    });
    return performance.now();
  };
}

/** Counts what all sockets of a contestant receive. */
function createCounter() {
  let count = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let reached = (): void => {};
  return {
    add: () => {
      count += 1;
      if (count === wanted) reached();
    },
    /** Resolves when so many more than now have come. */
    more: (number: number): Promise<void> =>
      new Promise((resolve) => {
        wanted = count + number;
        reached = resolve;
        if (number === 0) resolve();
      }),
  };
}

/** Opens the sockets of a contestant, a hundred at a time, each with a first message that must be answered. */
async function openAll(count: number, open: (index: number) => Promise<RawSocket>): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  while (sockets.length < count) {
    const size = Math.min(100, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: size }, (_, index) => open(sockets.length + index)))));
  }
  return sockets;
}

type Wish = { readonly options: Options; readonly seeded: Seeded; readonly writer: Writer };

async function enterGateway(bench: Bench, { options, seeded, writer }: Wish) {
  const inspector = await freePort();
  const settings = { DATABASE_URL: seeded.url, BRAMKA_MODE: 'production', BRAMKA_DATA_DIR: join(bench.folder, 'push') };
  const running = await startGatewayProcess({ ...settings, ...inspectedAt(inspector) });
  bench.later(running.stop);
  const counter = createCounter();
  const acks = createCounter();
  let sample = '';
  const first = { at: 0, arrived: (): void => {} };
  const variables = { shopId: seeded.shopIds[0] };
  const open = async (index: number): Promise<RawSocket> => {
    let greeted = false;
    const socket = await openRawSocket(running.url, (bytes) => {
      if (!greeted) {
        greeted = true;
        acks.add();
        return;
      }
      if (index === 0) {
        first.at = performance.now();
        if (sample === '') sample = bytes.toString();
        first.arrived();
      }
      counter.add();
    });
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: seeded.apiKey } }));
    return socket;
  };
  const enter = async (upTo: number, known: number): Promise<number> => {
    const acked = acks.more(upTo - known);
    const sockets = await openAll(upTo - known, (index) => open(known + index));
    await acked;
    for (const socket of sockets) {
      socket.send(JSON.stringify({ type: 'subscribe', id: randomUUID(), payload: { query, variables } }));
    }
    await followers(running.url, upTo);
    return readHeap(inspector);
  };
  const kilobytes = await heapOfEach(options, enter);
  const one = async (): Promise<number> => {
    const all = counter.more(options.subscribers);
    const arrival = new Promise<void>((resolve) => {
      first.arrived = resolve;
    });
    const committedAt = await writer();
    await arrival;
    const took = first.at - committedAt;
    await all;
    return took;
  };
  const run = async () => {
    const all = counter.more(options.events * options.subscribers);
    const began = performance.now();
    for (let event = 0; event < options.events; event += 1) await writer();
    await all;
    return { perSecond: (options.events * options.subscribers * 1_000) / (performance.now() - began) };
  };
  return {
    contestant: { name: 'gateway', run } satisfies Contestant,
    kilobytes,
    sample: () => sample,
    timeSingles: async () => {
      const times: number[] = [];
      while (times.length < singles) times.push(await one());
      return times;
    },
  };
}

/**
 * Has all subscribers enter, and gives the kilobytes of heap for each. The first tenth is not counted: with it comes what a
 * process makes when it is first asked. @param enter has those up to a number enter, and gives the heap then in bytes.
 */
async function heapOfEach(
  { subscribers }: Options,
  enter: (upTo: number, known: number) => Promise<number>,
): Promise<string> {
  const early = Math.floor(subscribers / 10);
  const before = await enter(early, 0);
  const after = await enter(subscribers, early);
  return ((after - before) / (subscribers - early) / 1024).toFixed(1);
}

/** Waits until so many follow. */
async function followers(url: string, count: number): Promise<void> {
  const text = `bramka_live_subscriptions ${count}\n`;
  while (!(await (await fetch(`${url}/metrics`)).text()).includes(text))
    await new Promise((resolve) => setTimeout(resolve, 100));
}

async function enterBare(bench: Bench, options: Options, message: string) {
  const inspector = await freePort();
  const script = join(import.meta.dirname, 'bare-sockets.ts');
  const running = await startProcess(script, inspectedAt(inspector), /^ready: (\S+)$/);
  bench.later(running.stop);
  const counter = createCounter();
  const kilobytes = await heapOfEach(options, async (upTo, known) => {
    const acked = counter.more(upTo - known);
    const sockets = await openAll(upTo - known, () => openRawSocket(running.url, counter.add));
    for (const socket of sockets) socket.send('{"type":"connection_init"}');
    await acked;
    return readHeap(inspector);
  });
  const run = async () => {
    const all = counter.more(options.events * options.subscribers);
    const began = performance.now();
    await fetch(`${running.url}/?count=${options.events}`, { method: 'POST', body: message });
    await all;
    return { perSecond: (options.events * options.subscribers * 1_000) / (performance.now() - began) };
  };
  return { contestant: { name: 'ws', run } satisfies Contestant, kilobytes };
}
