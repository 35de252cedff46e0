import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { News } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import type { HintBus } from '../../src/realtime/listen-hints.ts';
import { parseNatsUrl } from '../../src/realtime/parse-nats-url.ts';
import { relayHints } from '../../src/realtime/relay-hints.ts';
import { createInbox, type Inbox } from '../start/inbox.ts';
import { type NatsServer, startNats } from '../support/nats-server.ts';

type Logged = { readonly level: number; readonly msg: string; readonly reason: string };

const warn = 40;
const [shopId, otherShopId] = [randomUUID(), randomUUID()];
let nats: NatsServer;
let watcher: NatsConnection;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  nats = await startNats();
  watcher = await connect({ servers: `127.0.0.1:${nats.port}` });
});
afterAll(async () => {
  await watcher?.close();
  await nats?.stop();
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** Opens a bus as a process does, with all that it hears, its connections and its log. */
function openBus(url = nats.url) {
  const servers = parseNatsUrl(url);
  if (!servers) throw new Error('This is no address.');
  const [heard, connections, logged] = [createInbox<News>(), createInbox<true>(), createInbox<Logged>()];
  const log = createLog('info', { write: (line) => logged.put(JSON.parse(line) as Logged) });
  const bus = relayHints({ nats: servers, log, retryAfterMs: 5, onListening: () => connections.put(true) });
  bus.subscribe(heard.put);
  open.push(bus);
  const connected = (times = 1) => connections.until((all) => all.length >= times);
  return { bus, heard, connected, logged };
}

/** Publishes until the other one has heard: when a subscription reaches the server, nobody is told. */
async function carry(from: HintBus, to: ReturnType<typeof openBus>, news: News): Promise<void> {
  const [shop] = [...news.keys()];
  let there = false;
  const arrived = to.heard
    .until((all) => all.some((one) => one.has(shop ?? '')))
    .then(() => {
      there = true;
    });
  while (!there) {
    from.publish(news);
    await Promise.race([arrived, new Promise((next) => setImmediate(next))]);
  }
}

describe('Hints by NATS', () => {
  it('reach the processes that follow the shop, and never the one that sent them', async () => {
    const [one, other] = [openBus(), openBus()];
    for (const { bus } of [one, other]) bus.follow(shopId);
    await Promise.all([one.connected(), other.connected()]);
    await carry(one.bus, other, new Map([[shopId, 7n]]));
    expect(other.heard.items[0]).toEqual(new Map([[shopId, 7n]]));
    await carry(other.bus, one, new Map([[shopId, 9n]]));
    expect(one.heard.items.every((news) => news.get(shopId) === 9n)).toBe(true);
  });

  it('of shops that nobody follows here are not sent here', async () => {
    const [one, other] = [openBus(), openBus()];
    const leave = other.bus.follow(otherShopId);
    const leaveAgain = other.bus.follow(otherShopId);
    other.bus.follow(shopId);
    await Promise.all([one.connected(), other.connected()]);
    leave();
    await carry(one.bus, other, new Map([[otherShopId, 1n]]));
    leaveAgain();
    // Sent on the connection of `other` after its leave, so the server has taken that when the word is back.
    other.bus.publish(new Map([[randomUUID(), 1n]]));
    const before = other.heard.items.filter((news) => news.has(otherShopId)).length;
    const third = openBus();
    third.bus.follow(otherShopId);
    await third.connected();
    await carry(other.bus, third, new Map([[otherShopId, 2n]]));
    one.bus.publish(new Map([[otherShopId, 3n]]));
    await carry(one.bus, other, new Map([[shopId, 1n]]));
    expect(other.heard.items.filter((news) => news.has(otherShopId)).length).toBe(before);
  });

  it('about any shop come to one of the processes that share the work, and to another when that one has gone', async () => {
    const heard = createInbox<string>();
    const hear = (news: News): void => {
      for (const shop of news.keys()) if (shop !== shopId) heard.put(shop);
    };
    const [one, other] = [openBus(), openBus()];
    const leave = one.bus.share(hear);
    other.bus.share(hear);
    const sender = openBus();
    await Promise.all([one, other, sender].map(({ connected }) => connected()));
    const publish = async (count: number): Promise<void> => {
      const before = heard.items.length;
      const shops = Array.from({ length: count }, () => randomUUID());
      for (const shop of shops) sender.bus.publish(new Map([[shop, 1n]]));
      const all = await heard.until((items) => items.length >= before + count);
      expect(all.slice(before).toSorted()).toEqual(shops.toSorted());
    };
    await publish(50);
    leave();
    // Sent on the connection of `one` after its leave, so the server has taken that when the word is back.
    other.bus.follow(shopId);
    await carry(one.bus, other, new Map([[shopId, 1n]]));
    await publish(50);
  });

  it('about any shop come to all who share here, until the last of them has left, and to nobody who shares nothing', async () => {
    const [one, other, sender, idle] = [openBus(), openBus(), openBus(), openBus()];
    await Promise.all([one, other, sender, idle].map(({ connected }) => connected()));
    const [first, second, elsewhere] = [createInbox<News>(), createInbox<News>(), createInbox<News>()];
    const [leaveFirst, leaveSecond] = [first, second].map(({ put }) => one.bus.share(put));
    // Sent on the connection of `one`, so the server knows of the sharing when the word has come.
    other.bus.follow(shopId);
    await carry(one.bus, other, new Map([[shopId, 1n]]));
    const publish = async (to: typeof first): Promise<void> => {
      const before = to.items.length;
      const shops = Array.from({ length: 50 }, () => randomUUID());
      for (const shop of shops) sender.bus.publish(new Map([[shop, 1n]]));
      const all = await to.until((items) => items.length >= before + shops.length);
      expect(all.slice(before)).toEqual(shops.map((shop) => new Map([[shop, 1n]])));
    };
    await publish(first);
    expect(second.items).toEqual(first.items);
    leaveFirst?.();
    await publish(second);
    expect(first.items).toHaveLength(50);
    leaveSecond?.();
    other.bus.share((news) => {
      // What was carried may have been sent more than once.
      if (![shopId, otherShopId].some((shop) => news.has(shop))) elsewhere.put(news);
    });
    other.bus.follow(otherShopId);
    await carry(one.bus, other, new Map([[otherShopId, 1n]]));
    await publish(elsewhere);
    expect(second.items).toHaveLength(100);
  });

  it('come to who began to follow or to share while NATS was away, and not to who left then', async () => {
    const first = await startNats();
    const [one, other] = [openBus(first.url), openBus(first.url)];
    const leave = other.bus.follow(shopId);
    await Promise.all([one.connected(), other.connected()]);
    await first.stop();
    await Promise.all([one, other].map(({ logged }) => logged.until((all) => all.some(({ level }) => level === warn))));
    leave();
    other.bus.follow(otherShopId);
    const shared = createInbox<News>();
    other.bus.share(shared.put);
    const again = await startNats({ port: first.port });
    await Promise.all([one.connected(2), other.connected(2)]);
    one.bus.publish(new Map([[shopId, 1n]]));
    one.bus.publish(new Map([[otherShopId, 2n]]));
    const both = [new Map([[shopId, 1n]]), new Map([[otherShopId, 2n]])];
    expect(await shared.until((all) => all.length === both.length)).toEqual(both);
    expect(await other.heard.until((all) => all.length > 0)).toEqual([both[1]]);
    await again.stop();
  });

  it('that come while one is on its way are gathered: only the last number of a shop is sent', async () => {
    const [one, other] = [openBus(), openBus()];
    other.bus.follow(shopId);
    await Promise.all([one.connected(), other.connected()]);
    await carry(one.bus, other, new Map([[shopId, 1n]]));
    const before = other.heard.items.length;
    for (let number = 2n; number <= 1_000n; number += 1n) one.bus.publish(new Map([[shopId, number]]));
    const all = await other.heard.until((news) => news.at(-1)?.get(shopId) === 1_000n);
    expect(all.length - before).toBeLessThanOrEqual(4);
  });

  it('that are none are passed over', async () => {
    const { bus, heard, connected } = openBus();
    const shared = createInbox<News>();
    bus.follow(shopId);
    bus.share(shared.put);
    await connected();
    watcher.publish('bramka.hint.nobody', '5');
    for (const rubbish of ['', '-1', '1e3', 'x', '1'.repeat(20), '5'])
      watcher.publish(`bramka.hint.${shopId}`, rubbish);
    for (const { until } of [heard, shared]) {
      expect(await until((all) => all.length > 0)).toEqual([new Map([[shopId, 5n]])]);
    }
  });

  it('go on when NATS was away, also at the start, without a password in the log', async () => {
    const login = { user: 'bramka', pass: 'hunter%402' };
    const first = await startNats({ login: { user: 'bramka', pass: 'hunter@2' } });
    await first.stop();
    const url = `nats://${login.user}:${login.pass}@127.0.0.1:${first.port}`;
    const [one, other] = [openBus(url), openBus(url)];
    for (const { bus } of [one, other]) bus.follow(shopId);
    for (let round = 1; round <= 2; round += 1) {
      const warned = (all: readonly Logged[]) => all.filter(({ level }) => level === warn).length >= round;
      await Promise.all([one, other].map(({ logged }) => logged.until(warned)));
      one.bus.publish(new Map([[shopId, BigInt(round)]]));
      const server = await startNats({ port: first.port, login: { user: 'bramka', pass: 'hunter@2' } });
      await Promise.all([one.connected(round), other.connected(round)]);
      await carry(one.bus, other, new Map([[shopId, BigInt(round * 10)]]));
      await server.stop();
    }
    for (const { logged } of [one, other]) {
      expect(JSON.stringify(logged.items)).not.toContain('hunter');
      expect(new Set(logged.items.map(({ msg }) => msg))).toEqual(
        new Set([
          'NATS is away; events of other processes come late until it is back',
          'NATS is back: hints between processes come again',
        ]),
      );
    }
  });

  it('say why NATS stays away, each reason once, and not only how it went', async () => {
    const login = { user: 'bramka', pass: 'right' };
    const first = await startNats({ login });
    const { bus, connected, logged } = openBus(first.url.replace('//', '//bramka:right@'));
    await connected();
    await first.stop();
    const second = await startNats({ port: first.port, login: { ...login, pass: 'changed' } });
    const reasons = () => logged.items.filter(({ level }) => level === warn).map(({ reason }) => reason);
    await logged.until(() => reasons().some((reason) => /authorization/i.test(reason)));
    await second.stop();
    const third = await startNats({ port: first.port, login });
    await connected(2);
    await bus.close();
    await third.stop();
    expect(reasons()[0]).toBe('the connection was closed');
    expect(reasons().length).toBe(new Set(reasons()).size);
  });

  it('are warned about, and nothing else, when the server refuses us', async () => {
    const server = await startNats({ login: { user: 'bramka', pass: 'right' } });
    const { logged, bus } = openBus(`nats://bramka:hunter2@127.0.0.1:${server.port}`);
    bus.follow(shopId);
    const [first] = await logged.until((all) => all.length > 0);
    expect(first).toMatchObject({ level: warn, reason: expect.stringMatching(/authorization/i) });
    expect(JSON.stringify(first)).not.toContain('hunter2');
    await server.stop();
  });
});

describe('The address of NATS', () => {
  it.each([
    ['nats://127.0.0.1', { servers: ['127.0.0.1:4222'], tls: false, credentials: undefined }],
    ['nats://[::1]:5000/', { servers: ['[::1]:5000'], tls: false, credentials: undefined }],
    ['tls://t0ken@nats.example:4443', { servers: ['nats.example:4443'], tls: true, credentials: { token: 't0ken' } }],
    [
      'nats://u:p%40ss@a.example, nats://b.example:1',
      { servers: ['a.example:4222', 'b.example:1'], tls: false, credentials: { user: 'u', pass: 'p@ss' } },
    ],
  ])('is read from %s', (text, servers) => {
    expect(parseNatsUrl(text)).toEqual(servers);
  });

  it.each([
    '',
    '4222',
    'nats://',
    'http://a.example',
    'ws://a',
    'nats://a/x',
    'nats://a,',
    'nats://a,tls://b',
    'nats://u:%@a',
    'nats://:p@a',
  ])('is not %j', (text) => {
    expect(parseNatsUrl(text)).toBeUndefined();
  });

  it('has one name and password for all servers', () => {
    expect(parseNatsUrl('nats://u:p@a,nats://u:p@b')?.credentials).toEqual({ user: 'u', pass: 'p' });
    expect(parseNatsUrl('nats://u:p@a,nats://u:q@b')).toBeUndefined();
  });
});

describe('A NATS server that takes no hints from a process', () => {
  it('is complained of once, although nobody else is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bramka-nats-'));
    const config = join(folder, 'deaf.conf');
    await writeFile(
      config,
      'authorization { users = [{ user: u, password: p, permissions: { publish: { deny: ">" } } }] }',
    );
    const deaf = await startNats({ config });
    const { bus, connected, logged } = openBus(deaf.url.replace('//', '//u:p@'));
    await connected();
    for (let number = 1n; number < 4n; number += 1n)
      bus.publish(
        new Map([
          [shopId, number],
          [otherShopId, number],
        ]),
      );
    const [first] = await logged.until((all) => all.length > 0);
    expect(first).toMatchObject({
      level: warn,
      msg: 'NATS takes no hints from this process; others find its events by looking',
    });
    await bus.close();
    await deaf.stop();
    await rm(folder, { recursive: true });
    expect(logged.items).toHaveLength(1);
  });
});

