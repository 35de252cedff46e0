import { once } from 'node:events';
import { Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { heartbeatMs } from '../../src/graphql/event-stream.ts';
import { pingEveryMs } from '../../src/graphql/ping-sockets.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createShop } from '../support/factories.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { openSocket } from '../support/live.ts';
import { wideFields, wideName } from '../support/wide-events.ts';
import { plain, writeDropped, writeEvents } from '../support/write-events.ts';
import { giveKey } from './world.ts';

let gateway: TestGateway;
const leaving: AbortController[] = [];

beforeAll(async () => {
  // Before it starts, since the sockets of a gateway are pinged by one timer of its own.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  gateway = await startTestGateway({ role: 'api' });
});
afterEach(() => {
  for (const each of leaving.splice(0)) each.abort();
});
afterAll(async () => {
  vi.useRealTimers();
  await gateway?.stop();
});

type Shop = { readonly id: string; readonly key: string };

/** A shop whose log has so many events. */
async function openShop(events: number, values: { readonly name?: string } = {}): Promise<Shop> {
  const { shop } = await createShop(gateway.database, values);
  const { secret } = await giveKey(gateway.database, { merchantId: shop.merchantId });
  await writeEvents(gateway.database, shop.id, plain(events));
  return { id: shop.id, key: secret };
}

const query = 'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number } }';

/** Follows the demo shop of a gateway that is another one than that of most tests. */
const subscribe = (other: TestGateway): Promise<Response> =>
  fetch(`${other.url}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${other.demo.apiKey}`,
    },
    body: JSON.stringify({ query, variables: { shopId: other.demo.shopId } }),
  });

type Block = { readonly id: string | undefined; readonly event: string | undefined; readonly data: string | undefined };
type Ask = {
  readonly after?: string;
  readonly lastEventId?: string;
  readonly method?: 'GET' | 'POST';
  readonly accept?: string;
};

/** Follows over SSE as a browser does; gives the next block of lines, or undefined at the end of the stream. */
async function follow(shop: Shop, ask: Ask = {}) {
  const { after, lastEventId, method = 'POST', accept = 'text/event-stream' } = ask;
  const abort = new AbortController();
  leaving.push(abort);
  const variables = { shopId: shop.id, after };
  const inAddress = `?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`;
  const response = await fetch(`${gateway.url}/graphql${method === 'GET' ? inAddress : ''}`, {
    method,
    signal: abort.signal,
    headers: {
      accept,
      authorization: `Bearer ${shop.key}`,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    ...(method === 'POST' ? { body: JSON.stringify({ query, variables }) } : {}),
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  const nextBlock = async (): Promise<string | undefined> => {
    while (!text.includes('\n\n')) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
    const [block = '', ...rest] = text.split('\n\n');
    text = rest.join('\n\n');
    return block;
  };
  const nextEvent = async (): Promise<Block | undefined> => {
    for (let block = await nextBlock(); block !== undefined; block = await nextBlock()) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block ?? '')?.[1];
      if (field('event') !== undefined) return { id: field('id'), event: field('event'), data: field('data') };
    }
    return undefined;
  };
  const rest = async (): Promise<string> => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value);
    return text;
  };
  return { response, nextBlock, nextEvent, rest };
}

const numberIn = (block: Block | undefined): number => JSON.parse(block?.data ?? '{}').data.events.number;

const following = async (): Promise<string | undefined> =>
  /live_subscriptions (\d+)/.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1];

it('keeps nothing of readers who hung up before their streams began', async () => {
  const shop = await openShop(1);
  await expect.poll(following).toBe('0');
  const body = JSON.stringify({ query, variables: { shopId: shop.id } });
  const { hostname, port, host } = new URL(gateway.url);
  const head = [
    ...['POST /graphql HTTP/1.1', `Host: ${host}`, `Authorization: Bearer ${shop.key}`, 'Accept: text/event-stream'],
    ...['Content-Type: application/json', `Content-Length: ${body.length}`, '', body],
  ].join('\r\n');
  for (let turns = 0; turns < 60; turns += 1) {
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    // Each hangs up a little later than the one before, so that some do it at every step.
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
  }
  await expect.poll(following).toBe('0');
  // They have all been asked for by now: nobody comes late.
  const last = await follow(shop);
  await last.nextBlock();
  await expect.poll(following).toBe('1');
});

