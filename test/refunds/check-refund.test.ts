import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRefund, type RefundCheck } from '../../src/refunds/check-refund.ts';
import { actorOf, createPayment, payOut, startBlik } from '../support/factories.ts';
import { openRefundWorld, type RefundWorld, readRefundBooks, type Sale, untouched } from './world.ts';

let world: RefundWorld;

beforeAll(async () => {
  world = await openRefundWorld();
});

afterAll(() => world.close());

function check({ shop, transaction }: Pick<Sale, 'shop' | 'transaction'>, amount: bigint): Promise<RefundCheck> {
  return checkRefund(world.refunds, actorOf(shop, { scopes: ['payments:read'] }), {
    transactionId: transaction.id,
    amount,
  });
}

describe('The check whether an amount could be refunded', () => {
  it('says yes and how much is left, and orders nothing', async () => {
    const sale = await world.sell();
    expect(await check(sale, 10_000n)).toMatchObject({ refusal: undefined, left: 10_000n });
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual(untouched);
    expect(world.acquirer.moved).toEqual([]);
    await world.refund(sale, { amount: 2_500n });
    expect(await check(sale, 7_500n)).toMatchObject({ refusal: undefined, left: 7_500n });
  });

  it('says what createRefund would say, for whatever reason it would refuse', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop, { amount: 10_000n });
    const { transaction } = await startBlik(world.deps, shop, { paymentId: payment.id });
    const [whole, poor] = [await world.sell(), await world.sell({ amount: 200_000n })];
    await payOut(world.database, poor.shop, 200_000n);
    const cases: [Sale, bigint, string, bigint][] = [
      [{ shop, payment, transaction }, 1n, 'TRANSACTION_NOT_SETTLED', 0n],
      [whole, 10_001n, 'REFUND_EXCEEDS_AMOUNT', 10_000n],
      [whole, 0n, 'INVALID_INPUT', 10_000n],
      [whole, -5n, 'INVALID_INPUT', 10_000n],
      [poor, 100_001n, 'BALANCE_TOO_LOW', 200_000n],
    ];
    for (const [sale, amount, code, left] of cases) {
      const { refusal, ...rest } = await check(sale, amount);
      expect([refusal?.code, rest.left]).toEqual([code, left]);
      const same = { code, message: refusal?.message, field: refusal?.field };
      await expect(world.refund(sale, { amount })).rejects.toMatchObject(same);
    }
  });

  it('says that nothing can go back while a part of the money is only reserved', async () => {
    const sale = await world.sell();
    const reserve =
      "update transaction set status = 'AUTHORIZED', settled_at = null, authorized_until = updated_at, settled_amount = 2000, captured_amount = 2000 where id = $1";
    await world.database.pool.query(reserve, [sale.transaction.id]);
    const { refusal, left } = await check(sale, 1n);
    expect([refusal?.code, left]).toEqual(['TRANSACTION_NOT_SETTLED', 0n]);
  });

  it('says that the time is over', async () => {
    const sale = await world.sell();
    world.clock.pass({ ms: 365 * 24 * 3_600_000 });
    const { refusal, left } = await check(sale, 1n);
    expect([refusal?.code, left]).toEqual(['REFUND_WINDOW_CLOSED', 0n]);
  });

  it('is refused to whoever may not see the transaction', async () => {
    const sale = await world.sell();
    const wish = { transactionId: sale.transaction.id, amount: 1n };
    const stranger = actorOf(await world.openShop());
    await expect(checkRefund(world.refunds, stranger, wish)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const unknown = { ...wish, transactionId: randomUUID() };
    await expect(checkRefund(world.refunds, actorOf(sale.shop), unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const writer = actorOf(sale.shop, { scopes: ['refunds:write'] });
    await expect(checkRefund(world.refunds, writer, wish)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
