import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createShop } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { writeDropped } from '../support/write-events.ts';
import { createPayment, giveKey, settleTenant, type Tenant } from './world.ts';

type Page = {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
};

let gateway: TestGateway;
let tenant: Tenant;
let stranger: Tenant;
/** Ids of the shop's payments, oldest first. */
let ids: string[];

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'lists' });
  stranger = await settleTenant(gateway, { mark: 'foreign' });
  for (const order of [6, 7, 8, 9]) {
    await createPayment(gateway, { key: tenant.key, shopId: tenant.shopId, mark: `lists-${order}` });
  }
  const { rows } = await gateway.database.pool.query<{ id: string }>(
    'select id from payment where shop_id = $1 order by created_at, id',
    [tenant.shopId],
  );
  ids = rows.map((row) => row.id);
});

afterAll(() => gateway.stop());

const shape = '{ edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }';

/** Every list of rows, by the operation that gives it. */
const lists: Record<string, (args: string) => string> = {
  payments: (args) => `payments(shopId: "${tenant.shopId}" ${args}) ${shape}`,
  transactions: (args) => `transactions(shopId: "${tenant.shopId}" ${args}) ${shape}`,
  refunds: (args) => `refunds(shopId: "${tenant.shopId}" ${args}) ${shape}`,
  webhookDeliveries: (args) => `webhookDeliveries(shopId: "${tenant.shopId}" ${args}) ${shape}`,
  paymentLinks: (args) => `paymentLinks(shopId: "${tenant.shopId}" ${args}) ${shape}`,
  shops: (args) => `shops${args ? `(${args})` : ''} ${shape}`,
  'payment.transactions': (args) =>
    `payment(id: "${tenant.paidId}") { transactions${args ? `(${args})` : ''} ${shape} }`,
};

async function pageOf(args: string): Promise<Page> {
  const answer = await ask<{ list: Page }>(gateway, `{ list: ${lists.payments?.(args)} }`, { key: tenant.key });
  expect(answer.errors).toBeUndefined();
  return answer.data.list;
}

const idsOf = (page: Page): string[] => page.edges.map((edge) => edge.node.id);

