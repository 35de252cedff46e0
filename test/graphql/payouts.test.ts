import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../src/auth/actor.ts';
import { payOut } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overSse, overWebSocket } from '../support/live.ts';
import { giveKey, settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'all' });
  tenant = await settleTenant(gateway, { mark: 'payoutzq' });
});

afterAll(() => gateway.stop());

type Sum = { amount: number };
type Payout = Record<'gross' | 'refunds' | 'returned' | 'carriedIn' | 'commission' | 'carriedOut' | 'net', Sum> & {
  businessDay: string;
  movements: { edges: { cursor: string; node: { kind: string; amount: Sum } }[]; pageInfo: { hasNextPage: boolean } };
};

async function readPayout(after?: string, first = 2): Promise<Payout> {
  const answer = await ask<{ payout: Payout }>(
    gateway,
    `query($id: ID!, $first: Int, $after: String) { payout(id: $id) {
      businessDay
      gross { amount } refunds { amount } returned { amount } carriedIn { amount } commission { amount }
      carriedOut { amount } net { amount }
      movements(first: $first, after: $after) { edges { cursor node { kind amount { amount } } } pageInfo { hasNextPage } }
    } }`,
    { key: tenant.key, variables: { id: tenant.payoutId, first, after } },
  );
  return answer.data.payout;
}

it('A payout adds up, and so do its movements, read page by page', async () => {
  const payout = await readPayout();
  const { gross, refunds, returned, carriedIn, commission, carriedOut, net } = payout;
  expect(net.amount).toBe(
    carriedIn.amount + gross.amount + returned.amount - refunds.amount - commission.amount - carriedOut.amount,
  );
  let sum = 0;
  let page = payout.movements;
  for (;;) {
    for (const { node } of page.edges) sum += node.amount.amount;
    if (!page.pageInfo.hasNextPage) break;
    page = (await readPayout(page.edges.at(-1)?.cursor)).movements;
  }
  expect(sum).toBe(net.amount);
});

it('The list of payouts can be narrowed', async () => {
  const list = async (filter: object): Promise<number> => {
    const answer = await ask<{ payouts: { edges: unknown[] } }>(
      gateway,
      'query($shopId: ID!, $filter: PayoutFilter) { payouts(shopId: $shopId, filter: $filter) { edges { node { id } } } }',
      { key: tenant.key, variables: { shopId: tenant.shopId, filter } },
    );
    return answer.data.payouts.edges.length;
  };
  expect(await list({})).toBe(1);
  expect(await list({ status: ['SENT'], currency: ['PLN'], from: '2025-01-01', until: '2025-01-01' })).toBe(1);
  expect(await list({ status: ['RETURNED'] })).toBe(0);
  expect(await list({ from: '2025-01-02' })).toBe(0);
  expect(await list({ until: '2024-12-31' })).toBe(0);
});

it.each([
  [{ first: 101 }, 'first must be 0 to 100'],
  [{ after: 'nonsense' }, 'after is not a cursor of this list'],
])('Movements refuse a page that is none: %j', async (page, sentence) => {
  const answer = await ask<unknown>(
    gateway,
    'query($id: ID!, $first: Int, $after: String) { payout(id: $id) { movements(first: $first, after: $after) { edges { cursor } } } }',
    { key: tenant.key, variables: { id: tenant.payoutId, ...page } },
  );
  expect(JSON.stringify(answer.errors)).toContain(sentence);
});

describe('An event of a payout', () => {
  const told = { events: { type: 'PAYOUT_SENT', status: 'SENT', payout: null } };
  const fields = 'type ... on PayoutEvent { status payout { id net { amount } } }';
  let keys: { readonly reads: string; readonly follows: string };

  beforeAll(async () => {
    const { merchantId, shopId } = tenant;
    const give = async (scopes: readonly Scope[]): Promise<string> =>
      (await giveKey(gateway.database, { merchantId, shopId, scopes })).secret;
    keys = { reads: await give(['payments:read', 'payouts:read']), follows: await give(['payments:read']) };
  });

  it('tells keys without payouts:read that it happened, and not of how much', async () => {
    const query = `query($id: ID!) { events(shopId: $id, types: [PAYOUT_SENT], first: 1) { edges { node { ${fields} } } } }`;
    const readAs = (key: string) => ask<unknown>(gateway, query, { key, variables: { id: tenant.shopId } });
    const answers = [await readAs(keys.follows), await readAs(keys.reads)];
    const node = (payout: unknown) => ({ events: { edges: [{ node: { ...told.events, payout } }] } });
    expect(answers.map(({ data }) => data)).toEqual([node(null), node({ id: tenant.payoutId, net: { amount: 500 } })]);
    expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([]);
  });

  it('does not end the subscriptions of such keys, and they are not told what others are who follow the same', async () => {
    const query = `subscription($id: ID!, $after: Cursor) { events(shopId: $id, after: $after, types: [PAYOUT_SENT]) { ${fields} } }`;
    const variables = { id: tenant.shopId, after: tenant.startCursor };
    const streams = await Promise.all(
      [keys.reads, keys.follows, keys.follows, keys.reads].flatMap((key) => [
        overWebSocket(gateway, { query, variables, key }),
        overSse(gateway, { query, variables, key }),
      ]),
    );
    for (const stream of streams) await stream.next();
    const id = await payOut(gateway.database, { id: tenant.shopId }, 100n);
    const heard = await Promise.all(streams.map((stream) => stream.next()));
    const all = { data: { events: { ...told.events, payout: { id, net: { amount: 100 } } } } };
    const less = { data: told };
    expect(heard).toEqual([all, all, less, less, less, less, all, all]);
    for (const stream of streams) stream.end();
  });
});
