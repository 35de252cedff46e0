import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signed } from '../imoje/form/sign-by-hand.ts';
import { call, saleBody, textAt } from '../imoje/rest/client.ts';
import { storeCard } from '../profiles/store-card.ts';
import { updateShop } from '../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const one = { ban: '72105000028166973380325415', amount: 1000, label: 'Firma A' };
const other = { ban: '58105000025503268251444948', amount: 234, label: 'Firma B' };

async function sharesOf(paymentId: string): Promise<unknown> {
  const query = 'query ($id: ID!) { payment(id: $id) { shares { iban label title amount { amount currency } } } }';
  const { data } = await ask<{ payment: { shares: unknown } }>(gateway, query, { variables: { id: paymentId } });
  return data.payment.shares;
}

const share = ({ ban, amount, label }: typeof one, title: string | null = null) => ({
  ...{ iban: `PL${ban}`, label, title, amount: { amount, currency: 'PLN' } },
});
const sell = (multipayout: unknown) => call(gateway, 'POST /transaction', { body: saleBody(gateway, { multipayout }) });

describe('A payment is split over recipients', () => {
  it('by POST /transaction and POST /payment', async () => {
    const sale = await sell([one, other]);
    expect(await sharesOf(textAt(sale, 'transaction.payment.id'))).toEqual([share(one), share(other)]);
    const {
      type: _,
      paymentMethod: __,
      paymentMethodCode: ___,
      ...body
    } = saleBody(gateway, {
      multipayout: [{ ...one, title: 'Faktura 1' }],
    });
    const payment = await call(gateway, 'POST /payment', { body });
    expect(await sharesOf(textAt(payment, 'payment.id'))).toEqual([share(one, 'Faktura 1')]);
  });

  it('by a charge of a stored card', async () => {
    const { profileId } = await storeCard(gateway, { shopId: gateway.demo.shopId, customerId: 'basket' });
    const answer = await call(gateway, 'POST /transaction/profile', {
      body: {
        ...{ serviceId: gateway.demo.serviceId, paymentProfileId: profileId, amount: 1234, currency: 'PLN' },
        ...{ orderId: '1', data: { multipayout: [other] } },
      },
    });
    expect(await sharesOf(textAt(answer, 'transaction.payment.id'))).toEqual([share(other)]);
  });

  it('by the form, over recipients that were named before', async () => {
    await sell([one]);
    const fields = {
      ...{ merchantId: gateway.demo.merchantId, serviceId: gateway.demo.serviceId, amount: '1234', currency: 'PLN' },
      ...{ orderId: '1', customerFirstName: 'Jan', customerLastName: 'Kowalski' },
      ...{ 'multipayout[0][amount]': '1000', 'multipayout[0][ban]': one.ban, 'multipayout[0][label]': one.label },
    };
    const body = new URLSearchParams(signed(fields, gateway.demo.serviceKey));
    const answer = await fetch(`${gateway.url}/payment`, { method: 'POST', body, redirect: 'manual' });
    const paymentId = answer.headers.get('location')?.split('/')[2]?.split('?')[0] ?? '';
    expect(await sharesOf(paymentId)).toEqual([share(one)]);
  });

  it('once, however often the call is sent, and with one recipient for each account', async () => {
    const headers = { 'idempotency-key': 'split-once' };
    const body = saleBody(gateway, { multipayout: [one, { ...one, amount: 1, label: 'Firma A, prowizja' }] });
    const [first, second] = [
      await call(gateway, 'POST /transaction', { body, headers }),
      await call(gateway, 'POST /transaction', { body, headers }),
    ];
    const id = textAt(first, 'transaction.payment.id');
    expect(textAt(second, 'transaction.payment.id')).toBe(id);
    expect(await sharesOf(id)).toHaveLength(2);
    const { rows } = await gateway.database.pool.query('select name from recipient where iban = $1', [`PL${one.ban}`]);
    expect(rows).toEqual([{ name: 'Firma A' }]);
  });

  it('through many calls at once without waiting in a circle', async () => {
    const baskets = Array.from({ length: 12 }, (_, place) => (place % 2 === 0 ? [one, other] : [other, one]));
    const answers = await Promise.all(baskets.map((basket) => sell(basket)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });
});

describe('A split is refused', () => {
  it.each([
    ['that comes to more than the payment', [one, { ...other, amount: 235 }], 'multipayout'],
    ['of which only some have a title', [{ ...one, title: 'Faktura 1' }, other], 'multipayout'],
    ['over an account that is none', [{ ...one, ban: '1' }], 'multipayout.0.ban'],
    ['of nothing', [{ ...one, amount: 0 }], 'multipayout.0.amount'],
    ['over 101 recipients', Array.from({ length: 101 }, () => ({ ...one, amount: 1 })), 'multipayout'],
  ])('%s', async (_, multipayout, path) => {
    const { status, body } = await sell(multipayout);
    expect([status, body]).toMatchObject([422, { apiErrorResponse: { errors: [{ path }] } }]);
  });

  it('with the name that the field has in the form', async () => {
    const fields = {
      ...{ merchantId: gateway.demo.merchantId, serviceId: gateway.demo.serviceId, amount: '999', currency: 'PLN' },
      ...{ orderId: '1', customerFirstName: 'Jan', customerLastName: 'Kowalski' },
      ...{ 'multipayout[0][amount]': '1000', 'multipayout[0][ban]': one.ban, 'multipayout[0][label]': one.label },
    };
    const body = new URLSearchParams(signed(fields, gateway.demo.serviceKey));
    const answer = await fetch(`${gateway.url}/en/payment`, { method: 'POST', body });
    expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining('multipayout')]);
  });
});