describe('a list', () => {
  it('is newest first unless it is asked for oldest first', async () => {
    expect(idsOf(await pageOf(''))).toEqual(ids.toReversed());
    expect(idsOf(await pageOf('order: OLDEST_FIRST'))).toEqual(ids);
  });

  for (const [order, expected] of [
    ['NEWEST_FIRST', () => ids.toReversed()],
    ['OLDEST_FIRST', () => ids],
  ] as const) {
    it(`is read to its end in pages, ${order}, each row once`, async () => {
      const seen: string[] = [];
      for (let after = '', more = true; more; ) {
        const page = await pageOf(`order: ${order}, first: 3 ${after}`);
        seen.push(...idsOf(page));
        expect(page.pageInfo.hasPreviousPage).toBe(after !== '');
        expect(page.pageInfo.startCursor).toBe(page.edges[0]?.cursor);
        expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor);
        more = page.pageInfo.hasNextPage;
        after = `after: "${page.pageInfo.endCursor}"`;
      }
      expect(seen).toEqual(expected());
    });

    it(`is read to its beginning in pages, ${order}, each row once`, async () => {
      const seen: string[] = [];
      for (let before = '', more = true; more; ) {
        const page = await pageOf(`order: ${order}, last: 3 ${before}`);
        seen.unshift(...idsOf(page));
        expect(page.pageInfo.hasNextPage).toBe(before !== '');
        more = page.pageInfo.hasPreviousPage;
        before = `before: "${page.pageInfo.startCursor}"`;
      }
      expect(seen).toEqual(expected());
    });
  }

  it('knows that nothing follows a page which ends with the last row', async () => {
    expect((await pageOf('first: 11')).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    expect((await pageOf('first: 10')).pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it('gives no rows for a page of none, and says whether there are any', async () => {
    const none = { edges: [], pageInfo: { startCursor: null, endCursor: null } };
    expect(await pageOf('first: 0')).toMatchObject({ ...none, pageInfo: { ...none.pageInfo, hasNextPage: true } });
    expect(await pageOf('last: 0')).toMatchObject({ ...none, pageInfo: { ...none.pageInfo, hasPreviousPage: true } });
  });

  it('loses no row when the last of a page has left the filter meanwhile', async () => {
    const { key, shopId } = stranger;
    const made: string[] = [];
    for (const mark of ['one', 'two', 'three']) made.push(await createPayment(gateway, { key, shopId, mark }));
    const page = async (args: string): Promise<Page> => {
      const query = `{ list: payments(shopId: "${shopId}", filter: { status: [NEW] }, first: 1 ${args}) ${shape} }`;
      return (await ask<{ list: Page }>(gateway, query, { key })).data.list;
    };
    const first = await page('');
    expect(idsOf(first)).toEqual([made[2]]);
    const cancel = `mutation { cancelPayment(input: { paymentId: "${made[2]}" }) { __typename } }`;
    expect((await ask(gateway, cancel, { key })).data).toEqual({
      cancelPayment: { __typename: 'CancelPaymentSuccess' },
    });
    expect(idsOf(await page(`after: "${first.pageInfo.endCursor}"`))).toEqual([made[1]]);
  });

  it('leaves out what does not fit its filter', async () => {
    expect(idsOf(await pageOf('filter: { status: [SETTLED], orderId: "order-lists-1" }'))).toEqual([tenant.paidId]);
    expect(idsOf(await pageOf('filter: { orderId: "order-lists-5" }'))).toEqual([ids[4]]);
    expect(idsOf(await pageOf('filter: { currency: EUR }'))).toEqual([]);
    expect(idsOf(await pageOf('filter: { status: [] }'))).toEqual([]);
    expect(idsOf(await pageOf('filter: { createdFrom: "2099-01-01T00:00:00Z" }'))).toEqual([]);
    expect(idsOf(await pageOf('filter: { createdBefore: "2099-01-01T00:00:00+02:00", status: [NEW] }'))).toHaveLength(
      6,
    );
  });
});

const nobody = '0198aaaa-0000-7000-8000-000000000000';
const cursorOf = (text: string): string => Buffer.from(text).toString('base64');

describe('a list of transactions', () => {
  type Attempt = {
    readonly id: string;
    readonly method: string;
    readonly status: string;
    readonly createdAt: string;
    readonly payment: { readonly id: string };
  };
  type Attempts = { readonly edges: readonly { readonly cursor: string; readonly node: Attempt }[] };

  async function attempts(args: string): Promise<Attempts['edges']> {
    const fields = 'edges { cursor node { id method status createdAt payment { id } } }';
    const query = `{ transactions(shopId: "${tenant.shopId}", ${args}) { ${fields} } }`;
    const answer = await ask<{ transactions: Attempts }>(gateway, query, { key: tenant.key });
    expect(answer.errors).toBeUndefined();
    return answer.data.transactions.edges;
  }

  it('is read in pages both ways, in both orders', async () => {
    const all = await attempts('first: 100, order: OLDEST_FIRST');
    expect(all.length).toBeGreaterThan(1);
    expect(await attempts('first: 100')).toEqual(all.toReversed());
    for (const [order, rows] of [
      ['OLDEST_FIRST', all],
      ['NEWEST_FIRST', all.toReversed()],
    ] as const) {
      for (const [place, { cursor }] of rows.entries()) {
        expect(await attempts(`order: ${order}, first: 1, after: "${cursor}"`)).toEqual(
          rows.slice(place + 1, place + 2),
        );
        const before = place === 0 ? [] : [rows[place - 1]];
        expect(await attempts(`order: ${order}, last: 1, before: "${cursor}"`)).toEqual(before);
      }
    }
  });

  it('leaves out what does not fit a condition, also behind a cursor', async () => {
    const all = await attempts('first: 100, order: OLDEST_FIRST');
    const [first, second] = all as [Attempts['edges'][number], Attempts['edges'][number]];
    const { method, status, payment, createdAt } = second.node;
    const conditions: readonly (readonly [string, (attempt: Attempt) => boolean])[] = [
      [`method: [${method}]`, (attempt) => attempt.method === method],
      [`status: [${status}]`, (attempt) => attempt.status === status],
      [`paymentId: "${payment.id}"`, (attempt) => attempt.payment.id === payment.id],
      [`createdFrom: "${createdAt}"`, (attempt) => attempt.createdAt >= createdAt],
      [`createdBefore: "${createdAt}"`, (attempt) => attempt.createdAt < createdAt],
      [`status: [${status}], method: [${method}]`, (attempt) => attempt.status === status && attempt.method === method],
    ];
    for (const [condition, fits] of conditions) {
      const fitting = all.filter(({ node }) => fits(node));
      expect(fitting.length).toBeLessThan(all.length);
      expect(await attempts(`order: OLDEST_FIRST, filter: { ${condition} }`)).toEqual(fitting);
      const behind = await attempts(`order: OLDEST_FIRST, after: "${first.cursor}", filter: { ${condition} }`);
      expect(behind).toEqual(fitting.filter(({ cursor }) => cursor !== first.cursor));
    }
    const query = `{ transactions(shopId: "${tenant.shopId}", filter: { paymentId: "" }) { edges { cursor } } }`;
    const { errors } = await ask(gateway, query, { key: tenant.key });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND', field: ['filter', 'paymentId'] } });
  });
});

describe('a list of refunds', () => {
  type Refunded = { readonly id: string; readonly status: string; readonly createdAt: string };
  type Refunds = { readonly edges: readonly { readonly cursor: string; readonly node: Refunded }[] };

  async function refunds(args: string): Promise<Refunds['edges']> {
    const query = `{ refunds(shopId: "${tenant.shopId}", ${args}) { edges { cursor node { id status createdAt } } } }`;
    const answer = await ask<{ refunds: Refunds }>(gateway, query, { key: tenant.key });
    expect(answer.errors).toBeUndefined();
    return answer.data.refunds.edges;
  }

  beforeAll(async () => {
    // Five refunds more, ordered on five days; two of them in the same millisecond.
    await gateway.database.pool.query(
      `insert into refund (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency, created_at, updated_at)
       select uuidv7(), shop_id, id, 'day-' || day, '', 'REJECTED', 1, currency, made, made
       from transaction, unnest('{1,2,3,3,4}'::int[], '{1,2,3,5,4}'::int[]) as days (on_day, day),
         lateral (select timestamptz '2025-06-01Z' + on_day * interval '1 day') as at (made) where id = $1`,
      [tenant.transactionId],
    );
  });

  it('is cut down to a span of creation: from a moment on, and before another', async () => {
    const all = await refunds('first: 100');
    expect(all).toHaveLength(6);
    const span = 'createdFrom: "2025-06-03T00:00:00Z", createdBefore: "2025-06-05T02:00:00+02:00"';
    expect(await refunds(`filter: { ${span} }`)).toEqual(all.slice(2, 5));
    expect(await refunds('filter: { createdBefore: "2025-06-02T00:00:00Z" }')).toEqual([]);
    expect(await refunds('filter: { createdFrom: null, createdBefore: null }')).toEqual(all);
  });

  it('leaves out what does not fit a condition, behind every cursor and before it', async () => {
    const all = await refunds('first: 100');
    const conditions: readonly (readonly [string, (refund: Refunded) => boolean])[] = [
      ['createdFrom: "2025-06-04T00:00:00Z"', ({ createdAt }) => createdAt >= '2025-06-04'],
      ['createdBefore: "2025-06-04T00:00:00Z"', ({ createdAt }) => createdAt < '2025-06-04'],
      [
        'status: [REJECTED], createdFrom: "2025-06-03T00:00:00Z"',
        (r) => r.status === 'REJECTED' && r.createdAt >= '2025-06-03',
      ],
      [`transactionId: "${tenant.transactionId}", createdBefore: "2026-01-01T00:00:00Z"`, (r) => r.createdAt < '2026'],
      [`status: [SETTLED]`, ({ status }) => status === 'SETTLED'],
    ];
    for (const [condition, fits] of conditions) {
      const fitting = all.filter(({ node }) => fits(node));
      expect(fitting.length).toBeLessThan(all.length);
      expect(await refunds(`filter: { ${condition} }`)).toEqual(fitting);
      for (const [place, { cursor }] of all.entries()) {
        const [before, behind] = [all.slice(0, place), all.slice(place + 1)].map((rows) =>
          rows.filter(({ node }) => fits(node)),
        );
        expect(await refunds(`first: 2, after: "${cursor}", filter: { ${condition} }`)).toEqual(behind?.slice(0, 2));
        expect(await refunds(`last: 2, before: "${cursor}", filter: { ${condition} }`)).toEqual(before?.slice(-2));
      }
    }
  });

  it('refuses a moment that is none, as a list of payments does', async () => {
    for (const name of ['createdFrom', 'createdBefore']) {
      const query = (list: string) =>
        `query($at: DateTime) { list: ${list}(shopId: "${tenant.shopId}", filter: { ${name}: $at }) { edges { cursor } } }`;
      const [of, ofPayments] = await Promise.all(
        ['refunds', 'payments'].map((list) =>
          ask(gateway, query(list), { key: tenant.key, variables: { at: 'yesterday' } }),
        ),
      );
      expect(of?.errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field: ['filter', name] } });
      expect(of?.errors?.map(({ message }) => message)).toEqual(ofPayments?.errors?.map(({ message }) => message));
    }
  });
});

describe('what a list refuses', () => {
  const wrong: Record<string, string> = {
    'a page of 101': 'first: 101',
    'a last page of 101': 'last: 101',
    'a page of less than none': 'first: -1',
    'a last page of less than none': 'last: -1',
    'first and last': 'first: 1, last: 1',
    'after and before': `after: "${cursorOf(`GPC:S:${nobody}`)}", before: "${cursorOf(`GPC:S:${nobody}`)}"`,
    'first before a cursor': `first: 1, before: "${cursorOf(`GPC:S:${nobody}`)}"`,
    'last after a cursor': `last: 1, after: "${cursorOf(`GPC:S:${nobody}`)}"`,
    'a cursor that is none': 'after: "hello"',
    'an empty cursor': 'after: ""',
    'a cursor of nothing': `after: "${cursorOf('GPC:S:')}"`,
    'a cursor of another type': `after: "${cursorOf('GPC:N:1')}"`,
    'a cursor that holds a query': `after: "${cursorOf('GPC:J:{"id":{"not":""}}')}"`,
    'a cursor that is no id': `before: "${cursorOf("GPC:S:' or 1=1 --")}"`,
  };
  const nowhere = { 'a cursor of a row that is nowhere': `after: "${cursorOf(`GPC:S:${nobody}`)}"` };

  for (const name of Object.keys(lists)) {
    for (const [what, args] of Object.entries(name.includes('.') ? wrong : { ...wrong, ...nowhere })) {
      it(`${name}: ${what}`, async () => {
        const answer = await ask<Record<string, unknown>>(gateway, `{ ${lists[name]?.(args)} }`, { key: tenant.key });
        expect(answer.errors?.map((error) => error.extensions.code)).toEqual(['INVALID_INPUT']);
      });
    }

    it(`${name}: answers a cursor of somebody else’s row as one of a row that is nowhere`, async () => {
      const foreign: Record<string, string> = {
        ...{ shops: stranger.shopId, payments: stranger.paidId, webhookDeliveries: stranger.deliveryId },
        paymentLinks: stranger.linkId,
        refunds: stranger.refundId,
      };
      for (const direction of ['after', 'before']) {
        const [theirs, nobodys] = await Promise.all(
          [foreign[name] ?? stranger.transactionId, nobody].map((id) =>
            ask(gateway, `{ ${lists[name]?.(`${direction}: "${cursorOf(`GPC:S:${id}`)}"`)} }`, { key: tenant.key }),
          ),
        );
        expect(theirs).toEqual(nobodys);
      }
    });
  }
});

describe('the log', () => {
  const events = (args: string) =>
    `events(shopId: "${tenant.shopId}" ${args}) { edges { cursor node { number cursor } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;

  it('is read in pages without a gap', async () => {
    const seen: number[] = [];
    for (let after = '', more = true; more; ) {
      const { data } = await ask<{
        events: { edges: { cursor: string; node: { number: number; cursor: string } }[]; pageInfo: Page['pageInfo'] };
      }>(gateway, `{ ${events(`first: 4 ${after}`)} }`, { key: tenant.key });
      for (const { cursor, node } of data.events.edges) expect(cursor).toBe(node.cursor);
      seen.push(...data.events.edges.map(({ node }) => node.number));
      more = data.events.pageInfo.hasNextPage;
      after = `after: "${data.events.pageInfo.endCursor}"`;
    }
    expect(seen.length).toBeGreaterThan(8);
    expect(seen).toEqual(seen.map((_, index) => index + 1));
  });

  it('is read from its end, still oldest first', async () => {
    type Read = { events: { edges: { node: { number: number } }[]; pageInfo: Page['pageInfo'] } };
    const read = async (args: string) =>
      (await ask<Read>(gateway, `{ ${events(args)} }`, { key: tenant.key })).data.events;
    const all = await read('first: 100');
    const newest = await read('last: 3');
    expect(newest.edges).toEqual(all.edges.slice(-3));
    expect(newest.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    const whole = await read('last: 100');
    expect(whole.edges).toEqual(all.edges);
    expect(whole.pageInfo.hasPreviousPage).toBe(false);
  });

  it('refuses a cursor behind which events are no longer kept, of a shop and of a payment, and says where it begins', async () => {
    const { shop } = await createShop(gateway.database);
    const { secret: key } = await giveKey(gateway.database, { merchantId: shop.merchantId });
    await writeDropped(gateway.database, shop.id, 2);
    const id = await createPayment(gateway, { key, shopId: shop.id, mark: 'expired' });
    const read = (args: string) =>
      ask<{ events: { startOfLog: string; edges: { node: { number: number } }[] } }>(
        gateway,
        `{ events(shopId: "${shop.id}" ${args}) { startOfLog edges { node { number } } } }`,
        { key },
      );
    const [start, after] = [0n, 1n].map((number) => `after: "${encodeCursor(shop.id, number)}"`) as [string, string];
    const message =
      'Events after this cursor are no longer kept; take the endOfLog of events(first: 0), read the present state, then go on from that cursor.';
    const refused = [{ message, extensions: { code: 'CURSOR_EXPIRED', field: ['after'] } }];
    expect((await read(start)).errors).toMatchObject(refused);
    expect((await read(after)).errors).toMatchObject(refused);
    expect((await read(`${after} last: 1`)).errors).toMatchObject(refused);
    const ofPayment = await ask(gateway, `{ payment(id: "${id}") { events(${after}) { edges { cursor } } } }`, { key });
    expect(ofPayment.errors).toMatchObject(refused);
    const { startOfLog, edges } = (await read('')).data.events;
    expect([startOfLog, edges]).toEqual([encodeCursor(shop.id, 2n), [{ node: { number: 3 } }]]);
    expect((await read(`after: "${startOfLog}"`)).data.events.edges).toEqual(edges);
  });

  for (const [what, args, code] of [
    ['a page from both ends', () => 'first: 1, last: 1', 'INVALID_INPUT'],
    ['a last page of 101', () => 'last: 101', 'INVALID_INPUT'],
    ['a page of 101', () => 'first: 101', 'INVALID_INPUT'],
    ['a page of less than none', () => 'first: -1', 'INVALID_INPUT'],
    ['a cursor that is none', () => 'after: "hello"', 'CURSOR_INVALID'],
    ['an empty cursor', () => 'after: ""', 'CURSOR_INVALID'],
    ['a cursor of another shop', () => `after: "${stranger.startCursor}"`, 'CURSOR_INVALID'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const answer = await ask(gateway, `{ ${events(args())} }`, { key: tenant.key });
      expect(answer.errors?.map((error) => error.extensions.code)).toEqual([code]);
    });
  }
});
