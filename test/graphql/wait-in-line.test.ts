import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { pushResults } from '../../src/graphql/push-results.ts';
import type { Delivery, Result } from '../../src/graphql/share-results.ts';
import { leaveLine, unsentBytesMax, unsentResultsMax } from '../../src/graphql/wait-in-line.ts';
import { sourceOf } from '../../src/kernel/source.ts';

let server: WebSocketServer;
/** The two ends of one connection. */
let socket: WebSocket;
let client: WebSocket;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[WebSocket], unknown];
});
afterEach(() => {
  client.terminate();
  server.close();
});

const padding = 'x'.repeat(100_000);
const ids = Array.from({ length: 50 }, (_, index) => `${index}`);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Push = (id: string) => { taken(): number; readonly ended: Promise<unknown> };

/** Pushes numbered results of many operations, each as many as there is room for, until the test stops them all. */
function start(give: (result: Result) => Result | Promise<Result>): { readonly push: Push; stop(): void } {
  let over = false;
  const push: Push = (id) => {
    let [taken, waits] = [0, false];
    const deliveries = sourceOf<Delivery>({
      take: () => {
        if (over) return { done: true, value: undefined };
        waits = !waits;
        if (!waits) return undefined;
        taken += 1;
        const json = JSON.stringify({ number: taken, padding });
        return { done: false, value: { event: undefined, result: give({ json, isLast: false }) } };
      },
      wait: (look) => void setImmediate(look),
      end: () => {},
    });
    const ended = new Promise<unknown>((onEnd) => pushResults({ socket, id, isWanted: () => true, onEnd }, deliveries));
    return { taken: () => taken, ended };
  };
  const stop = (): void => {
    over = true;
  };
  return { push, stop };
}

/** What the client sees of each operation. */
function watch(): Map<string, number[]> {
  const seen = new Map(ids.map((id) => [id, [] as number[]]));
  client.on('message', (data) => {
    const { id, payload } = JSON.parse(String(data));
    seen.get(id)?.push(payload.number);
  });
  return seen;
}

describe('Many operations of a socket that is not read', () => {
  it.each([
    ['at hand', (result: Result) => result],
    ['made in their time', (result: Result) => turn().then(() => result)],
  ])('have about one of their results unsent, all together, and go on one like the other: %s', async (_, give) => {
    const seen = watch();
    let most = 0;
    let sent = 0;
    const send = socket.send.bind(socket) as (data: Buffer, frame: { readonly fin: boolean }) => void;
    const watched: typeof send = (data, frame) => {
      send(data, frame);
      if (frame.fin) sent += 1;
      most = Math.max(most, socket.bufferedAmount);
    };
    Object.assign(socket, { send: watched });
    client.pause();
    const { push, stop } = start(give);
    const operations = ids.map(push);
    const taken = (): number => operations.reduce((sum, operation) => sum + operation.taken(), 0);
    await expect.poll(() => socket.bufferedAmount).toBeGreaterThanOrEqual(unsentBytesMax);
    for (let turns = 0; turns < 200; turns += 1) await turn();
    expect(most).toBeLessThan(unsentBytesMax + padding.length + 1_000);
    expect(taken() - sent).toBeLessThanOrEqual(unsentResultsMax);
    const before = operations.map((operation) => operation.taken());
    client.resume();
    await expect
      .poll(() => Math.min(...operations.map((operation, index) => operation.taken() - (before[index] ?? 0))))
      .toBeGreaterThan(5);
    expect(most).toBeLessThan(unsentBytesMax + padding.length + 1_000);
    stop();
    expect(await Promise.all(operations.map(({ ended }) => ended))).toEqual(ids.map(() => undefined));
    await expect.poll(() => [...seen.values()].flat().length).toBe(taken());
    for (const [index, numbers] of [...seen.values()].entries())
      expect(numbers).toEqual(Array.from({ length: operations[index]?.taken() ?? 0 }, (__, count) => count + 1));
  });
});

/** A socket that is full until the test says that what it sent is gone. */
function fullSocket() {
  const sent: string[] = [];
  let told = (): void => {};
  const state = {
    ...{ readyState: 1, OPEN: 1, bufferedAmount: unsentBytesMax },
    send: (text: string) => void sent.push(JSON.parse(text).id),
    pong: (_: string, __: boolean, gone: () => void) => {
      told = gone;
    },
  };
  const drain = (): void => {
    state.bufferedAmount = 0;
    told();
  };
  return { state, full: state as unknown as WebSocket, sent, drain };
}

