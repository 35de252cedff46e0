import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { type Channel, channelFacts } from '../../src/shops/model.ts';
import { nextStepOf } from '../../src/transactions/next-step.ts';
import { actorOf, createPayment } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openForEach } from './open-for-each.ts';
import { attemptNow, booksOf, createSandboxGateway, publicUrl, type SandboxGateway } from './sandbox-gateway.ts';

let database: Database;
let gateway: SandboxGateway;

openForEach(async (opened) => {
  database = opened;
  gateway = await createSandboxGateway(opened);
});

afterEach(async () => {
  expect(await brokenInvariants(database, gateway.shop.id)).toEqual([]);
});

const amount = 30_000n;
const second = { ms: 1_000 };
const halfAnHour = { ms: 30 * 60_000 };

type Attempt = { readonly id: string; readonly paymentId: string };

/** Creates a payment of 300.00 PLN, and sends its payer to a lender. */
async function send(channel: Channel, input: Partial<CreatePaymentInput> = {}): Promise<Attempt> {
  const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, { amount, ...input });
  const wish = { paymentId, idempotencyKey: randomUUID(), method: channelFacts(channel).method, channel };
  const started = await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, wish);
  return { id: started.transaction.id, paymentId };
}

const decide = ({ id: reference }: Attempt, decision: 'approve' | 'refuse') =>
  gateway.lenders.decideOrder({ reference, decision });
const now = ({ id }: Attempt) => attemptNow(database, id);

describe('A payment at a lender', () => {
  it.each(['imoje_twisto', 'paypo', 'pragma_go', 'blik_paylater', 'inbank', 'inbank_0'] as const)(
    'by %s settles when its payer takes the credit, and can be given back',
    async (channel) => {
      const attempt = await send(channel);
      const { transaction } = await now(attempt);
      const url = `${publicUrl}/sandbox/${attempt.id}`;
      expect(nextStepOf(transaction)).toEqual({ url, httpMethod: 'GET', fields: [] });
      const page = await gateway.lenders.findPayerOrder(attempt.id);
      expect(page).toMatchObject({ kind: 'lender', channel, amount, currency: 'PLN', isOpen: true });
      await decide(attempt, 'approve');
      expect(await gateway.letPass(second)).toEqual(['sandbox-lenders-tell']);
      expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', channel, settledAmount: amount });
      // The commission of everything but BLIK is 1.4 %.
      expect(await booksOf(database, gateway.shop.id)).toEqual({
        postings: ['SALE ACQUIRER sandbox-lenders SHOP 30000 PLN'],
        captures: ['SETTLED 30000'],
        commissions: ['30000 14000 420'],
        balance: amount,
      });
      const back = { transactionId: attempt.id, idempotencyKey: randomUUID(), amount: 10_000n };
      await createRefund(gateway.refunds, actorOf(gateway.shop), back);
      await gateway.letPass(second);
      expect((await now(attempt)).transaction.refundedAmount).toBe(10_000n);
    },
  );

  it.each([
    ['its payer refuses the credit', {}, 'refuse', 'PAYER_DECLINED', 'LENDER_DECLINED'],
    ['its payer decides nothing for half an hour', {}, undefined, 'NOT_CONFIRMED', 'LENDER_NOT_CONFIRMED'],
    ['the lender refuses it', { title: 'TEST-100014' }, 'approve', 'ISSUER_DECLINED', 'LENDER_REFUSED'],
  ] as const)('can be paid otherwise when %s', async (_, input, decision, reason, acquirerCode) => {
    const attempt = await send('paypo', input);
    if (decision) await decide(attempt, decision);
    await gateway.letPass(halfAnHour);
    const { transaction, payment } = await now(attempt);
    expect(transaction).toMatchObject({ status: 'REJECTED', reason, acquirerCode });
    expect(payment.status).toBe('NEW');
  });

  it('is an error when the lender is out of order', async () => {
    const attempt = await send('inbank', { title: 'TEST-100010' });
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.status).toBe('ERROR');
  });

  it('settles late when its payer takes the credit after the shop has cancelled it', async () => {
    const attempt = await send('inbank');
    await cancelPayment(gateway.deps, actorOf(gateway.shop), attempt.paymentId);
    await gateway.letPass({ ms: 0 });
    expect((await now(attempt)).transaction.status).toBe('CANCELLED');
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', late: true });
  });

  it('cannot be made by instalments below their least amount, and the lender hears nothing of it', async () => {
    await expect(send('inbank_0', { amount: amount - 1n })).rejects.toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    const { rows } = await database.pool.query('select 1 from sandbox_order where merchant_id = $1', [
      gateway.shop.merchantId,
    ]);
    expect(rows).toEqual([]);
  });
});
