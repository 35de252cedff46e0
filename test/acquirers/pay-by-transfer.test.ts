import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { nextStepOf, transferOf } from '../../src/transactions/next-step.ts';
import { actorOf, createPayment } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openForEach } from './open-for-each.ts';
import { attemptNow, booksOf, createSandboxGateway, type SandboxGateway } from './sandbox-gateway.ts';

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
const day = { ms: 24 * 3_600_000 };

type Attempt = { readonly id: string; readonly paymentId: string };

/** Creates a payment of 100.00, and gives its payer an account number for a transfer of his own. */
async function send(input: Partial<CreatePaymentInput> = {}): Promise<Attempt> {
  const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, { amount, ...input });
  return startOn(paymentId);
}

async function startOn(paymentId: string, wish: object = {}): Promise<Attempt> {
  const start = { paymentId, idempotencyKey: randomUUID(), method: 'WIRE_TRANSFER', channel: 'wt', ...wish } as const;
  const started = await startTransaction(gateway.deps, { shop: gateway.shop, source: 'WEB' }, start);
  return { id: started.transaction.id, paymentId };
}

const pay = ({ id: reference }: Attempt) => gateway.transfers.decideOrder({ reference, decision: 'approve' });
const now = ({ id }: Attempt) => attemptNow(database, id);
const tell = ({ id: transactionId }: Attempt, told: bigint) =>
  gateway.deps.applying.submit({ transactionId, answer: { kind: 'settled', amount: told } });

