import { expect, it } from 'vitest';
import { urlOf } from '../src/open-storage.ts';
import { ask, startTestGateway } from './support/gateway.ts';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:4000'],
  ['::1', 'http://[::1]:4000'],
  ['pay.example', 'http://pay.example:4000'],
  ['0.0.0.0', 'http://localhost:4000'],
  ['::', 'http://localhost:4000'],
  ['0:0:0:0:0:0:0:0', 'http://localhost:4000'],
])('The address of a gateway that listens at %s is one that a link can lead to', (host, url) => {
  expect(urlOf(host, 4000)).toBe(url);
});

it('A sandbox that listens at all addresses leads payers to localhost', async () => {
  const gateway = await startTestGateway({ host: '0.0.0.0' });
  const made = `mutation ($shopId: ID!) {
    createPayment(input: { shopId: $shopId, idempotencyKey: "one", amount: 100, currency: PLN, orderId: "1",
      customer: { firstName: "Jan", lastName: "Kowalski" } }) { ... on CreatePaymentSuccess { payment { url } } }
  }`;
  const { data } = await ask<{ createPayment: { payment: { url: string } } }>(gateway, made, {
    variables: { shopId: gateway.demo.shopId },
  });
  const { url } = data.createPayment.payment;
  expect(url).toMatch(/^http:\/\/localhost:\d+\/pay\//);
  expect((await fetch(url)).status).toBe(200);
  await gateway.stop();
});
