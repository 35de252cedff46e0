import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShop } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overWebSocket } from '../support/live.ts';
import { runMutation } from './run-mutation.ts';
import { giveKey, settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'refundzq' });
});

afterAll(() => gateway.stop());

type Refund = { id: string; status: string; amount: { amount: number }; reason: string | null };
type Outcome = { replayed?: boolean; refund?: Refund; code?: string; field?: string[] };

async function refund(input: object): Promise<Outcome> {
  const answer = await ask<{ createRefund: Outcome }>(
    gateway,
    `mutation($input: CreateRefundInput!) {
      createRefund(input: $input) {
        ... on CreateRefundSuccess { replayed refund { id status amount { amount } reason } }
        ... on Refusal { code field }
      }
    }`,
    { key: tenant.key, variables: { input: { transactionId: tenant.transactionId, ...input } } },
  );
  return answer.data.createRefund;
}

async function balances(key = tenant.key) {
  const question = `query($id: ID!) { shop(id: $id) { balances { amount currency } } }`;
  const answer = await ask<{ shop: { balances: { amount: number; currency: string }[] } | null }>(gateway, question, {
    key,
    variables: { id: tenant.shopId },
  });
  return answer.data.shop?.balances;
}

// The tenant's transaction is over 1,234, of which 34 were refunded when it was made.
describe('createRefund', () => {
  it('gives a part back, once for each key, and tells of it by subscription', async () => {
    const news = await overWebSocket<{ events: { type: string; status: string; refund: Refund } }>(gateway, {
      query: `subscription($shopId: ID!, $after: Cursor!) {
        events(shopId: $shopId, after: $after, types: [REFUND_PENDING, REFUND_SETTLED]) {
          type ... on RefundEvent { status refund { id amount { amount } } }
        }
      }`,
      variables: { shopId: tenant.shopId, after: tenant.startCursor },
      key: tenant.key,
    });
    const wish = { idempotencyKey: 'part', amount: 200, reason: 'one ticket' };
    const had = await balances();
    const first = await refund(wish);
    expect(first).toMatchObject({
      replayed: false,
      refund: { status: 'PENDING', amount: { amount: 200 }, reason: 'one ticket' },
    });
    expect(await refund(wish)).toMatchObject({ replayed: true, refund: { id: first.refund?.id } });
    expect(await refund({ ...wish, amount: 201 })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const told: unknown[] = [];
    while (told.length < 4) told.push((await news.next())?.data?.events);
    // The first two tell of the refund that was made with the tenant.
    expect(told.slice(2)).toMatchObject([
      { type: 'REFUND_PENDING', status: 'PENDING', refund: { id: first.refund?.id } },
      { type: 'REFUND_SETTLED', status: 'SETTLED', refund: { id: first.refund?.id } },
    ]);
    news.end();
    // It is taken once, when it is ordered; the other currencies have nothing.
    const less = ({ amount, currency }: { amount: number; currency: string }) => ({
      currency,
      amount: currency === 'PLN' ? amount - 200 : 0,
    });
    expect(had?.find(({ currency }) => currency === 'PLN')?.amount).toBe(3 * 1_234 - 34 - 500);
    expect(await balances()).toEqual(had?.map(less));
    const { secret } = await giveKey(gateway.database, {
      merchantId: (await createShop(gateway.database)).shop.merchantId,
    });
    expect(await balances(secret)).toBeUndefined();
  });

  it('names every wrong field of one input, in one refusal', async () => {
    const { transactionId, key } = tenant;
    const input = { transactionId, idempotencyKey: '', amount: 0, reason: 'x'.repeat(256) };
    expect(await runMutation(gateway, { name: 'createRefund', input, key })).toMatchObject({
      ...{ code: 'INVALID_INPUT', field: ['reason'] },
      message:
        'Several fields are wrong. reason must have 1 to 255 characters, not 256. The idempotency key must have 1 to 255 characters, not 0. A refund must be at least 1 minor unit, not 0.',
    });
  });

  it('never gives back more than was taken, to the grosz', async () => {
    expect(await refund({ idempotencyKey: 'too much', amount: 1_001 })).toEqual({
      code: 'REFUND_EXCEEDS_AMOUNT',
      field: ['amount'],
    });
    expect(await refund({ idempotencyKey: 'nothing', amount: 0 })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await refund({ idempotencyKey: 'the rest', amount: 1_000 })).toMatchObject({ replayed: false });
    expect(await refund({ idempotencyKey: 'one more', amount: 1 })).toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
  });
});

it('a transaction and its payment show what was refunded, and canRefund says what is left', async () => {
  const { data } = await ask(
    gateway,
    `{
      transaction(id: "${tenant.transactionId}") {
        refunds { edges { node { amount { amount } } } } payment { refunded { amount currency } }
      }
      canRefund(transactionId: "${tenant.transactionId}", amount: 1) { refundable left { amount } refusal { code } }
      refund(id: "${tenant.refundId}") { status settledAt transaction { id } }
      refunds(shopId: "${tenant.shopId}", filter: { status: [SETTLED, PENDING] }, first: 2) { edges { node { id } } pageInfo { hasNextPage } }
    }`,
    { key: tenant.key },
  );
  expect(data).toMatchObject({
    transaction: {
      refunds: { edges: [1_000, 200, 34].map((amount) => ({ node: { amount: { amount } } })) },
      payment: { refunded: { amount: 1_234, currency: 'PLN' } },
    },
    canRefund: { refundable: false, left: { amount: 0 }, refusal: { code: 'REFUND_EXCEEDS_AMOUNT' } },
    refund: { status: 'SETTLED', settledAt: expect.any(String), transaction: { id: tenant.transactionId } },
    refunds: { edges: [{}, {}], pageInfo: { hasNextPage: true } },
  });
});
