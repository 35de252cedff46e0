import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeCard } from '../../profiles/store-card.ts';
import { createPayment, updateShop } from '../../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import {
  chargeAlias,
  ended as endOf,
  aliasesOf as listAliases,
  payer,
  register as registerAlias,
} from './alias-calls.ts';
import { call, type RestAnswer } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const customer = payer;
const aliasesOf = (cid: string) => listAliases(gateway, cid);
const register = (cid: string, blikCode?: string) => registerAlias(gateway, cid, blikCode);
const charge = (blikProfileId: string, changes?: object) => chargeAlias(gateway, blikProfileId, changes);
const ended = (answer: RestAnswer) => endOf(gateway, answer);

describe('A BLIK alias', () => {
  it('is registered by the first payment, and listed with its bank app', async () => {
    expect(await register('one-app')).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), label: 'Simulated bank app', isActive: 1 },
      aliasList: [{ key: 'app-1', label: 'Simulated bank app' }],
    });
    expect((await call(gateway, 'GET /profile/cid/one-app')).body).toEqual({ paymentProfiles: [] });
  });

  it('needs the shop’s name of the customer, and is not registered by a refused payment', async () => {
    const { cid: _, ...unnamed } = customer('');
    const body = (changes: object) => ({ paymentMethodCode: 'blik_oneclick', ...changes });
    const { status, body: refused } = await call(gateway, 'POST /transaction', {
      body: {
        ...{ type: 'sale', serviceId: gateway.demo.serviceId, amount: 1, currency: 'PLN', orderId: '1' },
        ...{ paymentMethod: 'blik', blikCode: '777123', clientIp: '192.0.2.7', customer: unnamed },
        ...body({}),
      },
    });
    expect([status, refused]).toMatchObject([422, { apiErrorResponse: { errors: [{ path: 'customer.cid' }] } }]);
    const answer = await call(gateway, 'POST /transaction', {
      body: {
        ...{ type: 'sale', serviceId: gateway.demo.serviceId, amount: 1, currency: 'PLN', orderId: '1' },
        ...{ paymentMethod: 'blik', blikCode: '960111', clientIp: '192.0.2.7', customer: customer('poor') },
        ...body({}),
      },
    });
    await ended(answer);
    expect(await aliasesOf('poor')).toEqual([]);
  });

  it('pays without a code, once the payer has confirmed', async () => {
    const alias = await register('pays');
    const answer = await charge(alias.id, { blikKey: 'app-1' });
    expect(answer.body).toMatchObject({
      transaction: { paymentMethod: 'blik', paymentMethodCode: 'blik_oneclick', amount: 1234, orderId: '7' },
    });
    expect(answer.body).not.toHaveProperty('action');
    expect((await ended(answer)).body).toMatchObject({ transaction: { status: 'settled' } });
    expect((await ended(await charge(alias.id))).body).toMatchObject({ transaction: { status: 'settled' } });
    expect(await aliasesOf('pays')).toEqual([alias]);
  });

  it('that two bank apps hold pays by the one that is named', async () => {
    const alias = await register('two-apps', '700010');
    expect(alias).toMatchObject({ label: 'BLIK', aliasList: [{ key: 'app-1' }, { key: 'app-2' }] });
    const { status, body } = await charge(alias.id);
    expect([status, body]).toMatchObject([422, { apiErrorResponse: { errors: [{ path: 'blikKey' }] } }]);
    expect((await ended(await charge(alias.id, { blikKey: 'app-2' }))).body).toMatchObject({
      transaction: { status: 'settled' },
    });
    const unknown = await ended(await charge(alias.id, { blikKey: 'app-3' }));
    expect(unknown.body).toMatchObject({ transaction: { status: 'rejected', statusCode: 'BLK-ERROR-210002' } });
  });

  it('ends with its last bank app, and cannot pay then', async () => {
    const { id } = await register('ends', '700010');
    const end = (blikKey: string) =>
      call(gateway, 'POST /profile/deactivate/blik', { body: { blikProfileId: id, blikKey } });
    expect((await end('app-9')).status).toBe(404);
    expect((await end('app-1')).body).toMatchObject({
      blikProfile: { isActive: 1, label: 'Other simulated bank app', aliasList: [{ key: 'app-2' }] },
    });
    expect((await end('app-2')).body).toMatchObject({ blikProfile: { isActive: 0 } });
    const refused = await charge(id, { blikKey: 'app-2' });
    expect([refused.status, refused.body]).toMatchObject([422, { apiErrorResponse: { code: 'TRX-ERROR-120301' } }]);
  });

  it('and a card are not taken for each other', async () => {
    const alias = await register('mixed');
    const { profileId } = await storeCard(gateway, { shopId: gateway.demo.shopId, customerId: 'mixed' });
    expect((await charge(profileId)).status).toBe(404);
    expect((await call(gateway, `GET /profile/id/${alias.id}`)).status).toBe(404);
    expect((await call(gateway, `DELETE /profile/id/${alias.id}`)).status).toBe(404);
    expect((await charge(randomUUID())).status).toBe(404);
    const ended = await call(gateway, 'POST /profile/deactivate/blik', { body: { blikProfileId: profileId } });
    expect([ended.status, ended.body]).toMatchObject([
      404,
      { apiErrorResponse: { errors: [{ path: 'blikProfileId' }] } },
    ]);
    expect((await call(gateway, `GET /profile/id/${profileId}`)).body).toMatchObject({
      paymentProfile: { isActive: 1 },
    });
  });
});

