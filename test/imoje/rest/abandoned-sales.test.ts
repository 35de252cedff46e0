import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeCard } from '../../profiles/store-card.ts';
import { updateShop } from '../../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, saleBody, sell, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0, notificationUrl: 'http://127.0.0.1:9/n' });
});
afterAll(() => gateway.stop());

const patient = { timeout: 10_000 };

type Told = { readonly transaction?: { readonly status: string }; readonly payment: { readonly status: string } };

/** What is told of a payment, once the log has been read as far as the payment goes: the states, in order. */
async function toldOf(paymentId: string): Promise<string[]> {
  const { pool } = gateway.database;
  const isRead = async (): Promise<boolean> => {
    const { rows } = await pool.query(
      `select 1 from reader r where r.name = 'webhooks' and r.shop_id = $1 and r.number >=
        (select max(number) from event e where e.shop_id = $1 and e.payment_id = $2)`,
      [gateway.demo.serviceId, paymentId],
    );
    return rows.length === 1;
  };
  await expect.poll(isRead, patient).toBe(true);
  const { rows } = await pool.query<{ body: string }>(
    'select body from webhook_delivery where payment_id = $1 order by event_number',
    [paymentId],
  );
  return rows.map(({ body }) => {
    const { transaction, payment } = JSON.parse(body) as Told;
    return transaction?.status ?? `payment alone ${payment.status}`;
  });
}

const statusOf = async (paymentId: string) => textAt(await call(gateway, `GET /payment/${paymentId}`), 'status');

/** Lets the merchant's clock run on by 16 months, after which nothing can be paid any more. */
const letExpire = () =>
  gateway.database.pool.query('update merchant set clock_offset_ms = clock_offset_ms + $1', [490 * 86_400_000]);

const cancel = (paymentId: string) =>
  call(gateway, 'POST /payment/cancel', { body: { serviceId: gateway.demo.serviceId, paymentId } });

const sellRefused = async (): Promise<string> => {
  const answer = await sell(gateway, { blikCode: '700005' });
  return textAt(answer, 'transaction.payment.id');
};

async function chargeRefused(): Promise<string> {
  const card = { shopId: gateway.demo.shopId, customerId: 'poor', number: '4485201817664006' };
  const { profileId } = await storeCard(gateway, card);
  const body = { serviceId: gateway.demo.serviceId, paymentProfileId: profileId, amount: 500, currency: 'PLN' };
  const answer = await call(gateway, 'POST /transaction/profile', { body: { ...body, orderId: '1' } });
  return textAt(answer, 'transaction.payment.id');
}

async function send(idempotencyKey: string = randomUUID()): Promise<string> {
  const { type: _, paymentMethod: __, paymentMethodCode: ___, ...body } = saleBody(gateway);
  const headers = { 'idempotency-key': idempotencyKey };
  return textAt(await call(gateway, 'POST /payment', { body, headers }), 'payment.id');
}

describe('A payment without an address to send, whose attempt failed', () => {
  it('is told as far as its attempt goes, and not when it is cancelled', async () => {
    const paymentId = await sellRefused();
    await expect.poll(() => toldOf(paymentId), patient).toEqual(['pending', 'rejected']);
    expect((await cancel(paymentId)).body).toMatchObject({ status: 'cancelled' });
    expect(await toldOf(paymentId)).toEqual(['pending', 'rejected']);
  });

  it('whose attempt is abandoned is told by that attempt alone', async () => {
    const answer = await sell(gateway, { paymentMethod: 'pbl', paymentMethodCode: 'ipko', blikCode: null });
    const paymentId = textAt(answer, 'transaction.payment.id');
    await cancel(paymentId);
    expect(await toldOf(paymentId)).toEqual(['pending', 'cancelled']);
  });

  it('is told by itself where it has an address, though an attempt over GraphQL has the same key', async () => {
    const paymentId = await send('order-1');
    const start = `mutation($input: StartTransactionInput!) { startTransaction(input: $input) { __typename } }`;
    const input = { paymentId, idempotencyKey: 'order-1', method: 'BLIK', blik: { code: '700005' } };
    await ask(gateway, start, { variables: { input } });
    await cancel(paymentId);
    expect(await toldOf(paymentId)).toEqual(['pending', 'rejected', 'payment alone cancelled']);
  });

  it('expires in silence, and one with an address is still told', async () => {
    const [sold, charged, sent] = [await sellRefused(), await chargeRefused(), await send()];
    await expect.poll(() => toldOf(charged), patient).toEqual(['pending', 'rejected']);
    await letExpire();
    for (const paymentId of [sold, charged, sent])
      await expect.poll(() => statusOf(paymentId), patient).toBe('cancelled');
    expect(await toldOf(sold)).toEqual(['pending', 'rejected']);
    expect(await toldOf(charged)).toEqual(['pending', 'rejected']);
    expect(await toldOf(sent)).toEqual(['payment alone cancelled']);
  });
});
