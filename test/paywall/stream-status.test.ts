import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import { createRouter } from '../../src/http/router.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readAttempts } from '../../src/transactions/store.ts';
import { createHttpWorld, type HttpWorld, startServer } from '../http/world.ts';
import {
  actorOf,
  createPayment,
  createScriptedAcquirer,
  createShop,
  startBlik,
  tellAnswer,
} from '../support/factories.ts';

let world: HttpWorld;
let shop: Shop;

beforeAll(async () => {
  world = await createHttpWorld();
  ({ shop } = await createShop(world.database));
});
afterAll(() => world.close());

const newPayment = async () => (await createPayment(world.payments, shop)).id;
const pay = (paymentId: string) => startBlik(world.payments, shop, { paymentId });

async function tell(paymentId: string, answer: AcquirerAnswer): Promise<void> {
  const attempts = await inTransaction(world.database, (tx) => readAttempts(tx, [paymentId]));
  for (const attempt of attempts) await tellAnswer(world.payments, attempt.id, answer);
}

describe('GET /pay/{id}/events', () => {
  /** Opens the news of a payment, and gives them one by one; undefined at the end. */
  async function listen(url: string, id: string) {
    const leaving = new AbortController();
    const response = await fetch(`${url}/pay/${id}/events`, { signal: leaving.signal });
    const parts = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    let text = '';
    const next = async (): Promise<string | undefined> => {
      while (!text.includes('\n\n')) {
        const part = await parts?.next();
        if (part?.value === undefined) return undefined;
        text += part.value;
      }
      const end = text.indexOf('\n\n');
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      return event;
    };
    /** Waits for a state that others may come before; fails when the news end first. */
    const until = async (mark: string): Promise<void> => {
      for (let event = await next(); event !== told(mark); event = await next()) {
        if (event === undefined) throw new Error(`The news ended before ${mark}.`);
      }
    };
    return { response, next, until, leave: () => leaving.abort() };
  }

  const told = (mark: string) => `event: status\ndata: ${mark}\nretry: 2000`;

  it('tells how the payment stands at once and after each change, and ends when it is paid', async () => {
    const { server, url } = await startServer({ router: world.router });
    const id = await newPayment();
    const news = await listen(url, id);
    expect(news.response.headers.get('content-type')).toBe('text/event-stream');
    expect(await news.next()).toBe(told('NEW.NONE'));
    await pay(id);
    await news.until('PENDING.PENDING.1.CONFIRM');
    await tell(id, { kind: 'settled', amount: 1200n });
    expect(await news.next()).toBe(told('PENDING.UNKNOWN.1'));
    await tell(id, { kind: 'settled', amount: 1234n });
    expect(await news.next()).toBe(told('SETTLED.SETTLED.1'));
    expect(await news.next()).toBeUndefined();
    expect(world.feed.followers()).toBe(0);
    await server.close();
  });

  it('tells that the payer has to go on at a page, although the attempt was pending before', async () => {
    const slow = await createHttpWorld({ acquirers: [createScriptedAcquirer(() => ({ kind: 'pending' }))] });
    const owner = (await createShop(slow.database)).shop;
    const { server, url } = await startServer({ router: slow.router });
    const { id } = await createPayment(slow.payments, owner);
    const { transaction } = await startBlik(slow.payments, owner, { paymentId: id });
    const news = await listen(url, id);
    expect(await news.next()).toBe(told('PENDING.PENDING.1'));
    const redirect = { url: 'https://bank.example/confirm', httpMethod: 'GET', fields: [] } as const;
    await tellAnswer(slow.payments, transaction.id, { kind: 'pending', redirect });
    expect(await news.next()).toBe(told('PENDING.PENDING.1.GO'));
    news.leave();
    await server.close();
    await slow.close();
  });

  it('goes on after the shop has cancelled while the payer may have confirmed', async () => {
    const { server, url } = await startServer({ router: world.router });
    const id = await newPayment();
    await pay(id);
    const news = await listen(url, id);
    expect(await news.next()).toBe(told('PENDING.PENDING.1.CONFIRM'));
    await cancelPayment(world.payments, actorOf(shop), id);
    expect(await news.next()).toBe(told('CANCELLED.CANCELLED.1'));
    await tell(id, { kind: 'settled', amount: 1234n });
    expect(await news.next()).toBe(told('SETTLED.SETTLED.1'));
    await server.close();
  });

  it('lets one address wait on 20 pages, and frees what a reader held who has gone', async () => {
    const { server, url } = await startServer({ router: createRouter(world.deps) });
    const id = await newPayment();
    const readers = await Promise.all(Array.from({ length: 20 }, () => listen(url, id)));
    await Promise.all(readers.map((reader) => reader.next()));
    const refused = await listen(url, id);
    expect(refused.response.status).toBe(429);
    expect(world.feed.followers()).toBe(20);
    for (const reader of readers) reader.leave();
    await expect.poll(() => world.feed.followers()).toBe(0);
    const others = await Promise.all(Array.from({ length: 20 }, () => listen(url, id)));
    expect(others.map((reader) => reader.response.status)).toEqual(Array<number>(20).fill(200));
    for (const reader of others) reader.leave();
    await server.close();
  });

  it.each([
    ['the address that a proxy of ours names', () => '203.0.113.1', '203.0.113.1', '203.0.113.2'],
    ['all addresses of an IPv6 network', (n: number) => `2001:db8::${n}`, '2001:db8::ffff', '2001:db8:0:1::1'],
  ])('counts %s', async (_, address, oneMore, another) => {
    const { server, url } = await startServer({
      router: createRouter({ ...world.deps, trustedProxies: ['127.0.0.1'] }),
    });
    const id = await newPayment();
    const leaving = new AbortController();
    const ask = (from: string) =>
      fetch(`${url}/pay/${id}/events`, { signal: leaving.signal, headers: { 'x-forwarded-for': from } });
    const statuses = await Promise.all(Array.from({ length: 20 }, (__, n) => ask(address(n))));
    expect(statuses.map((one) => one.status)).toEqual(Array<number>(20).fill(200));
    expect((await ask(oneMore)).status).toBe(429);
    expect((await ask(another)).status).toBe(200);
    leaving.abort();
    await server.close();
  });
});
