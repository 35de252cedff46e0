import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { settleTenant, type Tenant } from './world.ts';

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