describe('Over SSE', () => {
  it.each(['GET', 'POST'] as const)(
    'each event has its cursor as id, behind which Last-Event-ID goes on, by %s',
    async (method) => {
      const shop = await openShop(4);
      const first = await follow(shop, { method, after: encodeCursor(shop.id, 0n) });
      expect(first.response.headers.get('cache-control')).toContain('no-cache');
      const [one, two] = [await first.nextEvent(), await first.nextEvent()];
      expect([one, two]).toMatchObject([
        { event: 'next', id: encodeCursor(shop.id, 1n) },
        { event: 'next', id: encodeCursor(shop.id, 2n) },
      ]);
      const second = await follow(shop, { method, ...(two?.id === undefined ? {} : { lastEventId: two.id }) });
      expect(numberIn(await second.nextEvent())).toBe(3);
    },
  );

  it('the first block is the place where it begins, so that who is cut off before the first event goes on from there', async () => {
    const shop = await openShop(2);
    const block = await (await follow(shop)).nextBlock();
    expect(block).toBe(`id: ${encodeCursor(shop.id, 2n)}\nretry: 1000`);
    await writeEvents(gateway.database, shop.id, plain(1));
    const again = await follow(shop, { lastEventId: /^id: (.*)$/m.exec(block ?? '')?.[1] ?? '' });
    expect(await again.nextBlock()).toBe(block);
    expect(numberIn(await again.nextEvent())).toBe(3);
  });

  it.each(['GET', 'POST'] as const)(
    'who does not accept a stream is told so, and nothing follows for him, by %s',
    async (method) => {
      const shop = await openShop(1);
      await expect.poll(following).toBe('0');
      const { response } = await follow(shop, { method, accept: 'application/json' });
      expect(response.status).toBe(406);
      expect(await following()).toBe('0');
    },
  );

  it('Last-Event-ID wins over the document, which is the one of the first try', async () => {
    const shop = await openShop(4);
    const stream = await follow(shop, { after: encodeCursor(shop.id, 1n), lastEventId: encodeCursor(shop.id, 3n) });
    expect(numberIn(await stream.nextEvent())).toBe(4);
  });

  it('an empty Last-Event-ID says nothing', async () => {
    const shop = await openShop(2);
    const stream = await follow(shop, { after: encodeCursor(shop.id, 1n), lastEventId: '' });
    expect(numberIn(await stream.nextEvent())).toBe(2);
  });

  it('refuses a Last-Event-ID that is no cursor of this shop, by name and without an id', async () => {
    const [shop, other] = [await openShop(1), await openShop(1)];
    for (const lastEventId of ['17', encodeCursor(other.id, 1n), encodeCursor(shop.id, 2n)]) {
      const stream = await follow(shop, { lastEventId, after: encodeCursor(shop.id, 0n) });
      const text = await stream.rest();
      expect([lastEventId, text]).toEqual([lastEventId, expect.stringContaining('CURSOR_INVALID')]);
      expect(text).toContain('"field":["Last-Event-ID"]');
      expect(text).not.toMatch(/^id:/m);
    }
  });

  it.each(['GET', 'POST'] as const)(
    'refuses a Last-Event-ID behind which events are no longer kept, by name and without an id, by %s',
    async (method) => {
      const shop = await openShop(0);
      await writeDropped(gateway.database, shop.id, 2);
      await writeEvents(gateway.database, shop.id, plain(1));
      const lastEventId = encodeCursor(shop.id, 1n);
      const stream = await follow(shop, { method, lastEventId, after: encodeCursor(shop.id, 2n) });
      const [refusal, end] = [await stream.nextEvent(), await stream.nextEvent()];
      const [error] = JSON.parse(refusal?.data ?? '{}').errors;
      expect(error).toMatchObject({
        message:
          'Events after this cursor are no longer kept; take the endOfLog of events(first: 0), read the present state, then go on from that cursor.',
        extensions: { code: 'CURSOR_EXPIRED', field: ['Last-Event-ID'] },
      });
      expect([refusal?.id, end]).toMatchObject([undefined, { id: undefined, event: 'complete' }]);
      expect(numberIn(await (await follow(shop, { method, lastEventId: encodeCursor(shop.id, 2n) })).nextEvent())).toBe(
        3,
      );
    },
  );

  it('says that it is alive at least every 15 seconds, by a comment', async () => {
    expect(heartbeatMs).toBeLessThanOrEqual(15_000);
    const shop = await openShop(0);
    const stream = await follow(shop);
    expect(await stream.nextBlock()).toContain('retry: 1000');
    for (let beat = 0; beat < 3; beat += 1) {
      vi.advanceTimersByTime(heartbeatMs);
      expect(await stream.nextBlock()).toBe(':');
    }
  });

  it('the sign of life ends with the stream, when its reader hangs up', async () => {
    const shop = await openShop(0);
    await expect.poll(following).toBe('0');
    const before = vi.getTimerCount();
    const stream = await follow(shop);
    await stream.nextBlock();
    expect(vi.getTimerCount()).toBe(before + 1);
    for (const each of leaving.splice(0)) each.abort();
    await expect.poll(following).toBe('0');
    expect(vi.getTimerCount()).toBe(before);
  });

  it('a reader whose socket takes nothing any more is cut off, little is made for it, and it resumes without loss', async () => {
    const shop = await openShop(3_000, { name: wideName });
    const { hostname, port, host } = new URL(gateway.url);
    const document = `subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number ${wideFields} } }`;
    const body = JSON.stringify({
      query: document,
      variables: { shopId: shop.id, after: encodeCursor(shop.id, 0n) },
    });
    const metric = async (name: string): Promise<number> =>
      Number(new RegExp(`${name} (\\d+)`).exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1]);
    await expect.poll(() => metric('live_subscriptions')).toBe(0);
    const [before, timers] = [await metric('results_total'), vi.getTimerCount()];
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${shop.key}\r\naccept: text/event-stream\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    const beat = (): Promise<number> => {
      vi.advanceTimersByTime(heartbeatMs);
      return metric('live_subscriptions');
    };
    await expect.poll(beat, { timeout: 10_000 }).toBe(0);
    expect(vi.getTimerCount()).toBe(timers);
    expect((await metric('results_total')) - before).toBeLessThan(2_000);
    let text = '';
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(text).not.toContain('event: complete');
    const seen = [...text.matchAll(/id: (\S+)\nevent: next\ndata: \{"data":\{"events":\{"number":(\d+)/g)];
    const [, lastEventId = '', number] = seen.at(-1) ?? [];
    expect(seen.map((match) => Number(match[2]))).toEqual(seen.map((_, index) => index + 1));
    const again = await follow(shop, { lastEventId });
    expect(numberIn(await again.nextEvent())).toBe(Number(number) + 1);
  });

  it('a stream is broken off without `complete` when the gateway stops, so that browsers come back', async () => {
    const other = await startTestGateway({ role: 'api' });
    const response = await subscribe(other);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const reading = expect(
      (async () => {
        for (let part = await reader.read(); !part.done; part = await reader.read()) text += Buffer.from(part.value);
      })(),
    ).rejects.toThrow();
    await other.stop();
    await reading;
    expect(text).not.toContain('complete');
  });
});

describe('While the gateway stops', () => {
  it('a stream that is just being opened is broken off as well', async () => {
    const other = await startTestGateway({ role: 'api' });
    const waiting = async (): Promise<number | null> => {
      const { rowCount } = await gateway.database.pool.query(
        "select from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'",
        [new URL(other.config.databaseUrl ?? '').pathname.slice(1)],
      );
      return rowCount;
    };
    const accepts = (): Promise<boolean> =>
      fetch(`${other.url}/health/live`).then(
        () => true,
        () => false,
      );
    const holder = await other.database.pool.connect();
    await holder.query('begin; lock table shop_counter');
    const answer = subscribe(other).then((response) => response.text());
    const brokenOff = expect(answer).rejects.toThrow();
    await expect.poll(waiting).toBe(1);
    // Ten seconds later whatever is left is cut off, which breaks it off too.
    const cutOff = vi.spyOn(Server.prototype, 'closeAllConnections');
    const stopping = other.stop();
    // From then on streams are refused as well.
    await expect.poll(accepts).toBe(false);
    await holder.query('rollback');
    holder.release();
    await brokenOff;
    await stopping;
    expect(cutOff).not.toHaveBeenCalled();
    cutOff.mockRestore();
  });

  it('streams are broken off at once, also when a socket does not answer that it is closed', async () => {
    const other = await startTestGateway({ role: 'api' });
    const { hostname, port, host } = new URL(other.url);
    const mute = connect(Number(port), hostname);
    let isOpen = true;
    mute.on('close', () => {
      isOpen = false;
    });
    mute.write(
      `GET /graphql HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    await once(mute, 'data');
    const response = await subscribe(other);
    const stopping = other.stop();
    await expect(response.text()).rejects.toThrow();
    expect(isOpen).toBe(true);
    mute.destroy();
    await stopping;
  });
});

describe('Over a WebSocket', () => {
  it('pings come at least every 15 seconds, and who does not answer them is cut off', async () => {
    expect(pingEveryMs).toBeLessThanOrEqual(15_000);
    const mute = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', {
      autoPong: false,
    });
    const closed = new Promise<number>((resolve) => mute.once('close', resolve));
    const pinged = new Promise<void>((resolve) => mute.once('ping', () => resolve()));
    await new Promise((resolve) => mute.once('open', resolve));
    mute.send(JSON.stringify({ type: 'connection_init', payload: { authorization: gateway.demo.apiKey } }));
    await new Promise((resolve) => mute.once('message', resolve));
    vi.advanceTimersByTime(pingEveryMs);
    await pinged;
    vi.advanceTimersByTime(pingEveryMs);
    expect(await closed).toBe(1006);
  });

  it('who answers pings stays', async () => {
    const socket = await openSocket(gateway);
    socket.send({ type: 'connection_init', payload: { authorization: gateway.demo.apiKey } });
    await socket.next();
    for (let beat = 0; beat < 3; beat += 1) {
      vi.advanceTimersByTime(pingEveryMs);
      // The first answer comes behind the ping of the gateway, and what is sent from then on behind the answer to that.
      for (let trip = 0; trip < 2; trip += 1) {
        socket.send({ type: 'ping' });
        expect(await socket.next()).toEqual({ type: 'pong' });
      }
    }
    socket.close();
  });
});
