import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, saleBody, sell, sellAndSettle, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const paymentBody = (changes: object): object => {
  const { type: _, paymentMethod: __, paymentMethodCode: ___, blikCode: ____, ...body } = saleBody(gateway, changes);
  return body;
};
const documentsOf = async (paymentId: string): Promise<unknown> =>
  (await gateway.database.pool.query('select documents from payment where id = $1', [paymentId])).rows[0]?.documents;

const objects = ['card', 'wallet', 'invoice', 'cart', 'billing', 'shipping'];

describe('PHP’s empty array, and an empty object, in an optional object are no object', () => {
  it.each([
    ['[]', []],
    ['{}', {}],
  ])('%s', async (_, nothing) => {
    const changes = Object.fromEntries(objects.map((name) => [name, nothing]));
    const sold = await sell(gateway, { ...changes, multipayout: [] });
    expect(sold.status).toBe(200);
    expect(await documentsOf(textAt(sold, 'transaction.payment.id'))).toBeNull();
    const sent = await call(gateway, 'POST /payment', { body: paymentBody({ ...changes, visibleMethod: [] }) });
    expect(sent.status).toBe(200);
    expect(await documentsOf(textAt(sent, 'payment.id'))).toBeNull();
  });

  it('nor is one of nothing but empty fields, and those in documents', async () => {
    const item = { id: 1, name: 'Laptop', amount: 1, tax: 0, taxStake: 23, quantity: 1, discount: [] };
    const sold = await sell(gateway, { billing: { street: '', city: null }, cart: { items: [item] } });
    expect(sold.status).toBe(200);
    expect(await documentsOf(textAt(sold, 'transaction.payment.id'))).toEqual({ cart: { items: [item] } });
  });

  it('but a card is refused, and a required object is required', async () => {
    expect((await sell(gateway, { card: { number: '1' } })).status).toBe(403);
    const { status, body } = await sell(gateway, { customer: [] });
    expect([status, body]).toMatchObject([
      422,
      { apiErrorResponse: { errors: [{ path: 'customer.firstName', message: 'Is required.' }, {}] } },
    ]);
  });
});

it('The method ing stands for transfers, as it does in POST /transaction', async () => {
  const made = await call(gateway, 'POST /payment', { body: paymentBody({ visibleMethod: ['ing'] }) });
  expect(made.status).toBe(200);
  const id = textAt(made, 'payment.id');
  const { rows } = await gateway.database.pool.query('select methods from payment where id = $1', [id]);
  expect(rows).toEqual([{ methods: '{PBL}' }]);
});

it('The title of a refund may hold any visible character', async () => {
  const id = await sellAndSettle(gateway);
  const refund = (title: string) =>
    call(gateway, `POST /transaction/${id}/refund`, {
      body: { type: 'refund', serviceId: gateway.demo.serviceId, amount: 1, title },
    });
  const title = `Zwrot (50%) – „książka”: 3 szt. + dostawa; dziękujemy! 😀${'x'.repeat(195)}`;
  expect(textAt(await refund(title), 'transaction.title')).toBe(title);
  for (const wrong of ['x'.repeat(256), 'a\u0000b', 'a\u202eb', 'a\ud800']) {
    expect((await refund(wrong)).status).toBe(422);
  }
});

it('A payment that was cancelled is not active, also where the call that made it is repeated', async () => {
  const send = { body: paymentBody({}), headers: { 'idempotency-key': randomUUID() } };
  const made = await call(gateway, 'POST /payment', send);
  expect(made.body).toMatchObject({ payment: { isActive: true } });
  const paymentId = textAt(made, 'payment.id');
  await call(gateway, 'POST /payment/cancel', { body: { serviceId: gateway.demo.serviceId, paymentId } });
  expect((await call(gateway, 'POST /payment', send)).body).toMatchObject({
    payment: { id: paymentId, isActive: false },
  });
});
