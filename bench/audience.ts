import { StartError } from '../src/kernel/start-error.ts';
import { countDeliveries, type Deliveries } from './count-deliveries.ts';
import type { PushServer } from './push-servers.ts';
import { openRawSocket, type RawSocket } from './raw-socket.ts';
import { readHeap } from './read-heap.ts';

/** How long nothing may come, in milliseconds, before deliveries are given up, and before whoever is new is asked again. */
const quiet = { givenUpMs: 60_000, askedAgainMs: 1_000 };
const asksMax = 30;

/** Sockets that follow the events of one server. */
export type Audience = {
  readonly name: string;
  /** Heap of the server for each of them while nothing happens. */
  readonly kilobytes: number;
  /** A message with an event. */
  readonly sample: string;
  /** Has so many events sent one after the other, waits until all have all of them, and gives deliveries a second. */
  readonly deliver: (events: number) => Promise<number>;
  /** Has one event sent, waits until all have it, and gives the milliseconds from its commit until the first socket had it. */
  readonly timeOne: () => Promise<number>;
};

/**
 * Has so many sockets follow a server. The first tenth of them has no part in the heap for each: with it comes what a process
 * makes when it is first asked.
 */
export async function gatherAudience(server: PushServer, size: number): Promise<Audience> {
  const deliveries = countDeliveries(server.name);
  const first = { at: 0, message: '' };
  const open = (index: number): Promise<RawSocket> =>
    openFollower(server, {
      onEvent: (message) => {
        if (index === 0) first.at = performance.now();
        if (first.message === '') first.message = message.toString();
        deliveries.add(message);
      },
      onFail: deliveries.fail,
    });
  const heapOf = async (from: number, to: number): Promise<number> => {
    await openAll({ from, to }, open);
    await untilAllFollow(server, deliveries, to);
    return readHeap(server.inspector);
  };
  const early = Math.floor(size / 10);
  const before = await heapOf(0, early);
  const after = await heapOf(early, size);
  const deliver = async (events: number): Promise<number> => {
    const began = performance.now();
    await sendToAll(server, deliveries, { events, size });
    return (events * size * 1_000) / (performance.now() - began);
  };
  const timeOne = async (): Promise<number> => {
    const committedAt = await sendToAll(server, deliveries, { events: 1, size });
    return first.at - committedAt;
  };
  const kilobytes = (after - before) / (size - early) / 1024;
  return { name: server.name, kilobytes, sample: first.message, deliver, timeOne };
}

/** Opens sockets, a hundred at a time. */
async function openAll(
  { from, to }: { readonly from: number; readonly to: number },
  open: (index: number) => Promise<RawSocket>,
): Promise<void> {
  for (let at = from; at < to; at += 100) {
    await Promise.all(Array.from({ length: Math.min(100, to - at) }, (_, index) => open(at + index)));
  }
}

type Hearing = { readonly onEvent: (message: Buffer) => void; readonly onFail: (error: Error) => void };

/** Opens a socket, and has it follow once its first message is answered. */
async function openFollower(
  { name, url, hello, follow }: PushServer,
  { onEvent, onFail }: Hearing,
): Promise<RawSocket> {
  const greeting = Promise.withResolvers<void>();
  // Nobody waits for it when the socket does not even open.
  greeting.promise.catch(() => {});
  const fail = (text: string): void => {
    const error = new StartError(`${name} ${text}`);
    greeting.reject(error);
    onFail(error);
  };
  let greeted = false;
  const onText = (message: Buffer): void => {
    if (greeted) onEvent(message);
    else if (message.includes('"connection_ack"')) greeting.resolve();
    else fail(`did not greet but sent ${message.toString('utf8', 0, 500)}`);
    greeted = true;
  };
  const socket = await openRawSocket(url, { onText, onClose: () => fail('closed a socket.') });
  socket.send(hello);
  await greeting.promise;
  if (follow) socket.send(follow());
  return socket;
}

/**
 * Sends an event and waits until all sockets have it, again and again until none was too late to follow. Messages come in
 * order, so nothing older is then still on its way.
 */
async function untilAllFollow(server: PushServer, deliveries: Deliveries, size: number): Promise<void> {
  for (let ask = 0; ask < asksMax; ask += 1) {
    const all = deliveries.come(size, { text: `"number":${server.nextNumber()},`, quietMs: quiet.askedAgainMs });
    all.catch(() => {});
    await server.send(1);
    if (await all) return;
  }
  throw new StartError(`${server.name} sent none of ${asksMax} events to all of ${size} subscribers.`);
}

/** Has events sent, and waits until all sockets have them; gives when the last was committed. */
async function sendToAll(
  server: PushServer,
  deliveries: Deliveries,
  { events, size }: { readonly events: number; readonly size: number },
): Promise<number> {
  const all = deliveries.come(events * size, { quietMs: quiet.givenUpMs });
  // It is waited for in a moment.
  all.catch(() => {});
  await server.send(events);
  const committedAt = performance.now();
  if (await all) return committedAt;
  throw new StartError(`${server.name} sent nothing for ${quiet.givenUpMs / 1_000} s though events were committed.`);
}