/** No keys of bank apps: what is kept of them is a short line, and never a card number. */
const noKeys = ['4111 1111 1111 1111', 'a\0b', '\ud800', 'x'.repeat(101)];

const paymentsMade = async (): Promise<unknown> =>
  (await gateway.database.pool.query('select count(*) from payment')).rows[0]?.count;

describe('A key of a bank app that is none', () => {
  it('is refused before a payment is made', async () => {
    const { id } = await register('no-key');
    const before = await paymentsMade();
    for (const blikKey of noKeys) {
      const { status, body } = await charge(id, { blikKey });
      expect([status, body]).toMatchObject([422, { apiErrorResponse: { errors: [{ path: 'blikKey' }] } }]);
    }
    expect(await paymentsMade()).toBe(before);
  });
});

describe('At GraphQL a BLIK alias', () => {
  async function start(paymentId: string, blik: object, key?: string): Promise<Record<string, unknown>> {
    const query = `mutation ($input: StartTransactionInput!) {
      startTransaction(input: $input) {
        ... on StartTransactionSuccess {
          transaction { status profile { id } }
          action { ... on ChooseBankApp { apps { key label } } ... on ConfirmInApp { expiresAt } }
        }
        ... on Refusal { code field }
      }
    }`;
    const variables = { input: { paymentId, idempotencyKey: randomUUID(), method: 'BLIK', blik } };
    const { data } = await ask<{ startTransaction: Record<string, unknown> }>(gateway, query, {
      variables,
      ...(key && { key }),
    });
    return data.startTransaction;
  }

  async function newPayment(): Promise<string> {
    const { payment } = await createPayment(gateway, { idempotencyKey: randomUUID() });
    return payment?.id ?? '';
  }

  it('held by several bank apps lets the payer choose, and then confirm', async () => {
    const { id: profileId, aliasList } = await register('choose', '700010');
    const paymentId = await newPayment();
    expect(await start(paymentId, { profileId })).toEqual({
      transaction: { status: 'NEW', profile: { id: profileId } },
      action: { apps: aliasList },
    });
    expect(await start(paymentId, { profileId, appKey: 'app-2' })).toMatchObject({
      transaction: { status: 'PENDING' },
      action: { expiresAt: expect.any(String) },
    });
  });

  it('does not go with a code, nor is a card taken for one', async () => {
    const { id } = await register('wrong-use');
    const paymentId = await newPayment();
    const { profileId } = await storeCard(gateway, { shopId: gateway.demo.shopId, customerId: 'wrong-use' });
    for (const blik of [{ profileId: id, code: '777123' }, { profileId }]) {
      expect(await start(paymentId, blik)).toEqual({ code: 'INVALID_INPUT', field: ['blik', 'profileId'] });
    }
    expect(await start(paymentId, { profileId: randomUUID() })).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is not charged by a key that no bank app can have', async () => {
    const { id: profileId } = await register('no-app');
    const paymentId = await newPayment();
    const before = await paymentsMade();
    const chargeIt = `mutation ($input: ChargeProfileInput!) {
      chargeProfile(input: $input) { ... on Refusal { code field } }
    }`;
    for (const appKey of ['', ...noKeys]) {
      expect(await start(paymentId, { profileId, appKey })).toEqual({
        code: 'INVALID_INPUT',
        field: ['blik', 'appKey'],
      });
      const input = { shopId: gateway.demo.shopId, profileId, appKey, amount: 1, currency: 'PLN', orderId: '1' };
      const { data } = await ask(gateway, chargeIt, {
        variables: { input: { ...input, idempotencyKey: randomUUID() } },
      });
      expect(data).toEqual({ chargeProfile: { code: 'INVALID_INPUT', field: ['appKey'] } });
    }
    expect(await paymentsMade()).toBe(before);
  });
});
