import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

const plan = 'validFrom overdraft refundGivesCommission promotion { until } rates { channel ratePercent }';
const mutation = `mutation ($input: SetPricePlanInput!) {
  setPricePlan(input: $input) { ... on SetPricePlanSuccess { pricePlan { ${plan} } } ... on Refusal { code message field } }
}`;

type Plan = { validFrom: string; rates: object[] };

async function set(input: object): Promise<{ pricePlan?: Plan; code?: string; message?: string; field?: string[] }> {
  const rates = [
    { channel: 'blik', percent: '1.2' },
    { channel: '*', percent: '0.99' },
  ];
  const variables = { input: { shopId: gateway.demo.shopId, rates, promotion: false, ...input } };
  const key = gateway.demo.operatorKey;
  return (await ask<{ setPricePlan: object }>(gateway, mutation, { variables, key })).data.setPricePlan;
}

async function plansOf(shopId: string): Promise<Plan[]> {
  const query = `query ($shopId: ID!) { pricePlans(shopId: $shopId) { ${plan} } }`;
  return (await ask<{ pricePlans: Plan[] }>(gateway, query, { variables: { shopId } })).data.pricePlans;
}

describe('The prices of a shop, over GraphQL', () => {
  it('are set by an operator from a moment on, once, and read by the merchant with those before', async () => {
    const { shopId } = gateway.demo;
    const before = await plansOf(shopId);
    const validFrom = '2099-01-01T00:00:00.000Z';
    const made = await set({ validFrom, overdraft: 5 });
    expect(made.pricePlan).toEqual({
      ...{ validFrom, overdraft: 5, refundGivesCommission: false, promotion: null },
      rates: [
        { channel: '*', ratePercent: '0.99' },
        { channel: 'blik', ratePercent: '1.2' },
      ],
    });
    expect(await set({ validFrom, overdraft: 5 })).toEqual(made);
    expect(await plansOf(shopId)).toEqual([made.pricePlan, ...before]);
    expect(before).toMatchObject([{ rates: [{ channel: '*', ratePercent: '1.4' }, {}, {}] }]);
  });

  it('are listed as the last one says where they begin together, also when a clock was set back meanwhile', async () => {
    const { shopId, merchantId } = gateway.demo;
    const [first, ...older] = await plansOf(shopId);
    const validFrom = first?.validFrom ?? '';
    await gateway.database.pool.query('update merchant set clock_offset_ms = -60000 where id = $1', [merchantId]);
    const { pricePlan } = await set({ validFrom, overdraft: 6 });
    await gateway.database.pool.query('update merchant set clock_offset_ms = 0 where id = $1', [merchantId]);
    expect(await plansOf(shopId)).toEqual([pricePlan, ...older]);
  });

  it.each([
    [{ shopId: 'shop' }, 'NOT_FOUND', ['shopId']],
    [{ shopId: '00000000-0000-4000-8000-000000000000' }, 'NOT_FOUND', ['shopId']],
    [{ rates: [{ channel: '*', percent: '101' }] }, 'INVALID_INPUT', ['rates']],
    [{ validFrom: '2020-01-01T00:00:00Z' }, 'INVALID_INPUT', ['validFrom']],
    [{ overdraft: -1 }, 'INVALID_INPUT', ['overdraft']],
  ])('are refused in one sentence with %j, and stay as they are', async (input, code, field) => {
    const before = await plansOf(gateway.demo.shopId);
    expect(await set(input)).toMatchObject({ code, field });
    expect(await plansOf(gateway.demo.shopId)).toEqual(before);
  });
});
