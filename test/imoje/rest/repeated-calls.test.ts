import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayment, payByBlik, updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { aliasesOf, payer, register } from './alias-calls.ts';
import { call, type RestAnswer, saleBody, sellAndSettle, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

/** Sends a call under a key. */
const send = (request: string, key: string, body: object): Promise<RestAnswer> =>
  call(gateway, request, { body, headers: { 'idempotency-key': key } });

const methodsOf = async (answer: RestAnswer): Promise<unknown> => {
  const text = 'select methods::text from payment where id = $1';
  return (await gateway.database.pool.query(text, [textAt(answer, 'payment.id')])).rows[0]?.methods;
};

const statusesOf = async (orderId: string): Promise<unknown[]> =>
  (await gateway.database.pool.query('select status from payment where order_id = $1', [orderId])).rows.map(
    ({ status }) => status,
  );

describe('A call that comes again under its key', () => {
  it('gives the payment, though the shop offers other methods since', async () => {
    const { type: _, paymentMethod: __, paymentMethodCode: ___, blikCode: ____, ...order } = saleBody(gateway);
    const create = (key: string, visibleMethod: string[]) => send('POST /payment', key, { ...order, visibleMethod });
    const first = await create('links-1', ['blik', 'card']);
    expect(await methodsOf(first)).toBe('{BLIK,CARD}');
    const enable = (enabled: boolean) =>
      gateway.database.pool.query(`update shop_method set enabled = $1 where method = 'CARD'`, [enabled]);
    await enable(false);
    await expect.poll(async () => methodsOf(await create(randomUUID(), ['blik', 'card']))).toBe('{BLIK}');
    const again = await create('links-1', ['blik', 'card']);
    expect([again.status, textAt(again, 'payment.id')]).toEqual([200, textAt(first, 'payment.id')]);
    const other = await create('links-1', ['blik']);
    expect([other.status, other.body]).toMatchObject([422, { apiErrorResponse: { code: 'REQ-ERROR-100409' } }]);
    await enable(true);
  });

  it.each([
    ['alias', {}],
    ['code', { blikCode: '777123' }],
  ])('charges no alias twice, by its %s, though a payer with another name has renewed it', async (cid, how) => {
    const alias = await register(gateway, cid);
    const charge = () =>
      send('POST /transaction/profile/blik', `${cid}-1`, {
        ...{ serviceId: gateway.demo.serviceId, blikProfileId: alias.id, amount: 5, currency: 'PLN', orderId: cid },
        ...{ clientIp: '192.0.2.7', ...how },
      });
    const first = await charge();
    const customer = { ...payer(cid), lastName: 'Nowak', email: 'nowak@example.com' };
    await sellAndSettle(gateway, { paymentMethodCode: 'blik_oneclick', customer });
    expect(await aliasesOf(gateway, cid)).toMatchObject([{ id: alias.id }]);
    const again = await charge();
    expect([again.status, textAt(again, 'transaction.id')]).toEqual([200, textAt(first, 'transaction.id')]);
    expect(await statusesOf(cid)).toHaveLength(1);
  });
});

describe('A sale under a key that a start at GraphQL has', () => {
  it('is a call of its own, and leaves no payment behind that could still be paid', async () => {
    const { payment } = await createPayment(gateway, { idempotencyKey: 'order-7' });
    await payByBlik(gateway, { paymentId: payment?.id ?? '', idempotencyKey: 'order-7' });
    const sold = await send('POST /transaction', 'order-7', saleBody(gateway, { orderId: 'ORD/7' }));
    expect(sold.status).toBe(200);
    await expect.poll(() => statusesOf('ORD/7'), { timeout: 10_000 }).toEqual(['SETTLED']);
    const again = await send('POST /transaction', 'order-7', saleBody(gateway, { orderId: 'ORD/7' }));
    expect(textAt(again, 'transaction.id')).toBe(textAt(sold, 'transaction.id'));
  });
});
