import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelPicture, methodPicture } from '../../../src/paywall/picture-addresses.ts';
import { storeCard } from '../../profiles/store-card.ts';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, saleBody, sellAndSettle, textAt } from './client.ts';
import { settleStranger } from './settle-stranger.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const code = (answer: { readonly body: unknown }): unknown => answer.body;

describe('The REST door lets in', () => {
  it('nobody without a good token', async () => {
    for (const token of ['', 'x', '0'.repeat(64), gateway.demo.apiKey]) {
      const answer = await call(gateway, 'GET /services', { token });
      expect(answer.status).toBe(401);
      expect(code(answer)).toMatchObject({
        apiErrorResponse: { code: 'REQ-ERROR-100401', instance: null, errors: [] },
      });
    }
  });

  it('no REST token at GraphQL', async () => {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.demo.restToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { merchant { id } } }' }),
    });
    expect(await answer.text()).toContain('UNAUTHENTICATED');
  });

  it('nobody under another merchant’s path', async () => {
    const { token } = await settleStranger(gateway);
    expect((await call(gateway, 'GET /services', { token })).status).toBe(403);
  });

  it('nothing of one merchant to another, as if it did not exist', async () => {
    const id = await sellAndSettle(gateway);
    const paymentId = textAt(await call(gateway, `GET /transaction/${id}`), 'transaction.payment.id');
    const back = { type: 'refund', serviceId: gateway.demo.serviceId, amount: 1 };
    const refundId = textAt(await call(gateway, `POST /transaction/${id}/refund`, { body: back }), 'transaction.id');
    const { profileId } = await storeCard(gateway, { shopId: gateway.demo.shopId, customerId: 'mine' });
    const { merchantId, token } = await settleStranger(gateway);
    const stranger = { ...gateway, demo: { ...gateway.demo, merchantId, restToken: token } };
    const { serviceId } = gateway.demo;
    const calls: [string, object?][] = [
      [`GET /transaction/${id}`],
      [`GET /transaction/${refundId}`],
      [`POST /transaction/${id}/capture`],
      [`POST /transaction/${id}/void`],
      [`POST /transaction/${id}/refund`, { type: 'refund', serviceId, amount: 1 }],
      [`POST /transaction/${id}/can-refund`, { amount: 1 }],
      [`GET /payment/${paymentId}`],
      ['POST /payment/cancel', { serviceId, paymentId }],
      ['POST /transaction', saleBody(gateway)],
      [`GET /profile/id/${profileId}`],
      [`DELETE /profile/id/${profileId}`],
      ['POST /profile/deactivate', { paymentProfileId: profileId }],
      [
        'POST /transaction/profile',
        { serviceId, paymentProfileId: profileId, amount: 1, currency: 'PLN', orderId: '1' },
      ],
      [`GET /service/${serviceId}`],
      [`POST /service/${serviceId}/get-payment-methods`, { amount: 1, currency: 'PLN' }],
    ];
    for (const [request, body] of calls) {
      const theirs = await call(stranger, request, { body });
      expect([request, theirs.status]).toEqual([request, 404]);
      const nobodys = await call(stranger, request.replaceAll(id, randomUUID()).replaceAll(paymentId, randomUUID()), {
        body,
      });
      expect(nobodys.status).toBe(404);
    }
    expect((await call(stranger, 'GET /profile/cid/mine')).body).toEqual({ paymentProfiles: [] });
    expect((await call(stranger, 'GET /services')).text).not.toContain(serviceId);
  });
});

