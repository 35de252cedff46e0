import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { captureTransaction } from '../../src/payments/capture-transaction.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
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

const amount = 10_000n;
const second = { ms: 1_000 };

type Attempt = { readonly id: string; readonly paymentId: string };

/** Creates a payment of 100.00, and sends its payer to the wallet. */
async function send(input: Partial<CreatePaymentInput> = {}): Promise<Attempt> {
  const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, { amount, ...input });
  const wish = { paymentId, idempotencyKey: randomUUID(), method: 'WALLET', channel: 'visa_mobile' } as const;
  const started = await startTransaction(gateway.deps, { shop: gateway.shop, source: 'API' }, wish);
  return { id: started.transaction.id, paymentId };
}

const decide = ({ id: reference }: Attempt, decision: 'approve' | 'refuse') =>
  gateway.visaMobile.decideOrder({ reference, decision });
const now = ({ id }: Attempt) => attemptNow(database, id);

describe('A payment by Visa Mobile', () => {
  it('sends its payer to the wallet at once, settles when he confirms there, and can be given back', async () => {
    const attempt = await send({ currency: 'EUR' });
    const { transaction } = await now(attempt);
    expect(transaction.status).toBe('PENDING');
    const url = `${publicUrl}/sandbox/${attempt.id}`;
    expect(nextStepOf(transaction)).toEqual({ url, httpMethod: 'GET', fields: [] });
    const page = await gateway.visaMobile.findPayerOrder(attempt.id);
    expect(page).toMatchObject({ kind: 'wallet', channel: 'visa_mobile', amount, currency: 'EUR', isOpen: true });
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: amount });
    expect(await booksOf(database, gateway.shop.id)).toMatchObject({
      postings: ['SALE ACQUIRER sandbox-visa-mobile SHOP 10000 EUR'],
      commissions: ['10000 14000 140'],
    });
    const back = { transactionId: attempt.id, idempotencyKey: randomUUID(), amount };
    await createRefund(gateway.refunds, actorOf(gateway.shop), back);
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.refundedAmount).toBe(amount);
  });

  it('is only reserved where the shop wants that, and captured later', async () => {
    const attempt = await send({ captureMode: 'MANUAL' });
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.status).toBe('AUTHORIZED');
    const wish = { transactionId: attempt.id, idempotencyKey: randomUUID() };
    await captureTransaction(gateway.deps, actorOf(gateway.shop), wish);
    await gateway.letPass(second);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: amount });
  });

  it.each([
    ['its payer refuses', {}, 'refuse', 'PAYER_DECLINED', 'VISA_MOBILE_DECLINED'],
    ['its payer confirms nothing in ten minutes', {}, undefined, 'NOT_CONFIRMED', 'VISA_MOBILE_UNCONFIRMED'],
    ['the issuer of his card refuses', { title: 'TEST-100014' }, 'approve', 'ISSUER_DECLINED', 'CODE_05'],
  ] as const)('can be paid otherwise when %s', async (_, input, decision, reason, acquirerCode) => {
    const attempt = await send(input);
    if (decision) await decide(attempt, decision);
    await gateway.letPass({ ms: 10 * 60_000 });
    const { transaction, payment } = await now(attempt);
    expect(transaction).toMatchObject({ status: 'REJECTED', reason, acquirerCode });
    expect(payment.status).toBe('NEW');
  });

  it('takes no money from a payer who confirms after the shop has cancelled it', async () => {
    const attempt = await send();
    await cancelPayment(gateway.deps, actorOf(gateway.shop), attempt.paymentId);
    await gateway.letPass({ ms: 0 });
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.status).toBe('CANCELLED');
  });
});