describe('A NATS server that gives no hints', () => {
  it.each([
    [
      'may not subscribe',
      'authorization { users = [{ user: u, password: p, permissions: { subscribe: { deny: ">" } } }] }',
    ],
    ['has too many subscriptions', 'max_subscriptions: 1'],
  ])('to one that %s is complained of once, however many shops it follows', async (_, settings) => {
    const folder = await mkdtemp(join(tmpdir(), 'bramka-nats-'));
    const config = join(folder, 'dumb.conf');
    await writeFile(config, settings);
    const dumb = await startNats({ config });
    const { bus, connected, logged } = openBus(dumb.url.replace('//', '//u:p@'));
    for (let count = 0; count < 5; count += 1) bus.follow(randomUUID());
    bus.share(() => {});
    await connected();
    for (let count = 0; count < 5; count += 1) bus.follow(randomUUID());
    const [first] = await logged.until((all) => all.length > 0);
    expect(first).toMatchObject({
      level: warn,
      msg: 'NATS refuses hints to this process; it finds events by looking',
    });
    // The server has answered all of it before it says goodbye.
    bus.publish(new Map([[shopId, 1n]]));
    await bus.close();
    await dumb.stop();
    await rm(folder, { recursive: true });
    expect(logged.items).toHaveLength(1);
  });
});