describe('The REST door answers', () => {
  it('404 in its own form where there is no endpoint', async () => {
    for (const request of ['GET /nothing', 'DELETE /transaction', 'GET /transaction', 'POST /services']) {
      const answer = await call(gateway, request);
      expect([request, answer.status]).toEqual([request, 404]);
      expect(answer.body).toMatchObject({ apiErrorResponse: { code: 'REQ-ERROR-100404' } });
    }
  });

  it('422 for a body that is too large, and never a card number', async () => {
    expect((await call(gateway, 'POST /transaction', { body: { a: 'x'.repeat(300_000) } })).status).toBe(422);
    const answer = await call(gateway, 'POST /transaction', {
      body: saleBody(gateway, { orderId: '4111111111111111' }),
    });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('4111111111111111');
  });

  it('415 for a body that is compressed, as it says, whatever it is', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect(await call(gateway, 'POST /transaction', { body: saleBody(gateway), headers })).toMatchObject({
      status: 415,
      body: {
        apiErrorResponse: {
          code: 'REQ-ERROR-100415',
          message: 'The body must come as it is; send it without Content-Encoding, not compressed.',
        },
      },
    });
  });

  it('GET with a Content-Type and without an Accept', async () => {
    expect((await call(gateway, `GET /service/${gateway.demo.serviceId}`, { headers: { accept: '' } })).status).toBe(
      200,
    );
  });

  it('keeps refused money operations as evidence', async () => {
    await call(gateway, 'POST /transaction', { body: saleBody(gateway, { amount: -1 }) });
    const { rows } = await gateway.database.pool.query(
      "select code from refused_operation where operation = 'createTransaction' and merchant_id = $1",
      [gateway.demo.merchantId],
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('A payment with an address to send', () => {
  const create = (changes: object = {}) =>
    call(gateway, 'POST /payment', {
      body: {
        ...{ serviceId: gateway.demo.serviceId, amount: 500, currency: 'PLN', orderId: 'LINK/1', title: 'Książka' },
        customer: { firstName: 'Jan', lastName: 'Kowalski' },
        ...{ returnUrl: 'https://shop.example/r', visibleMethod: ['blik', 'card'], validTo: null, simp: '' },
        ...changes,
      },
    });

  it('is refused in a currency that none of its methods takes', async () => {
    const refused = await create({ currency: 'EUR', visibleMethod: ['blik', 'pbl'] });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      {
        apiErrorResponse: { code: 'TRX-ERROR-120104', errors: [{ path: 'currency', rule: 'currency_not_available' }] },
      },
    ]);
    expect(textAt(refused, 'apiErrorResponse.message')).toBe(
      'blik, pbl cannot be paid in EUR; take PLN, or other methods.',
    );
    expect((await create({ currency: 'EUR', visibleMethod: ['blik', 'card'] })).status).toBe(200);
  });

  it('is made, shown flat, and cancelled', async () => {
    const made = await create();
    const id = textAt(made, 'payment.id');
    expect(made.body).toEqual({
      payment: {
        ...{ id, url: `${gateway.url}/pay/${id}`, serviceId: gateway.demo.serviceId, orderId: 'LINK/1' },
        ...{ title: 'Książka', simp: '', amount: 500, currency: 'PLN', returnUrl: 'https://shop.example/r' },
        ...{ failureReturnUrl: '', successReturnUrl: '', notificationUrl: '' },
        customer: { firstName: 'Jan', lastName: 'Kowalski', phone: '', email: '', locale: '' },
        ...{ isActive: true, validTo: expect.any(Number), created: expect.any(Number), modified: expect.any(Number) },
      },
    });
    expect((await fetch(textAt(made, 'payment.url'))).status).toBe(200);
    const shown = await call(gateway, `GET /payment/${id}`);
    expect(Object.keys(shown.body as object)).toEqual(
      (
        'id url serviceId orderId title simp amount currency status isActive validTo created modified isGenerated isUsed ' +
        'usedAt isConfirmVisited confirmVisitedAt returnUrl failureReturnUrl successReturnUrl notificationUrl customer transactions'
      ).split(' '),
    );
    expect(shown.body).toMatchObject({ status: 'new', isUsed: false, usedAt: null, transactions: [] });
    const { serviceId } = gateway.demo;
    const cancelled = await call(gateway, 'POST /payment/cancel', { body: { serviceId, paymentId: id } });
    expect(cancelled.body).toMatchObject({ id, status: 'cancelled', isActive: false });
  });

  it('holds the attempts to pay it', async () => {
    const sale = await call(gateway, 'POST /transaction', { body: saleBody(gateway) });
    const id = textAt(sale, 'transaction.payment.id');
    await expect.poll(async () => textAt(await call(gateway, `GET /payment/${id}`), 'status')).toBe('settled');
    expect((await call(gateway, `GET /payment/${id}`)).body).toMatchObject({
      ...{ isUsed: true, usedAt: expect.any(Number) },
      transactions: [{ id: textAt(sale, 'transaction.id'), status: 'settled', payment: { id, status: 'settled' } }],
    });
  });

  it('passes over methods that the shop lacks, as the form does, as long as one is left', async () => {
    const made = await create({ visibleMethod: ['lease', 'blik'] });
    expect(made.status).toBe(200);
    const page = await (await fetch(`${textAt(made, 'payment.url')}?lang=en`)).text();
    expect(page).toContain('BLIK code');
    expect(page).not.toContain('Payment card');
    expect((await create({ visibleMethod: ['lease'] })).status).toBe(406);
  });

  it('is refused for methods that are no words', async () => {
    expect((await create({ visibleMethod: ['gold'] })).status).toBe(422);
  });
});

describe('What a shop offers', () => {
  it('is told with what a client needs to show a channel', async () => {
    const { body } = await call(gateway, `GET /service/${gateway.demo.serviceId}`);
    expect(body).toMatchObject({
      service: { id: gateway.demo.serviceId, created: expect.any(Number), isActive: true },
    });
    const { paymentMethods } = (body as { service: { paymentMethods: readonly object[] } }).service;
    expect(paymentMethods).toContainEqual({
      ...{ paymentMethod: 'blik', paymentMethodCode: 'blik', isActive: true, isOnline: true, description: 'BLIK' },
      currency: 'PLN',
      transactionLimits: {
        minTransaction: { type: 'number', value: 1 },
        maxTransaction: { type: 'number', value: 999_999_999 },
      },
      paymentMethodImage: [{ png: methodPicture(gateway.url, 'BLIK') }],
      paymentMethodCodeImage: [{ png: channelPicture(gateway.url, 'blik') }],
    });
  });

  it('has pictures below the address of the gateway, each of which is there', async () => {
    const { text } = await call(gateway, `GET /service/${gateway.demo.serviceId}`);
    const addresses = new Set([...text.matchAll(/"png":"([^"]+)"/g)].map(([, address = '']) => address));
    expect(addresses.size).toBeGreaterThan(20);
    for (const address of addresses) {
      expect(address.startsWith(`${gateway.url}/`)).toBe(true);
      const answer = await fetch(address, { redirect: 'error' });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    }
  });

  it('is told of all shops', async () => {
    const { body } = await call(gateway, 'GET /services');
    expect(body).toMatchObject([{ service: { id: gateway.demo.serviceId } }]);
  });

  it('is listed for the payer, by method, in his language', async () => {
    const request = `POST /service/${gateway.demo.serviceId}/get-payment-methods`;
    const { body } = await call(gateway, request, {
      body: { amount: 1234, currency: 'PLN', device: 'mobile', locale: 'en' },
    });
    expect(body).toContainEqual({
      ...{ label: 'Payment card', isOnline: true, priority: expect.any(Number) },
      image: [{ png: methodPicture(gateway.url, 'CARD') }],
      channels: [
        {
          ...{ paymentMethod: 'card', paymentMethodCode: 'ecom3ds', label: 'Payment card', priority: 1 },
          ...{ isOnline: true, image: [{ png: channelPicture(gateway.url, 'ecom3ds') }] },
        },
        {
          ...{ paymentMethod: 'card', paymentMethodCode: 'oneclick', label: 'Saved card', priority: 2 },
          ...{ isOnline: true, image: [{ png: channelPicture(gateway.url, 'oneclick') }] },
        },
        {
          ...{ paymentMethod: 'card', paymentMethodCode: 'recurring', label: 'Card, recurring payment', priority: 3 },
          ...{ isOnline: true, image: [{ png: channelPicture(gateway.url, 'recurring') }] },
        },
      ],
    });
  });

  it('is named by imoje’s words where a method is not offered', async () => {
    const {
      type: _,
      paymentMethod: __,
      paymentMethodCode: ___,
      ...body
    } = saleBody(gateway, { visibleMethod: ['wt'] });
    const setOffered = (enabled: boolean) =>
      gateway.database.pool.query("update shop_method set enabled = $1 where method = 'WIRE_TRANSFER'", [enabled]);
    await setOffered(false);
    // Shops are kept in memory for a while.
    await expect.poll(async () => (await call(gateway, 'POST /payment', { body })).status).toBe(406);
    expect((await call(gateway, 'POST /payment', { body })).body).toMatchObject({
      apiErrorResponse: { message: expect.stringMatching(/does not offer wt; it offers blik, pbl, card, wallet/) },
    });
    await setOffered(true);
  });
});