/** Pushes one result, and gives what follows it. */
function pushOne(full: WebSocket, id: string, result: Promise<Result>) {
  let given = false;
  const deliveries = sourceOf<Delivery>({
    take: () => {
      if (given) return undefined;
      given = true;
      return { done: false, value: { event: undefined, result } };
    },
    wait: () => {},
    end: () => {},
  });
  const receiver = { socket: full, id, isWanted: () => true, onEnd: () => {} };
  pushResults(receiver, deliveries);
  return { receiver, isGiven: () => given };
}

describe('A line', () => {
  it('lets those go first whose result is made, and goes on without one who has left or failed', async () => {
    const { state, full, sent, drain } = fullSocket();
    state.bufferedAmount = 0;
    const makings = Array.from({ length: unsentResultsMax + 3 }, () => Promise.withResolvers<Result>());
    const pushed = makings.map(({ promise }, index) => pushOne(full, `${index}`, promise));
    expect(pushed.map(({ isGiven }) => isGiven())).toEqual(makings.map((_, index) => index < unsentResultsMax));
    state.bufferedAmount = unsentBytesMax;
    makings[0]?.reject(new Error('not made'));
    for (const { resolve } of makings.slice(2)) resolve({ json: '{}', isLast: false });
    await turn();
    expect(sent).toEqual([]);
    for (const index of [2, unsentResultsMax]) leaveLine(pushed[index]?.receiver ?? { socket: full });
    drain();
    await turn();
    const others = makings.map((_, index) => `${index}`).filter((id) => !['0', '1', '2', '8'].includes(id));
    expect(sent).toEqual(others);
    makings[1]?.resolve({ json: '{}', isLast: false });
    await turn();
    expect(sent).toEqual([...others, '1']);
  });

  it.each([
    ['made and never sent, since their operations were left', true],
    ['given up, since they could not be made', false],
  ])('has room again for as many results as were %s', async (_, isMade) => {
    const { state, full, sent, drain } = fullSocket();
    state.bufferedAmount = 0;
    const making = Promise.withResolvers<Result>();
    const pushed = ids.slice(0, unsentResultsMax).map((id) => pushOne(full, id, making.promise));
    state.bufferedAmount = unsentBytesMax;
    if (isMade) making.resolve({ json: '{}', isLast: false });
    else making.reject(new Error('not made'));
    await turn();
    if (isMade) for (const { receiver } of pushed) leaveLine(receiver);
    const next = pushOne(full, 'next', Promise.resolve({ json: '{}', isLast: false }));
    drain();
    await turn();
    expect([next.isGiven(), sent]).toEqual([true, ['next']]);
  });

  it('is told once when its socket has room, however many come and leave meanwhile, and lets nobody overtake', async () => {
    const { state, full, sent, drain } = fullSocket();
    let pongs = 0;
    const { pong } = state;
    state.pong = (...given) => {
      pongs += 1;
      pong(...given);
    };
    const never = new Promise<Result>(() => {});
    for (let round = 0; round < 100; round += 1) leaveLine(pushOne(full, 'gone', never).receiver);
    const made = Promise.resolve<Result>({ json: '{}', isLast: false });
    pushOne(full, '1', made);
    pushOne(full, '2', made);
    expect(pongs).toBe(1);
    drain();
    await turn();
    expect(sent).toEqual(['1', '2']);
  });

  it('has nothing made for a socket that is closed', async () => {
    const { state, full, drain } = fullSocket();
    let asked = 0;
    const deliveries = sourceOf<Delivery>({
      take: () => {
        asked += 1;
        return undefined;
      },
      wait: () => {},
      end: () => {},
    });
    for (const id of ids) pushResults({ socket: full, id, isWanted: () => true, onEnd: () => {} }, deliveries);
    state.readyState = 3;
    drain();
    await turn();
    expect(asked).toBe(0);
  });

  it('ends when its socket closes', async () => {
    const { state, full, sent, drain } = fullSocket();
    const { isGiven } = pushOne(full, '1', Promise.resolve({ json: '{}', isLast: false }));
    expect(isGiven()).toBe(false);
    state.readyState = 3;
    drain();
    await turn();
    expect([isGiven(), sent]).toEqual([false, []]);
  });
});