describe('A payment by a transfer of the payer’s own', () => {
  it('has an account number, waits for days without asking every few minutes, and settles when the money comes', async () => {
    const attempt = await send({ title: 'Trzy książki' });
    const { transaction } = await now(attempt);
    const account = transaction.transferAccount;
    expect(transferOf(transaction)).toEqual({ account, recipient: gateway.shop.name, title: 'Trzy książki' });
    expect(nextStepOf(transaction)).toBeUndefined();
    for (const hours of [1, 24, 48]) {
      await gateway.letPass({ ms: hours * 3_600_000 });
      expect(await gateway.letPass({ ms: 59 * 60_000 })).toEqual([]);
    }
    expect((await now(attempt)).transaction).toMatchObject({ status: 'PENDING', transferAccount: account });
    await pay(attempt);
    await gateway.letPass(second);
    const settled = (await now(attempt)).transaction;
    expect(settled).toMatchObject({ status: 'SETTLED', settledAmount: amount, transferAccount: account });
    expect(transferOf(settled)).toBeUndefined();
    expect(await booksOf(database, gateway.shop.id)).toEqual({
      postings: ['SALE ACQUIRER sandbox-transfers SHOP 10000 PLN'],
      captures: ['SETTLED 10000'],
      commissions: ['10000 14000 140'],
      balance: amount,
    });
    const back = { transactionId: attempt.id, idempotencyKey: randomUUID(), amount };
    await createRefund(gateway.refunds, actorOf(gateway.shop), back);
    await gateway.letPass(second);
    expect((await now(attempt)).transaction.refundedAmount).toBe(amount);
  });

  it('with split payment says in its title what the invoice says, and is not made without one', async () => {
    const buyer = { type: 'COMPANY', idType: 'VAT_ID', idNumber: '5260250274', idCountryCodeAlpha2: 'PL' };
    const positions = [{ name: 'Kubek', quantity: 1, grossAmount: 10_000, taxStake: 'TAX_23', taxAmount: 1_870 }];
    const documents = { invoice: { invoiceId: 'FV/1/2026', buyer, positions } };
    const { id: paymentId } = await createPayment(gateway.deps, gateway.shop, { amount, documents, title: 'Kubek' });
    const attempt = await startOn(paymentId, { channel: 'wt_split' });
    expect(transferOf((await now(attempt)).transaction)?.title).toBe(
      '/VAT/18,70/IDC/5260250274/INV/FV/1/2026/TXT/Kubek',
    );
    await pay(attempt);
    await gateway.letPass(second);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', channel: 'wt_split' });
    const { id: without } = await createPayment(gateway.deps, gateway.shop, { amount });
    await expect(startOn(without, { channel: 'wt_split' })).rejects.toMatchObject({
      ...{ code: 'METHOD_NOT_AVAILABLE', message: expect.stringContaining('needs what is invoiced') },
    });
  });

  it('can be made in every currency', async () => {
    for (const currency of ['EUR', 'HUF'] as const) {
      const attempt = await send({ currency });
      await pay(attempt);
      await gateway.letPass(second);
      expect((await now(attempt)).transaction).toMatchObject({ status: 'SETTLED', currency });
    }
  });

  it.each([1n, amount - 1n, amount + 1n])('is not settled by %s of 10000: that is held', async (told) => {
    const attempt = await send();
    await tell(attempt, told);
    const { transaction, payment } = await now(attempt);
    expect(transaction).toMatchObject({
      status: 'UNKNOWN',
      reason: 'AMOUNT_MISMATCH',
      heldAmount: told,
      settledAmount: 0n,
    });
    expect(transferOf(transaction)).toBeUndefined();
    expect(payment.status).toBe('PENDING');
    expect(await booksOf(database, gateway.shop.id)).toMatchObject({ postings: [], balance: 0n });
  });

  it('settles late when the money comes after the shop has cancelled it, or its time is over', async () => {
    const cancelled = await send();
    await cancelPayment(gateway.deps, actorOf(gateway.shop), cancelled.paymentId);
    const expired = await send({ validUntil: new Date(gateway.clock.now().getTime() + day.ms) });
    await gateway.letPass(day);
    for (const attempt of [cancelled, expired]) {
      expect((await now(attempt)).transaction.status).toBe('CANCELLED');
      await pay(attempt);
      await gateway.letPass(second);
      const { transaction, payment } = await now(attempt);
      expect(transaction).toMatchObject({ status: 'SETTLED', late: true });
      expect(payment.status).toBe('SETTLED');
    }
  });

  it('has another number for each attempt, and can be made otherwise after a warning', async () => {
    const first = await send();
    await expect(startOn(first.paymentId)).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    const second = await startOn(first.paymentId, { supersede: true });
    const numbers = await Promise.all([first, second].map(async (one) => (await now(one)).transaction.transferAccount));
    expect(new Set(numbers).size).toBe(2);
    expect((await now(first)).transaction).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
  });

  it('is refused when the money is sent back', async () => {
    const attempt = await send({ title: 'TEST-100014' });
    await pay(attempt);
    await gateway.letPass(second);
    expect((await now(attempt)).transaction).toMatchObject({ status: 'REJECTED', acquirerCode: 'WT_SENT_BACK' });
  });

  it('never has the account number of another attempt', async () => {
    const [one, other] = [await send(), await send()];
    const account = (await now(one)).transaction.transferAccount;
    const sql = 'update transaction set transfer_account = $1 where id = $2';
    await expect(database.pool.query(sql, [account, other.id])).rejects.toThrow('transaction_transfer_account');
  });
});

describe('An account number', () => {
  it('has 26 digits whose check digits are right, of a bank that is none, and is the same for the same attempt', () => {
    const references = Array.from({ length: 2_000 }, () => randomUUID());
    const numbers = references.map(allotAccount);
    for (const number of numbers) {
      expect(number).toMatch(/^\d{2}99900009\d{16}$/);
      expect(BigInt(`${number.slice(2)}2521${number.slice(0, 2)}`) % 97n).toBe(1n);
    }
    // The check digit of a bank's number: weights 3 9 7 1 3 9 7 (domain: checks of identifiers).
    const sum = [3, 9, 7, 1, 3, 9, 7].reduce((before, weight, place) => before + weight * Number('9990000'[place]), 0);
    expect((10 - (sum % 10)) % 10).toBe(9);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(references.map(allotAccount)).toEqual(numbers);
  });
});
