import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import { promotionOf } from '../../src/pricing/model.ts';
import { insertPlan } from '../../src/pricing/store.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'all' });
  tenant = await settleTenant(gateway, { mark: 'commissionzq' });
});

afterAll(() => gateway.stop());

const fields = `amount { amount currency } base { amount } ratePercent rule planFrom
  promotion { state until limit { amount } turnover { amount } left { amount } }
  counted { amount } refundGivesCommission givenBack { amount } explanation`;

type Explanation = { explanation: string[]; amount: { amount: number } };

async function quote(given: object = {}): Promise<{ data: { quoteCommission: Explanation }; errors?: unknown }> {
  return ask(
    gateway,
    `query($shopId: ID!, $channel: String!, $amount: MinorUnits!, $currency: Currency!) {
      quoteCommission(shopId: $shopId, channel: $channel, amount: $amount, currency: $currency) { ${fields} } }`,
    {
      key: tenant.key,
      variables: { shopId: tenant.shopId, channel: 'blik', amount: 10_000, currency: 'PLN', ...given },
    },
  );
}

async function explain(transactionId: string): Promise<Explanation | null> {
  const query = `query($id: ID!) { explainCommission(transactionId: $id) { ${fields} } }`;
  const answer = await ask<{ explainCommission: Explanation | null }>(gateway, query, {
    key: tenant.key,
    variables: { id: transactionId },
  });
  return answer.data.explainCommission;
}

it('A quote says what a sale would cost, and why', async () => {
  const { data } = await quote();
  expect(data.quoteCommission).toEqual({
    ...{ amount: { amount: 159, currency: 'PLN' }, base: { amount: 10_000 }, ratePercent: '1.59' },
    ...{ rule: '1.59 % for the channel blik, rounded half up.', planFrom: '2025-01-01T00:00:00.000Z' },
    promotion: { state: 'NONE', until: null, limit: null, turnover: null, left: null },
    ...{ counted: null, refundGivesCommission: false, givenBack: { amount: 0 } },
    explanation: [
      '1.59 PLN of 100.00 PLN: 1.59 % for the channel blik, rounded half up.',
      'By the price plan in force since 2025-01-01.',
      'The plan has no promotion.',
      'A refund does not give the commission back.',
      'It is taken from the payout; no invoice follows.',
    ],
  });
});

it.each([
  [{ channel: 'cash' }, 'There is no channel \\"cash\\"'],
  [{ currency: 'EUR' }, 'The channel blik takes PLN, not EUR.'],
  [{ amount: 0 }, 'The amount must be 1 to 999999999 minor units, not 0.'],
  [{ shopId: '00000000-0000-4000-8000-000000000000' }, 'No shop with this id belongs to you.'],
])('A quote for %j is refused', async (given, sentence) => {
  expect(JSON.stringify((await quote(given)).errors)).toContain(sentence);
});

it('A quote for a shop that has no prices yet is refused', async () => {
  const submission = { idempotencyKey: 'quoted', name: 'Kubki', url: 'https://kubki.example' };
  const submit = `mutation($input: SubmitShopInput!) {
    submitShop(input: $input) { ... on SubmitShopSuccess { shop { id } } ... on Refusal { message } } }`;
  const { data } = await ask<{ submitShop: { shop: { id: string } } }>(gateway, submit, {
    key: tenant.key,
    variables: { input: submission },
  });
  expect(await quote({ shopId: data.submitShop.shop.id })).toMatchObject({
    errors: [
      {
        message: 'This shop takes no payments while it is submitted.',
        extensions: { code: 'SHOP_NOT_ACTIVE', field: ['shopId'] },
      },
    ],
  });
});

it('A settled transaction is explained as it was, and one that has not settled is not', async () => {
  expect(await explain(tenant.transactionId)).toMatchObject({ promotion: { state: 'NONE' }, counted: null });
  const answer = await ask<{ transactions: { edges: { node: { id: string } }[] } }>(
    gateway,
    'query($id: ID!) { transactions(shopId: $id, filter: { status: [AUTHORIZED] }) { edges { node { id } } } }',
    { key: tenant.key, variables: { id: tenant.shopId } },
  );
  const [open] = answer.data.transactions.edges;
  expect(await explain(open?.node.id ?? '')).toBeNull();
});

it('A quote tells what of the promotion is left', async () => {
  const now = new Date();
  const day = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO('Europe/Warsaw').toPlainDate();
  const promotion = promotionOf(now);
  const plan = { shopId: tenant.shopId, validFrom: now, createdAt: now, ratesPpm: { '*': 14_000 } };
  await inTransaction(gateway.database, (tx) =>
    insertPlan(tx, { ...plan, id: newId(now), promotion, refundGivesCommission: true }),
  );
  const until = promotion.until.toISOString();
  const { data } = await quote({ channel: 'ecom3ds', currency: 'EUR' });
  const lastDay = day.add({ months: 3 });
  expect(data.quoteCommission).toMatchObject({
    ...{ amount: { amount: 0, currency: 'EUR' }, ratePercent: '0', refundGivesCommission: true },
    promotion: {
      ...{ state: 'APPLIED', until, limit: { amount: 100_000_000 }, turnover: { amount: 0 } },
      left: { amount: 100_000_000 },
    },
  });
  expect(data.quoteCommission.explanation[2]).toBe(
    `The promotion makes it free: it lasts to the end of ${lastDay} or until the turnover reaches 1000000.00 PLN; before the sale it was 0.00 PLN, so 1000000.00 PLN were left.`,
  );
});

it('A quote in a currency that the shop does not take is refused', async () => {
  await gateway.database.pool.query('update shop set currencies = $2 where id = $1', [tenant.shopId, ['PLN', 'EUR']]);
  const quoted = async () => (await quote({ channel: 'ecom3ds', currency: 'USD' })).errors;
  await expect
    .poll(quoted)
    .toMatchObject([
      { message: 'USD cannot be taken here; take one of PLN, EUR.', extensions: { code: 'CURRENCY_NOT_AVAILABLE' } },
    ]);
});
