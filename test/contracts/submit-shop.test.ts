import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveKey } from '../graphql/world.ts';
import { createMerchant } from '../support/factories.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type ContractWorld, openWorld } from './world.ts';

let gateway: TestGateway;
let world: ContractWorld;

beforeAll(async () => {
  gateway = await startTestGateway();
  world = openWorld(gateway);
});

afterAll(() => gateway.stop());

const shop = { idempotencyKey: 'further', name: 'Talerze', url: 'https://talerze.example' };
const submit = (key: string) => world.run('submitShop', shop, { key, select: 'shop { id status currencies }' });

describe('A further shop', () => {
  it('is refused to a merchant who could be paid out in no currency, until he has an account', async () => {
    const merchantId = await createMerchant(gateway.database);
    const { secret: key } = await giveKey(gateway.database, { merchantId });
    await gateway.database.pool.query('delete from payout_account where merchant_id = $1', [merchantId]);
    expect(await submit(key)).toMatchObject({
      ...{ code: 'WRONG_STATE', message: expect.stringMatching(/ask for a payout account first/) },
    });
    expect(await gateway.database.prisma.shop.count({ where: { merchantId } })).toBe(0);
    const account = { idempotencyKey: 'a', currency: 'EUR', iban: 'PL74999000090000000000000001' };
    await world.run('requestPayoutAccount', account, { key });
    await world.pass(merchantId, 7);
    await expect
      .poll(() => submit(key), { timeout: 10_000 })
      .toMatchObject({ shop: { status: 'SUBMITTED', currencies: ['EUR'] } });
  });
});

it('A payout account of a further currency lets all shops take it once it is in force', async () => {
  const { merchantId, shopId, apiKey: key } = await world.settle();
  const { shop: waiting } = (await submit(key)) as { shop?: { id: string } };
  const account = { idempotencyKey: 'a', currency: 'EUR', iban: 'PL74999000090000000000000001' };
  await world.run('requestPayoutAccount', account, { key });
  const pay = () =>
    world.run(
      'createPayment',
      {
        ...{ shopId, idempotencyKey: 'p', orderId: 'o', amount: 100, currency: 'EUR' },
        customer: { firstName: 'Jan', lastName: 'Nowak', email: 'jan@shop.example' },
      },
      { key, select: 'payment { id }' },
    );
  expect(await pay()).toMatchObject({ code: 'CURRENCY_NOT_AVAILABLE' });
  await world.pass(merchantId, 7);
  await expect.poll(pay, { timeout: 10_000 }).toMatchObject({ payment: {} });
  const shops = await gateway.database.prisma.shop.findMany({ where: { merchantId }, orderBy: { createdAt: 'asc' } });
  expect(shops).toMatchObject([
    { id: shopId, currencies: ['PLN', 'EUR'] },
    { id: waiting?.id, currencies: ['PLN', 'EUR'] },
  ]);
  await expect.poll(() => world.statusOf(waiting?.id ?? ''), { timeout: 10_000 }).toBe('ACTIVE');
  const accounts = 'select owner, currency from account where owner = any($1) order by owner, currency';
  const ids = [shopId, waiting?.id ?? ''].sort();
  expect((await gateway.database.pool.query(accounts, [ids])).rows).toEqual(
    ids.flatMap((owner) => ['PLN', 'EUR'].map((currency) => ({ owner, currency }))),
  );
});
