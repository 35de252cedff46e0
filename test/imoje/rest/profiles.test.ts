import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterCard, storeCard } from '../../profiles/store-card.ts';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { openShopServer, type ShopServer } from '../../webhooks/shop-server.ts';
import { call, type RestAnswer, saleBody, textAt } from './client.ts';

let gateway: TestGateway;
let site: ShopServer;

beforeAll(async () => {
  gateway = await startTestGateway();
  site = await openShopServer();
  await updateShop(gateway, { sandboxDelayMs: 0, notificationUrl: site.url });
});
afterAll(async () => {
  await site.close();
  await gateway.stop();
});

const customer = (cid: string) => ({ firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com', cid });
const first = (cid: string, code = 'oneclick') =>
  saleBody(gateway, {
    ...{ paymentMethod: 'card', paymentMethodCode: code, customer: customer(cid) },
    ...{ blikCode: undefined, clientIp: undefined },
  });
const store = (customerId: string, number?: string) =>
  storeCard(gateway, { shopId: gateway.demo.shopId, customerId, ...(number && { number }) });
const charge = (paymentProfileId: string, changes: object = {}): Promise<RestAnswer> =>
  call(gateway, 'POST /transaction/profile', {
    body: {
      ...{ serviceId: gateway.demo.serviceId, paymentProfileId, amount: 500, currency: 'PLN', orderId: 'NEXT/1' },
      ...changes,
    },
  });

/** A card of the customer as section 8 of the protocol prints it. */
const cardOf = (cid: string, changes: object = {}) => ({
  ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), merchantMid: gateway.demo.merchantId, merchantCustomerId: cid },
  ...{ firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com', maskedNumber: '****1111' },
  ...{ month: '12', year: '2029', organization: 'VISA', isActive: 1, profile: 'ONE_CLICK' },
  firstTransactionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  ...changes,
});

/** What the shop was told of a transaction in a state. */
async function toldOf(transactionId: string, status: string): Promise<{ paymentProfile?: object }> {
  const find = () =>
    site.received
      .map(({ body }) => (JSON.parse(body) as { transaction?: { id: string; status: string } }).transaction)
      .find((told) => told?.id === transactionId && told.status === status);
  await expect.poll(find).toBeDefined();
  return find() as { paymentProfile?: object };
}

describe('A first payment by oneclick or recurring', () => {
  it('needs the shop’s name of the customer', async () => {
    const { status, body } = await call(gateway, 'POST /transaction', {
      body: { ...first(''), customer: { ...customer(''), cid: undefined } },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      apiErrorResponse: {
        message: expect.stringMatching(/^customer\.cid is required/),
        errors: [{ path: 'customer.cid' }],
      },
    });
  });

  it.each([
    ['oneclick', 'ONE_CLICK', 'Sklep Demo will keep this card'],
    ['recurring', 'RECURRING', 'you allow Sklep Demo to charge this card again later'],
  ])('by %s stores the card that the payer enters, who is told so before', async (code, profile, words) => {
    const cid = `first-${code}`;
    const answer = await call(gateway, 'POST /transaction', { body: first(cid, code) });
    expect(answer.body).toMatchObject({
      transaction: { status: 'new', paymentMethod: 'card', paymentMethodCode: code },
      action: { type: 'redirect', method: 'GET' },
    });
    const paymentId = textAt(answer, 'transaction.payment.id');
    const page = await fetch(`${textAt(answer, 'action.url')}?lang=en`);
    expect(await page.text()).toContain(words);
    await enterCard(gateway, paymentId);
    const id = textAt(answer, 'transaction.id');
    const read = await call(gateway, `GET /transaction/${id}`);
    expect(read.body).toMatchObject({
      transaction: { status: 'settled', paymentProfile: cardOf(cid, { profile, firstTransactionId: id }) },
    });
    const { email: _, firstTransactionId: __, ...told } = cardOf(cid, { profile }) as Record<string, unknown>;
    expect((await toldOf(id, 'settled')).paymentProfile).toEqual(told);
  });

  it('says nothing of storing where nothing is stored', async () => {
    const answer = await call(gateway, 'POST /transaction', { body: first('none', 'ecom3ds') });
    const page = await fetch(`${textAt(answer, 'action.url')}?lang=en`);
    expect(await page.text()).not.toContain('this card');
  });
});

describe('A stored card', () => {
  it('is read by its id, and with all others of its customer', async () => {
    const [one, other] = [await store('reader'), await store('reader')];
    const read = await call(gateway, `GET /profile/id/${one.profileId}`);
    expect(read.body).toEqual({ paymentProfile: cardOf('reader', { id: one.profileId }) });
    expect(Object.keys((read.body as { paymentProfile: object }).paymentProfile)).toEqual(
      (
        'id merchantMid merchantCustomerId firstName lastName email maskedNumber month year organization isActive ' +
        'profile firstTransactionId'
      ).split(' '),
    );
    expect((await call(gateway, 'GET /profile/cid/reader')).body).toEqual({
      paymentProfiles: [cardOf('reader', { id: one.profileId }), cardOf('reader', { id: other.profileId })],
    });
    expect((await call(gateway, 'GET /profile/cid/nobody')).body).toEqual({ paymentProfiles: [] });
    expect((await call(gateway, `GET /profile/id/${randomUUID()}`)).status).toBe(404);
    expect((await call(gateway, 'GET /profile/cid/n%20o')).status).toBe(422);
  });

  it('is charged without its holder, once for each key', async () => {
    const { profileId } = await store('charged');
    const wish = { title: 'Abonament', notificationUrl: site.url };
    const answer = await charge(profileId, wish);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      transaction: {
        ...{ type: 'sale', status: 'settled', source: 'api', amount: 500, orderId: 'NEXT/1', title: 'Abonament' },
        ...{
          paymentMethod: 'card',
          paymentMethodCode: 'oneclick',
          paymentProfile: cardOf('charged', { id: profileId }),
        },
      },
    });
    expect(answer.text).not.toContain('statusCode');
    expect((await toldOf(textAt(answer, 'transaction.id'), 'settled')).paymentProfile).toMatchObject({ id: profileId });
    const headers = { 'idempotency-key': randomUUID() };
    const body = {
      serviceId: gateway.demo.serviceId,
      paymentProfileId: profileId,
      amount: 1,
      currency: 'PLN',
      orderId: '1',
    };
    const [once, again] = [
      await call(gateway, 'POST /transaction/profile', { body, headers }),
      await call(gateway, 'POST /transaction/profile', { body, headers }),
    ];
    expect(textAt(again, 'transaction.id')).toBe(textAt(once, 'transaction.id'));
  });

  it.each([
    ['4485201817664006', 'rejected', 'CODE_05'],
    ['4282513338596268', 'error', undefined],
  ])('of the number %s is charged in vain, as documented: %s', async (number, status, code) => {
    const { profileId } = await store(`vain-${status}`, number);
    const answer = await charge(profileId);
    expect(answer.status).toBe(200);
    expect(textAt(answer, 'transaction.status')).toBe(status);
    if (code) expect(answer.body).toMatchObject({ transaction: { statusCode: code } });
    expect((await toldOf(textAt(answer, 'transaction.id'), status)).paymentProfile).toMatchObject({ id: profileId });
  });

  it.each(['DELETE', 'POST'])('is ended by %s, for good, and cannot be charged then', async (way) => {
    const { profileId } = await store(`ended-${way}`);
    const end = () =>
      way === 'DELETE'
        ? call(gateway, `DELETE /profile/id/${profileId}`)
        : call(gateway, 'POST /profile/deactivate', { body: { paymentProfileId: profileId } });
    for (let times = 0; times < 2; times++) {
      const ended = await end();
      expect([ended.status, ended.body]).toEqual([200, { paymentProfile: cardOf(`ended-${way}`, { isActive: 0 }) }]);
    }
    const refused = await charge(profileId);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      apiErrorResponse: { code: 'TRX-ERROR-120301', errors: [{ path: 'paymentProfileId' }] },
    });
  });

  it('is refused with the field that is wrong', async () => {
    const { profileId } = await store('wrong');
    for (const [changes, path] of [
      [{ amount: 0 }, 'amount'],
      [{ currency: 'XXX' }, 'currency'],
      [{ orderId: '' }, 'orderId'],
    ] as const) {
      const { status, body } = await charge(profileId, changes);
      expect([status, body]).toMatchObject([422, { apiErrorResponse: { errors: [{ path }] } }]);
    }
    expect((await charge(randomUUID())).status).toBe(404);
    expect((await charge(profileId, { serviceId: '11111111-2222-4333-8444-555555555555' })).status).toBe(404);
  });
});
