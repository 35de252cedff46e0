import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { nextStepOf } from '../../src/transactions/next-step.ts';
import { actorOf, createPayment } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openForEach } from './open-for-each.ts';
import { attemptNow, booksOf, createSandboxGateway, logOf, publicUrl, type SandboxGateway } from './sandbox-gateway.ts';

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
const minutes = (count: number): { ms: number } => ({ ms: count * 60_000 });
/** The books after one sale of 100.00 PLN by bank transfer: the commission is 1.4 %. */
const oneSale = {
  postings: ['SALE ACQUIRER sandbox-banks SHOP 10000 PLN'],
  captures: ['SETTLED 10000'],
  commissions: ['10000 14000 140'],
  balance: amount,
};
const noSale = { postings: [], captures: [], commissions: [], balance: 0n };
const startedLog = ['1 PAYMENT_CREATED', '2 TRANSACTION_PENDING', '3 PAYMENT_PENDING'];

type Attempt = { readonly id: string; readonly paymentId: string };

/** Sends the payer of a payment to his bank. */
async function goToBank(paymentId: string): Promise<Attempt> {
  const wish = { paymentId, idempotencyKey: randomUUID(), method: 'PBL', channel: 'mtransfer' } as const;
  const started = await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, wish);
  return { id: started.transaction.id, paymentId };
}

/** Creates a payment of 100.00 PLN, and sends its payer to his bank. */
async function send(input: Partial<CreatePaymentInput> = {}): Promise<Attempt> {
  return goToBank((await createPayment(gateway.deps, gateway.shop, { amount, ...input })).id);
}

const decide = ({ id: reference }: Attempt, decision: 'approve' | 'refuse') =>
  gateway.banks.decideOrder({ reference, decision });
const now = ({ id }: Attempt) => attemptNow(database, id);
const log = () => logOf(database, gateway.shop.id);
const inTenMinutes = () => ({ validUntil: new Date(gateway.clock.now().getTime() + minutes(10).ms) });

describe('A payment at a bank', () => {
  it('settles when its payer approves', async () => {
    const attempt = await send();
    const { transaction } = await now(attempt);
    expect(transaction.status).toBe('PENDING');
    expect(nextStepOf(transaction)).toEqual({
      url: `${publicUrl}/sandbox/${attempt.id}`,
      httpMethod: 'GET',
      fields: [],
    });
    await decide(attempt, 'approve');
    expect(await gateway.letPass(second)).toEqual(['sandbox-banks-tell']);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', late: false, settledAmount: amount });
    expect(await log()).toEqual([...startedLog, '4 TRANSACTION_SETTLED', '5 PAYMENT_SETTLED']);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it.each([
    ['refuses', 'PAYER_DECLINED', 'PBL_DECLINED'],
    ['walks away for half an hour', 'NOT_CONFIRMED', 'PBL_NOT_CONFIRMED'],
  ])('can be paid otherwise when its payer %s', async (what, reason, acquirerCode) => {
    const attempt = await send();
    if (what === 'refuses') await decide(attempt, 'refuse');
    await gateway.letPass(what === 'refuses' ? second : minutes(30));
    const { transaction, payment } = await now(attempt);
    expect(transaction).toMatchObject({ status: 'REJECTED', reason, acquirerCode });
    expect(payment.status).toBe('NEW');
    const again = await goToBank(payment.id);
    await decide(again, 'approve');
    await gateway.letPass(second);
    expect((await now(again)).payment.status).toBe('SETTLED');
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('settles late when its payer approves after it has expired, since a transfer cannot be recalled', async () => {
    const attempt = await send(inTenMinutes());
    expect((await gateway.letPass(minutes(10))).filter((job) => job !== 'ask-acquirer')).toEqual([
      'expire-payment',
      'stop-order',
    ]);
    const expired = await now(attempt);
    expect(expired.payment.status).toBe('EXPIRED');
    expect(expired.transaction).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_EXPIRED' });
    expect(await booksOf(database, gateway.shop.id)).toEqual(noSale);
    await gateway.letPass(minutes(5));
    const before = await log();
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    const { transaction, payment } = await now(attempt);
    expect(transaction).toMatchObject({ status: 'SETTLED', late: true, surplus: false, settledAmount: amount });
    expect(payment).toMatchObject({ status: 'SETTLED', settledAt: gateway.clock.now() });
    expect(before).toEqual([...startedLog, '4 TRANSACTION_CANCELLED', '5 PAYMENT_EXPIRED']);
    expect(await log()).toEqual([...before, '6 TRANSACTION_SETTLED', '7 PAYMENT_SETTLED']);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('settles late when it was cancelled, also if every notification is lost', async () => {
    const attempt = await send();
    await cancelPayment(gateway.deps, actorOf(gateway.shop), attempt.paymentId);
    await gateway.letPass({ ms: 0 });
    expect((await now(attempt)).transaction.status).toBe('CANCELLED');
    await decide(attempt, 'approve');
    gateway.refuse(1);
    await expect(gateway.letPass(second)).rejects.toThrow('out of order');
    expect(await gateway.letPass(minutes(1))).toContain('ask-acquirer');
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', late: true });
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('stays expired when its payer refuses then, or has walked away', async () => {
    const [refused, left] = [await send(inTenMinutes()), await send(inTenMinutes())];
    await gateway.letPass(minutes(10));
    await decide(refused, 'refuse');
    const before = await log();
    await gateway.letPass(minutes(30));
    for (const attempt of [refused, left]) {
      const { transaction, payment } = await now(attempt);
      expect(transaction).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_EXPIRED' });
      expect(payment.status).toBe('EXPIRED');
    }
    expect(await log()).toEqual(before);
    expect(await booksOf(database, gateway.shop.id)).toEqual(noSale);
  });

  it('is paid twice, and says so, when the payer paid otherwise and then approves at the bank he had left', async () => {
    const first = await send();
    const wish = { paymentId: first.paymentId, idempotencyKey: randomUUID(), supersede: true } as const;
    const by = { method: 'BLIK', blikCode: '123456' } as const;
    await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, { ...wish, ...by });
    await gateway.letPass(second);
    expect((await now(first)).payment.status).toBe('SETTLED');
    expect((await now(first)).transaction).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    await decide(first, 'approve');
    await gateway.letPass(second);
    expect((await now(first)).transaction).toMatchObject({ status: 'SETTLED', late: true, surplus: true });
    expect(await booksOf(database, gateway.shop.id)).toMatchObject({ balance: 2n * amount });
  });

  it('that did not answer is unknown until it is asked, then settled', async () => {
    const attempt = await send({ title: 'TEST-100012' });
    expect((await now(attempt)).transaction.status).toBe('UNKNOWN');
    expect(await gateway.letPass({ ms: 15_000 })).toEqual(['ask-acquirer']);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', late: false });
    expect(gateway.sent).toEqual([]);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('is booked once though it is told twice', async () => {
    const attempt = await send({ title: 'TEST-100013' });
    await decide(attempt, 'approve');
    await gateway.letPass(second);
    expect(gateway.sent).toHaveLength(2);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('cannot be begun while the bank is closed', async () => {
    // At 3:10 in Warsaw.
    await gateway.letPass(minutes(16 * 60 + 10));
    const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, { amount });
    const wish = { paymentId, idempotencyKey: randomUUID(), method: 'PBL', channel: 'nest' } as const;
    const begun = startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, wish);
    await expect(begun).rejects.toMatchObject({ code: 'METHOD_NOT_AVAILABLE' });
    await gateway.letPass(minutes(20));
    await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, wish);
    expect(await log()).toEqual(startedLog);
  });
});
