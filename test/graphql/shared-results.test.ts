import fc from 'fast-check';
import {
  type GraphQLError,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Scope } from '../../src/auth/actor.ts';
import { sharedEventsMax, shareSubscriptions } from '../../src/graphql/share-results.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { over, sourceOf } from '../../src/kernel/source.ts';
import { createShop } from '../support/factories.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overSse, overWebSocket, type Result } from '../support/live.ts';
import { runs } from '../support/runs.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { createPayment, giveKey, startBlik } from './world.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^bramka_${name} (\\d+)`, 'm').exec(text)?.[1]);
}
/** How many results of subscriptions were executed so far. */
const executed = (): Promise<number> => metric('subscription_results_total');
const followers = (): Promise<number> => metric('live_subscriptions');

type Seen = { readonly events: { readonly number: number } };

describe('Subscribers with the same question and the same rights', () => {
  it('share the execution of each event, over sockets and streams, whatever key they hold and wherever they resume', async () => {
    const { shop } = await createShop(gateway.database);
    await writeEvents(gateway.database, shop.id, plain(2));
    const keys = await Promise.all([1, 2, 3].map(() => giveKey(gateway.database, { merchantId: shop.merchantId })));
    const query =
      'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number shop { notificationUrl } } }';
    const streams = await Promise.all(
      Array.from({ length: 30 }, (_, index) => {
        // What no variable of the document takes makes no difference.
        const variables = { shopId: shop.id, after: encodeCursor(shop.id, BigInt(index % 2)), nothing: index };
        const operation = { query, variables, key: keys[index % keys.length]?.secret };
        return index % 5 === 0 ? overSse<Seen>(gateway, operation) : overWebSocket<Seen>(gateway, operation);
      }),
    );
    await Promise.all(streams.map((stream, index) => stream.take(2 - (index % 2))));
    const before = await executed();
    await writeEvents(gateway.database, shop.id, plain(3));
    const taken = await Promise.all(streams.map((stream) => stream.take(3)));
    for (const results of taken) expect(results.map(({ data }) => data?.events.number)).toEqual([3, 4, 5]);
    // 90 if each were alone; on a busy machine one is perhaps made anew.
    expect((await executed()) - before).toBeLessThan(12);
    for (const stream of streams) stream.end();
  });

  it('share it too when there are more events at once than are remembered', async () => {
    const { shop } = await createShop(gateway.database);
    const { secret: key } = await giveKey(gateway.database, { merchantId: shop.merchantId });
    const query = 'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number } }';
    const operation = { query, variables: { shopId: shop.id }, key };
    const all = await followers();
    const sockets = await Promise.all(Array.from({ length: 30 }, () => overWebSocket<Seen>(gateway, operation)));
    await expect.poll(followers).toBe(all + 30);
    const before = await executed();
    await writeEvents(gateway.database, shop.id, plain(200));
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    for (const socket of sockets) {
      expect((await socket.take(200)).map(({ data }) => data?.events.number)).toEqual(numbers);
    }
    // 6,000 if each were alone.
    expect((await executed()) - before).toBeLessThan(400);
    for (const socket of sockets) socket.end();
  });

  it('are told of the present as it is when they ask, not as it was for those before them', async () => {
    const { shop } = await createShop(gateway.database);
    const { secret: key } = await giveKey(gateway.database, { merchantId: shop.merchantId });
    const query =
      'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { ... on PaymentEvent { payment { status } } } }';
    const operation = { query, variables: { shopId: shop.id, after: encodeCursor(shop.id, 0n) }, key };
    const live = await Promise.all([1, 2].map(() => overWebSocket(gateway, operation)));
    const paymentId = await createPayment(gateway, { key, shopId: shop.id, mark: 'present' });
    const event = (status: string) => ({ data: { events: { payment: { status } } } });
    for (const stream of live) expect(await stream.next()).toEqual(event('NEW'));
    await startBlik(gateway, { key, paymentId });
    for (const stream of live) await stream.take(4);
    const later = await overWebSocket(gateway, operation);
    expect(await later.next()).toEqual(event('SETTLED'));
    for (const stream of [...live, later]) stream.end();
  });
});

/** What a resolver of the events below is called with. */
type Call = { readonly number: number; readonly context: object; readonly info: GraphQLResolveInfo };

/** Makes the subscriptions of a process whose one document asks for these events, noting each execution; `newest` was heard of. */
function openShared(newest: () => bigint) {
  const calls: Call[] = [];
  let numbers: number[] = [];
  const eventsOf = (left: number[]) =>
    sourceOf({
      take: () => {
        const number = left.shift();
        return number === undefined
          ? over
          : { done: false as const, value: { number: BigInt(number), shopId: 'shop' } };
      },
      wait: () => {},
      end: () => {},
    });
  const resolve = ({ number }: { number: bigint }, _: unknown, context: object, info: GraphQLResolveInfo) => {
    calls.push({ number: Number(number), context, info });
    return `execution ${calls.length}`;
  };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLString } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: { events: { type: GraphQLString, subscribe: () => eventsOf([...numbers]), resolve } },
    }),
  });
  const { subscribe } = shareSubscriptions({
    maskError: (error) => error as GraphQLError,
    metrics: { resultExecuted: () => {} },
  });
  const actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set<never>() };
  const shared = { app: { feed: { newest } }, loaders: {}, actor, operator: undefined };
  const join = async (wanted: number[], own: object = {}) => {
    numbers = wanted;
    const contextValue = { ...shared, ...{ inAddress: false, ...own } };
    const deliveries = await subscribe({ schema, document: parse('subscription { events }'), contextValue });
    if (!('take' in deliveries)) throw new Error('The subscription did not start.');
    return deliveries;
  };
  return { join, calls, shared };
}

describe('The context in which a group is executed', () => {
  it('has nothing of the request that its first member came with', async () => {
    const { join, calls, shared } = openShared(() => 1n);
    const deliveries = await join([1], {
      ...{ request: {}, req: {}, params: {} },
      ...{ authorization: 'Bearer one', address: '127.0.0.1', lastEventId: 'x' },
    });
    deliveries.take();
    const nobodys = { authorization: undefined, lastEventId: undefined, address: '', inAddress: false };
    // Nor what the parser made of the document and nobody needs any more.
    expect(calls.flatMap(({ info }) => info.fieldNodes.map(({ name }) => name.loc))).toEqual([undefined]);
    const contexts = calls.map(({ context }) => context);
    expect(contexts).toStrictEqual([{ ...shared, actor: { ...shared.actor, keyId: '' }, ...nobodys }]);
  });
});

describe('The result of an event', () => {
  const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Two members of one group, of whom the second takes an event after the first, and perhaps something happens between. */
  async function takenTwice(between: () => void, newest = () => 1n): Promise<number> {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { join, calls } = openShared(newest);
    const [one, other] = [await join([1]), await join([1])];
    one.take();
    between();
    other.take();
    return calls.length;
  }

  it('is given to the next one who comes to it', async () => {
    expect(await takenTwice(() => vi.advanceTimersByTime(999))).toBe(1);
  });

  it('is made anew when it is a second old, since what it says of the present may have changed', async () => {
    expect(await takenTwice(() => vi.advanceTimersByTime(1_000))).toBe(2);
  });

  it('is made anew when more has been heard of', async () => {
    let heard = 1n;
    const hear = (): void => {
      heard = 2n;
    };
    expect(await takenTwice(hear, () => heard)).toBe(2);
  });

  it.each([
    ['is remembered of as many events as members are mostly apart', sharedEventsMax, sharedEventsMax],
    ['is forgotten when there are more', sharedEventsMax + 1, 2 * (sharedEventsMax + 1)],
  ])('%s', async (_, events, executions) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { join, calls } = openShared(() => 1n);
    const members = [await join(numbersTo(events)), await join(numbersTo(events))];
    for (const member of members) for (let taken = 0; taken < events; taken += 1) member.take();
    expect(calls).toHaveLength(executions);
  });

  it('is forgotten as soon as only one is left to take it', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { join, calls } = openShared(() => 1n);
    const [one, other] = [await join([1, 2]), await join([1])];
    one.take();
    other.end();
    other.end();
    one.take();
    const third = await join([1]);
    third.take();
    expect(calls.map(({ number }) => number)).toEqual([1, 2, 1]);
  });
});

/** The scopes that keys of the tests have; with the last of them a shop's settings are read. */
const someScopes = ['payments:read', 'payouts:read', 'shops:read'] satisfies Scope[];
const fields = ['notificationUrl', 'name'] as const;

const audience = fc.array(
  fc.record({
    scopes: fc.subarray(someScopes, { minLength: 1 }),
    /** Of which of the three shops the key's merchant is, and whether it is bound to that shop. */
    home: fc.nat(2),
    bound: fc.boolean(),
    follows: fc.nat(2),
    field: fc.constantFrom(...fields),
    overSse: fc.boolean(),
  }),
  { minLength: 6, maxLength: 14 },
);
type Member = typeof audience extends fc.Arbitrary<(infer Value)[]> ? Value : never;

/** Three shops, of which the first two belong to one merchant; each has an address of its own. */
async function openShops() {
  const { shop: first } = await createShop(gateway.database);
  const { shop: second } = await createShop(gateway.database, { merchantId: first.merchantId });
  const { shop: third } = await createShop(gateway.database);
  const shops = [first, second, third].map(({ id, merchantId }) => ({
    id,
    merchantId,
    notificationUrl: `https://${id}.example/`,
  }));
  for (const { id, notificationUrl } of shops) {
    const text = 'update shop set notification_url = $2, name = $2 where id = $1';
    await gateway.database.pool.query(text, [id, notificationUrl]);
  }
  return shops;
}

