import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { readConfig } from '../../src/config.ts';
import { pushResults } from '../../src/graphql/push-results.ts';
import type { Delivery } from '../../src/graphql/share-results.ts';
import { unsentBytesMax } from '../../src/graphql/wait-in-line.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { sourceOf } from '../../src/kernel/source.ts';
import { createShop } from '../support/factories.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overWebSocket, type Result } from '../support/live.ts';
import { wideFields, wideName } from '../support/wide-events.ts';
import { dropPartition, ensurePartition, plain, writeEvents } from '../support/write-events.ts';
import { giveKey } from './world.ts';

let gateway: TestGateway;
/** Less than what nobody set. */
const lagMax = 3_000;

beforeAll(async () => {
  const { sizes } = readConfig({ FEED_LAG_MAX: String(lagMax) });
  gateway = await startTestGateway({ role: 'api', sizes });
});
afterAll(() => gateway.stop());

type Frame = { readonly type: string; readonly payload: Result<{ events: { number: number } }> };

/** A socket that shows a key, which the test can leave unread, and what it has received since the answer to that. */
async function introduce(key: string): Promise<{ readonly socket: WebSocket; readonly frames: readonly Frame[] }> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: key } }));
  await once(socket, 'message');
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data))));
  return { socket, frames };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('A socket that is not read', () => {
  it('stops the walk, holds little unsent, and goes on where it was when it is read again', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    await once(server, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [
      [WebSocket],
      unknown,
    ];
    const seen: number[] = [];
    client.on('message', (data) => seen.push(JSON.parse(String(data)).payload.number));
    client.pause();
    let taken = 0;
    let over = false;
    const padding = 'x'.repeat(10_000);
    let waits = false;
    const endless = sourceOf<Delivery>({
      take: () => {
        if (over) return { done: true, value: undefined };
        waits = !waits;
        if (!waits) return undefined;
        taken += 1;
        return {
          done: false,
          value: { event: undefined, result: { json: JSON.stringify({ number: taken, padding }), isLast: false } },
        };
      },
      wait: (look) => void setImmediate(look),
      end: () => {},
    });
    const pushing = new Promise<unknown>((onEnd) =>
      pushResults({ socket, id: 'one', isWanted: () => true, onEnd }, endless),
    );
    await expect.poll(() => socket.bufferedAmount).toBeGreaterThanOrEqual(unsentBytesMax);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    const stoppedAt = taken;
    for (let turns = 0; turns < 200; turns += 1) await turn();
    expect(taken).toBe(stoppedAt);
    expect(socket.bufferedAmount).toBeLessThan(unsentBytesMax + 3 * padding.length);
    client.resume();
    await expect.poll(() => taken).toBeGreaterThan(stoppedAt + 100);
    over = true;
    expect(await pushing).toBeUndefined();
    await expect.poll(() => seen.length).toBe(taken);
    expect(seen).toEqual(Array.from({ length: taken }, (_, index) => index + 1));
    client.close();
    server.close();
  });

  it('is told SLOW_CONSUMER with its last cursor when it has fallen too far behind, and resumes without loss', async () => {
    const { shop } = await createShop(gateway.database, { name: wideName });
    const { secret: key } = await giveKey(gateway.database, { merchantId: shop.merchantId });
    const query = `subscription($shopId: ID!) { events(shopId: $shopId) { number ${wideFields} } }`;
    const { socket, frames } = await introduce(key);
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables: { shopId: shop.id } } }));
    // Another follower of the shop, whom the slow one must not hold up.
    const rare = 'subscription($shopId: ID!) { events(shopId: $shopId, types: [PAYOUT_SENT]) { type } }';
    const quick = await overWebSocket(gateway, { query: rare, variables: { shopId: shop.id }, key });
    const executed = async (): Promise<number> =>
      Number(/results_total (\d+)/.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1]);
    await expect
      .poll(async () => /live_subscriptions (\d+)/.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1])
      .toBe('2');
    await writeEvents(gateway.database, shop.id, plain(1));
    await expect.poll(() => frames.length).toBe(1);
    socket.pause();
    const before = await executed();
    for (let batch = 0; batch < 3; batch += 1) await writeEvents(gateway.database, shop.id, plain(2_000));
    await writeEvents(gateway.database, shop.id, [{ type: 'PAYOUT_SENT' }]);
    await quick.next();
    expect((await executed()) - before).toBeLessThan(lagMax);
    socket.resume();
    await expect.poll(() => frames.at(-1)?.type, { timeout: 30_000 }).toBe('complete');
    const results = frames.slice(0, -1).map(({ payload }) => payload);
    const last = results.pop();
    expect(results.map(({ data }) => data?.events.number)).toEqual(results.map((_, index) => index + 1));
    const cursor = encodeCursor(shop.id, BigInt(results.length));
    expect(last?.errors).toMatchObject([{ extensions: { code: 'SLOW_CONSUMER', cursor } }]);
    const again = await overWebSocket<{ events: { number: number } }>(gateway, {
      query: 'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number } }',
      variables: { shopId: shop.id, after: cursor },
      key,
    });
    expect((await again.take(2)).map(({ data }) => data?.events.number)).toEqual([
      results.length + 1,
      results.length + 2,
    ]);
    for (const each of [quick, again]) each.end();
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });

  it('is told CURSOR_EXPIRED, behind all before without a hole, when what it has yet to be given is dropped', async () => {
    const { shop } = await createShop(gateway.database, { name: wideName });
    const { secret: key } = await giveKey(gateway.database, { merchantId: shop.merchantId });
    await ensurePartition(gateway.database, '2026-01');
    // More than sockets hold, and some pages of the log.
    const early = { at: new Date('2026-01-05T12:00:00.000Z') };
    await writeEvents(gateway.database, shop.id, Array(1_600).fill(early));
    await writeEvents(gateway.database, shop.id, plain(5));
    const query = `subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number ${wideFields} } }`;
    const variables = { shopId: shop.id, after: encodeCursor(shop.id, 0n) };
    const { socket, frames } = await introduce(key);
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } }));
    await once(socket, 'message');
    socket.pause();
    await dropPartition(gateway.database, '2026-01');
    socket.resume();
    await expect.poll(() => frames.at(-1)?.type, { timeout: 30_000 }).toBe('complete');
    const results = frames.slice(0, -1).map(({ payload }) => payload);
    expect(results.pop()?.errors).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED', field: ['after'] } }]);
    expect(results.map(({ data }) => data?.events.number)).toEqual(results.map((_, index) => index + 1));
    expect([500, 1_000, 1_500]).toContain(results.length);
    socket.close();
  });

  it('is followed by nobody any more as soon as it is being closed, although its client does not answer that', async () => {
    const { shop } = await createShop(gateway.database);
    const { secret } = await giveKey(gateway.database, { merchantId: shop.merchantId });
    await writeEvents(gateway.database, shop.id, plain(1_000));
    const metric = async (name: string): Promise<number> =>
      Number(new RegExp(`${name} (\\d+)`).exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1]);
    await expect.poll(() => metric('live_subscriptions')).toBe(0);
    const { socket } = await introduce(secret);
    socket.pause();
    const query = 'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number } }';
    const follow = (id: string, after?: string): void =>
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query, variables: { shopId: shop.id, after } } }));
    // Some have more to be told than is read, one waits for news.
    for (const id of ['1', '2', '3']) follow(id, encodeCursor(shop.id, 0n));
    follow('4');
    await expect.poll(() => metric('live_subscriptions')).toBe(4);
    // Two more begin while it is closed.
    for (const id of ['5', '6']) follow(id);
    socket.send('no message');
    await expect.poll(() => metric('live_subscriptions')).toBe(0);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });

  it('is cut off when its client asks on and on without reading what is answered', async () => {
    const { socket } = await introduce(gateway.demo.apiKey);
    socket.pause();
    const query = getIntrospectionQuery();
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    const ask = (_: unknown, id: number): Promise<void> =>
      new Promise((resolve) => {
        socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }), () => resolve());
      });
    await Promise.all(Array.from({ length: 200 }, ask));
    socket.resume();
    expect((await closed)[0]).toBe(1006);
  });
});