describe('A NATS server that goes away while it is waited for', () => {
  type Mood = 'answers' | 'hangs up' | 'is silent';
  type Fake = {
    readonly url: string;
    readonly came: Inbox<Socket>;
    readonly sent: Inbox<string>;
    become(mood: Mood): void;
  };

  /**
   * Speaks just enough of the protocol: it greets whoever comes, and the first PING of a connection is answered,
   * and each later one as its mood is.
   */
  async function openFake(mood: Mood): Promise<Fake> {
    let [now, unanswered] = [mood, [] as Socket[]];
    const [came, sent] = [createInbox<Socket>(), createInbox<string>()];
    const server = createServer((socket) => {
      let pings = 0;
      came.put(socket);
      socket.on('error', () => {});
      socket.write('INFO {"server_id":"fake","version":"2.10.0","proto":1,"headers":true,"max_payload":1048576}\r\n');
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        for (const [, shop, number] of text.matchAll(/PUB bramka\.hint\.(\S+) [^\r]*\r\n(\d+)/g))
          sent.put(`${shop} ${number}`);
        for (const _ of text.match(/PING\r\n/g) ?? []) {
          pings += 1;
          if (pings === 1 || now === 'answers') socket.write('PONG\r\n');
          else if (now === 'is silent') unanswered.push(socket);
          else socket.destroy();
        }
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push({ close: async () => void server.close() });
    const become = (mood: Mood): void => {
      now = mood;
      if (mood === 'answers') for (const socket of unanswered.splice(0)) socket.write('PONG\r\n');
    };
    return { url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`, came, sent, become };
  }

  const isAway = (all: readonly Logged[]): boolean => all.some(({ level }) => level === warn);

  it('is come back to, although the connection ended before it was of use', async () => {
    const fake = await openFake('hangs up');
    const { connected, logged } = openBus(fake.url);
    await logged.until(isAway);
    fake.become('answers');
    await connected();
  });

  it('is told again what happens once it is back, although a hint was on its way when it went', async () => {
    const fake = await openFake('answers');
    const { bus, connected, logged } = openBus(fake.url);
    await connected();
    fake.become('hangs up');
    bus.publish(new Map([[shopId, 1n]]));
    await logged.until(isAway);
    fake.become('answers');
    await connected(2);
    bus.publish(new Map([[shopId, 2n]]));
    await fake.sent.until((all) => all.includes(`${shopId} 2`));
  });

  it('is told once it is back what happened since a hint was on its way, of each shop the last number', async () => {
    const fake = await openFake('answers');
    const { bus, connected, logged } = openBus(fake.url);
    await connected();
    fake.become('hangs up');
    for (const number of [1n, 2n]) bus.publish(new Map([[otherShopId, number]]));
    await logged.until(isAway);
    for (const number of [1n, 2n, 3n]) bus.publish(new Map([[shopId, number]]));
    fake.become('answers');
    const all = await fake.sent.until((sent) => sent.includes(`${shopId} 3`));
    expect(all).toEqual([`${otherShopId} 1`, `${otherShopId} 2`, `${shopId} 3`]);
  });

  it('is told once it is back what happened since it went while nothing was on its way', async () => {
    const fake = await openFake('answers');
    const { bus, connected, logged } = openBus(fake.url);
    await connected();
    fake.become('hangs up');
    for (const socket of fake.came.items) socket.destroy();
    await logged.until(isAway);
    bus.publish(new Map([[shopId, 1n]]));
    fake.become('answers');
    expect(await fake.sent.until((all) => all.length > 0)).toEqual([`${shopId} 1`]);
  });

  it('is told the last hints of a process that stops, also those that came while one was on its way', async () => {
    const fake = await openFake('answers');
    const { bus, connected } = openBus(fake.url);
    await connected();
    fake.become('is silent');
    bus.publish(new Map([[shopId, 1n]]));
    await fake.sent.until((all) => all.length > 0);
    bus.publish(new Map([[shopId, 2n]]));
    const closing = bus.close();
    fake.become('answers');
    await closing;
    expect(fake.sent.items).toEqual([`${shopId} 1`, `${shopId} 2`]);
  });

  it('keeps no process that stops waiting longer than a second, when it has fallen silent', async () => {
    const fake = await openFake('answers');
    const { bus, connected } = openBus(fake.url);
    await connected();
    fake.become('is silent');
    bus.publish(new Map([[shopId, 1n]]));
    await fake.sent.until((all) => all.length > 0);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closing = bus.close();
    vi.advanceTimersByTime(1_000);
    await closing;
  });
});
