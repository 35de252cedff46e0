import fc from 'fast-check';
import {
  type GraphQLError,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/auth/actor.ts';
import { shareSubscriptions } from '../../src/graphql/share-results.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { sourceOf } from '../../src/kernel/source.ts';
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

describe('The context in which a group is executed', () => {
  it('has nothing of the request that its first member came with', async () => {
    const seen: object[] = [];
    const places: unknown[] = [];
    const events = sourceOf({
      take: () => ({ done: false as const, value: { number: 1n, shopId: 'shop' } }),
      wait: () => {},
      end: () => {},
    });
    const resolve = (_: unknown, __: unknown, context: object, { fieldNodes }: GraphQLResolveInfo) => {
      seen.push(context);
      places.push(...fieldNodes.map(({ name }) => name.loc));
    };
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLString } } }),
      subscription: new GraphQLObjectType({
        name: 'Subscription',
        fields: { events: { type: GraphQLString, subscribe: () => events, resolve } },
      }),
    });
    const actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set<never>() };
    const [app, loaders] = [{}, {}];
    const own = {
      request: {},
      req: {},
      params: {},
      authorization: 'Bearer one',
      address: '127.0.0.1',
      lastEventId: 'x',
    };
    const { subscribe } = shareSubscriptions({
      maskError: (error) => error as GraphQLError,
      metrics: { resultExecuted: () => {} },
    });
    const deliveries = await subscribe({
      ...{ schema, document: parse('subscription { events }') },
      contextValue: { app, loaders, actor, operator: undefined, inAddress: false, ...own },
    });
    if ('take' in deliveries) deliveries.take();
    const nobodys = { authorization: undefined, lastEventId: undefined, address: '', inAddress: false };
    // Nor what the parser made of the document and nobody needs any more.
    expect(places).toEqual([undefined]);
    expect(seen).toStrictEqual([{ app, loaders, operator: undefined, actor: { ...actor, keyId: '' }, ...nobodys }]);
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