type World = Awaited<ReturnType<typeof openShops>>;

/** What a member must be told, and no more: worked out from its key alone. */
function expected(shops: World, number: number, { scopes, home, bound, follows, field }: Member): object {
  const [own, other] = [shops[home], shops[follows]];
  const refused = (code: string): object => ({
    errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })],
  });
  if (!scopes.includes('payments:read')) return refused('FORBIDDEN');
  const visible = own?.merchantId === other?.merchantId && (!bound || own?.id === other?.id);
  if (!visible) return refused('NOT_FOUND');
  const mayRead = field === 'name' || scopes.includes('shops:read');
  const shop = { id: other?.id, [field]: mayRead ? other?.notificationUrl : null };
  return { ...(mayRead ? {} : refused('FORBIDDEN')), data: { events: { number, shop } } };
}

describe('Whoever follows', () => {
  it('is told what his own key may see, whoever else follows the same', { timeout: 120_000 }, async () => {
    const shops = await openShops();
    let last = 0;
    const property = fc.asyncProperty(audience, async (members) => {
      const streams = await Promise.all(members.map((member) => join(shops, last, member)));
      const heard = members.map((member) => expected(shops, last + 1, member));
      await expect.poll(followers).toBe(heard.filter((result) => 'data' in result).length);
      for (const { id } of shops) await writeEvents(gateway.database, id, plain(1));
      last += 1;
      for (const [index, stream] of streams.entries()) {
        const { data, ...result } = (await stream.next()) as Result;
        expect(data ? { ...result, data } : result).toEqual(heard[index]);
        stream.end();
      }
      await expect.poll(followers).toBe(0);
    });
    await fc.assert(property, { ...runs(15), endOnFailure: true });
  });
});

async function join(shops: World, last: number, { scopes, home, bound, follows, field, overSse: streaming }: Member) {
  const { id = '', merchantId = '' } = shops[home] ?? {};
  const { secret: key } = await giveKey(gateway.database, { merchantId, scopes, ...(bound ? { shopId: id } : {}) });
  const query = `subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number shop { id ${field} } } }`;
  const shopId = shops[follows]?.id ?? '';
  const operation = { query, variables: { shopId, after: encodeCursor(shopId, BigInt(last)) }, key };
  return streaming ? overSse(gateway, operation) : overWebSocket(gateway, operation);
}
