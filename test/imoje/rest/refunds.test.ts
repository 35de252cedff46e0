import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, type RestAnswer, sell, sellAndSettle, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

const show = (id: string) => call(gateway, `GET /transaction/${id}`);

describe('Money back', () => {
  const refund = (id: string, changes: object = {}): Promise<RestAnswer> =>
    call(gateway, `POST /transaction/${id}/refund`, {
      body: { type: 'refund', serviceId: gateway.demo.serviceId, amount: 234, title: 'Zwrot', ...changes },
    });
  const canRefund = (id: string, amount: number) =>
    call(gateway, `POST /transaction/${id}/can-refund`, { body: { amount } });

  it('is ordered, named by the sale, and counted', async () => {
    const id = await sellAndSettle(gateway, { orderId: 'RET/1' });
    expect((await canRefund(id, 1234)).body).toEqual({
      ...{ id, refundable: true, balance: true, fullRefund: 1234 },
      partialRefund: { maxRefundAmount: 1234, minRefundAmount: 1 },
    });
    const answer = await refund(id);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      transaction: {
        ...{ type: 'refund', status: expect.stringMatching(/^(new|settled)$/), amount: 234, currency: 'PLN' },
        ...{ orderId: 'RET/1', serviceId: gateway.demo.serviceId, title: 'Zwrot' },
      },
    });
    const refundId = textAt(answer, 'transaction.id');
    expect((await show(id)).body).toMatchObject({
      transaction: { refunds: [{ transaction: { id: refundId, amount: 234 } }] },
    });
    expect((await canRefund(id, 1001)).body).toMatchObject({ refundable: false, fullRefund: 1000 });
  });

  it('is refused beyond what was paid, and before it was', async () => {
    const id = await sellAndSettle(gateway);
    expect((await refund(id, { amount: 1235 })).status).toBe(422);
    const waiting = textAt(await sell(gateway, { paymentMethod: 'pbl', paymentMethodCode: 'ipko' }), 'transaction.id');
    const { status, body } = await refund(waiting, { amount: 1 });
    expect(status).toBe(422);
    expect(body).toMatchObject({ apiErrorResponse: { code: 'TRX-ERROR-120201' } });
  });

  it('needs the shop of the sale', async () => {
    const id = await sellAndSettle(gateway);
    expect((await refund(id, { serviceId: '11111111-2222-4333-8444-555555555555' })).status).toBe(404);
  });

  it('is a transaction too, that shops look up when they are told of it', async () => {
    const id = await sellAndSettle(gateway, { orderId: 'RET/2' });
    const { body } = await refund(id, { amount: 200 });
    const { transaction: ordered } = body as { readonly transaction: { readonly id: string } };
    await expect.poll(async () => textAt(await show(ordered.id), 'transaction.status')).toBe('settled');
    expect((await show(ordered.id)).body).toEqual({
      transaction: { ...ordered, status: 'settled', modified: expect.any(Number) },
    });
    expect(ordered).toMatchObject({ type: 'refund', amount: 200, currency: 'PLN', orderId: 'RET/2' });
    expect((await show(randomUUID())).status).toBe(404);
  });
});
