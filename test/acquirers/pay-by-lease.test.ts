import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/kernel/db/database.ts';
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

const amount = 615_000n;
const second = { ms: 1_000 };
const day = { ms: 24 * 3_600_000 };
const laptop = { id: '1', name: 'Laptop', amount: 500_000, tax: 115_000, taxStake: 'TAX_23', quantity: 1 };
const cart = { items: [laptop] };

type Attempt = { readonly id: string; readonly paymentId: string };

/** Creates a payment of 6,150.00 PLN for a laptop, and sends its company to the lessor. */
async function send(input: Partial<CreatePaymentInput> = {}): Promise<Attempt> {
  const wish = { amount, documents: { cart }, ...input };
  const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, wish);
  const start = { paymentId, idempotencyKey: randomUUID(), method: 'LEASE' } as const;
  const started = await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, start);
  return { id: started.transaction.id, paymentId };
}

const decide = ({ id: reference }: Attempt, decision: 'approve' | 'refuse') =>
  gateway.lessors.decideOrder({ reference, decision });
const now = ({ id }: Attempt) => attemptNow(database, id);

describe('A payment by lease', () => {
  it('settles when the lessor has taken its time for the application, and can be given back', async () => {
    const attempt = await send();
    const url = `${publicUrl}/sandbox/${attempt.id}`;
    expect(nextStepOf((await now(attempt)).transaction)).toEqual({ url, httpMethod: 'GET', fields: [] });
    await gateway.letPass(day);
    expect(await gateway.lessors.findPayerOrder(attempt.id)).toMatchObject({ kind: 'lessor', isOpen: true });
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.status).toBe('PENDING');
    await gateway.letPass({ ms: 29_000 });
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: amount });
    expect(await booksOf(database, gateway.shop.id)).toMatchObject({
      postings: ['SALE ACQUIRER sandbox-lessors SHOP 615000 PLN'],
      commissions: ['615000 14000 8610'],
      balance: amount,
    });
    const back = { transactionId: attempt.id, idempotencyKey: randomUUID(), amount };
    await createRefund(gateway.refunds, actorOf(gateway.shop), back);
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.refundedAmount).toBe(amount);
  });

  it.each([
    ['its company gives the application up', {}, 'refuse', 'PAYER_DECLINED', 'LEASE_DECLINED'],
    ['its company applies for nothing in seven days', {}, undefined, 'NOT_CONFIRMED', 'LEASE_NOT_APPLIED'],
    ['the lessor refuses it', { title: 'TEST-100014' }, 'approve', 'ISSUER_DECLINED', 'LEASE_REFUSED'],
  ] as const)('can be paid otherwise when %s', async (_, input, decision, reason, acquirerCode) => {
    const attempt = await send(input);
    if (decision) await decide(attempt, decision);
    await gateway.letPass({ ms: 7 * day.ms });
    const { transaction, payment } = await now(attempt);
    expect(transaction).toMatchObject({ status: 'REJECTED', reason, acquirerCode });
    expect(payment.status).toBe('NEW');
  });

  it('cannot be made without a cart that can be leased, and the lessor hears nothing of it', async () => {
    const cheap = { cart: { items: [{ ...laptop, amount: 499_999 }] } };
    for (const documents of [undefined, cheap]) {
      await expect(send({ documents })).rejects.toMatchObject({ code: 'METHOD_NOT_AVAILABLE', field: ['method'] });
    }
    const { rows } = await database.pool.query('select 1 from sandbox_order where merchant_id = $1', [
      gateway.shop.merchantId,
    ]);
    expect(rows).toEqual([]);
  });
});
