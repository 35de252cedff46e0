import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway.stop());

test('a key that may only read payments reads neither the settings nor the balances of a shop by way of a payment', async () => {
  const make = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeySuccess { secret } } }`;
  const key = { name: 'reader', scopes: ['payments:read'] };
  const made = await ask<{ createApiKey: { secret: string } }>(gateway, make, { variables: { input: key } });
  const customer = 'customer: {firstName: "Jan", lastName: "Kowalski"}';
  const payment = `shopId: "${gateway.demo.shopId}", idempotencyKey: "1", amount: 100, currency: PLN, orderId: "1", ${customer}`;
  const created = await ask<{ createPayment: { payment: { id: string } } }>(
    gateway,
    `mutation { createPayment(input: {${payment}}) { ... on CreatePaymentSuccess { payment { id } } } }`,
  );
  const query = `{ payment(id: "${created.data.createPayment.payment.id}") { shop { name notificationUrl } } }`;
  const refused = await ask(gateway, query, { key: made.data.createApiKey.secret });
  expect(refused.data).toEqual({ payment: { shop: { name: 'Sklep Demo', notificationUrl: null } } });
  expect(refused.errors?.map((error) => error.extensions.code)).toEqual(['FORBIDDEN']);
  expect((await ask(gateway, query)).errors).toBeUndefined();
  const balances = query.replace('notificationUrl', 'balances { amount currency }');
  const poor = await ask(gateway, balances, { key: made.data.createApiKey.secret });
  expect(poor.errors).toMatchObject([
    { message: expect.stringContaining('payouts:read'), extensions: { code: 'FORBIDDEN' } },
  ]);
  expect(JSON.stringify((await ask(gateway, balances)).data)).toContain('{"amount":0,"currency":"PLN"}');
});
