import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { tokeniseCard } from '../../src/cards/tokenise-card.ts';
import { type Database, inTransaction } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { captureTransaction } from '../../src/payments/capture-transaction.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { voidTransaction } from '../../src/payments/void-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { nextStepOf } from '../../src/transactions/next-step.ts';
import { readAttempts } from '../../src/transactions/store.ts';
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
const fifteenSeconds = { ms: 15_000 };
/** The books after one sale of 100.00 PLN by card: the commission is 1.4 %. */
const oneSale = {
  postings: ['SALE ACQUIRER sandbox-cards SHOP 10000 PLN'],
  captures: ['SETTLED 10000'],
  commissions: ['10000 14000 140'],
  balance: amount,
};
const noSale = { postings: [], captures: [], commissions: [], balance: 0n };
const startedLog = ['1 PAYMENT_CREATED', '2 TRANSACTION_PENDING', '3 PAYMENT_PENDING'];
const authorizedLog = [...startedLog, '4 TRANSACTION_AUTHORIZED', '5 PAYMENT_AUTHORIZED'];

/** Pays 100.00 PLN with a card, and gives the attempt's id. */
async function pay(number: string, input: Partial<CreatePaymentInput> = {}): Promise<string> {
  const { deps, shop, vault, clock } = gateway;
  const form = { number, expiry: '12/29', cvv: '123', name: 'Jan Kowalski' };
  const made = await tokeniseCard({ vault, clock }, shop, form);
  if ('problems' in made) throw new Error('The card was not taken.');
  const payment = await createPayment(deps, shop, { amount, ...input });
  const card = { token: made.card.token, fingerprint: 'a card' };
  const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), method: 'CARD', card } as const;
  return (await startTransaction(deps, { shop, source: 'WEB' }, wish)).transaction.id;
}

const authorize = (number: string) => pay(number, { captureMode: 'MANUAL' });
const now = (id: string) => attemptNow(database, id);
const log = () => logOf(database, gateway.shop.id);
const books = () => booksOf(database, gateway.shop.id);
const keyed = (transactionId: string) => ({ transactionId, idempotencyKey: randomUUID() });

async function capture(transactionId: string, part?: bigint) {
  const wish = { ...keyed(transactionId), amount: part };
  return (await captureTransaction(gateway.deps, actorOf(gateway.shop), wish)).capture;
}

async function release(transactionId: string) {
  return (await voidTransaction(gateway.deps, actorOf(gateway.shop), keyed(transactionId))).row;
}

async function refund(transactionId: string, part: bigint) {
  const wish = { ...keyed(transactionId), amount: part };
  return (await createRefund(gateway.refunds, actorOf(gateway.shop), wish)).refund;
}

describe('A card that is declined softly', () => {
  it('settles after its challenge, in one attempt', async () => {
    const id = await pay('4000000000000655');
    const { transaction, payment } = await now(id);
    expect(transaction).toMatchObject({ status: 'PENDING', acquirerCode: 'CODE_SD' });
    expect(nextStepOf(transaction)).toEqual({ url: `${publicUrl}/sandbox/${id}`, httpMethod: 'GET', fields: [] });
    await gateway.cards.decideOrder({ reference: id, decision: 'approve' });
    expect(await gateway.letPass(second)).toEqual(['sandbox-cards-tell']);
    const attempts = await inTransaction(database, (tx) => readAttempts(tx, [payment.id]));
    expect(attempts.map(({ status, acquirerCode, late }) => [status, acquirerCode, late])).toEqual([
      ['SETTLED', null, false],
    ]);
    expect(await log()).toEqual([...startedLog, '4 TRANSACTION_SETTLED', '5 PAYMENT_SETTLED']);
    expect(await books()).toEqual(oneSale);
  });

  it('can be paid otherwise when the challenge fails', async () => {
    const id = await pay('4000000000000663');
    await gateway.cards.decideOrder({ reference: id, decision: 'approve' });
    await gateway.letPass(second);
    const { transaction, payment } = await now(id);
    expect(transaction).toMatchObject({
      status: 'REJECTED',
      reason: 'AUTHENTICATION_FAILED',
      acquirerCode: 'CODE_570',
    });
    expect(payment.status).toBe('NEW');
    expect(await log()).toEqual([...startedLog, '4 TRANSACTION_REJECTED', '5 PAYMENT_NEW']);
    expect(await books()).toEqual(noSale);
  });
});

describe('An authorised card', () => {
  it('captured in two parts, the rest released, and refunded, balances to the grosz', async () => {
    const id = await authorize('4111111111111111');
    expect((await now(id)).transaction.status).toBe('AUTHORIZED');
    expect(await books()).toEqual(noSale);
    for (const part of [3_001n, 1_999n]) {
      expect(await capture(id, part)).toMatchObject({ status: 'PENDING', amount: part });
      await gateway.letPass(second);
    }
    expect(await books()).toMatchObject({ commissions: [], balance: 5_000n });
    expect((await now(id)).payment.status).toBe('AUTHORIZED');
    expect(await release(id)).toMatchObject({ status: 'SETTLED', amount: 5_000n });
    const { transaction, payment } = await now(id);
    expect(transaction).toMatchObject({ status: 'SETTLED', settledAmount: 5_000n, capturedAmount: 5_000n });
    expect(payment.status).toBe('SETTLED');
    for (const part of [1_234n, 3_766n]) expect(await refund(id, part)).toMatchObject({ status: 'PENDING' });
    await expect(refund(id, 1n)).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
    await gateway.letPass(second);
    expect((await now(id)).transaction).toMatchObject({ status: 'SETTLED', refundedAmount: 5_000n });
    const captured = { captures: ['SETTLED 3001', 'SETTLED 1999'], commissions: ['5000 14000 70'] };
    expect(await books()).toMatchObject({ ...captured, balance: 0n });
    expect(await acquirerOwes()).toBe(0n);
    expect(await log()).toEqual([
      ...authorizedLog,
      ...['6 CAPTURE_PENDING', '7 CAPTURE_SETTLED', '8 CAPTURE_PENDING', '9 CAPTURE_SETTLED'],
      ...['10 VOID_PENDING', '11 VOID_SETTLED', '12 TRANSACTION_SETTLED', '13 PAYMENT_SETTLED'],
      ...['14 REFUND_PENDING', '15 REFUND_PENDING', '16 REFUND_SETTLED', '17 REFUND_SETTLED'],
    ]);
  });

  it('of which no answer came is authorised once the acquirer is asked, and then captured', async () => {
    const id = await authorize('4000000007000005');
    expect((await now(id)).transaction.status).toBe('UNKNOWN');
    await gateway.letPass({ ms: fifteenSeconds.ms - 1 });
    expect((await now(id)).transaction.status).toBe('UNKNOWN');
    expect(await gateway.letPass({ ms: 1 })).toEqual(['ask-acquirer']);
    expect((await now(id)).transaction.status).toBe('AUTHORIZED');
    expect(await capture(id)).toMatchObject({ status: 'PENDING', amount });
    await gateway.letPass(second);
    expect((await now(id)).payment.status).toBe('SETTLED');
    expect(await log()).toEqual([
      ...startedLog,
      ...['4 TRANSACTION_UNKNOWN', '5 TRANSACTION_AUTHORIZED', '6 PAYMENT_AUTHORIZED', '7 CAPTURE_PENDING'],
      ...['8 TRANSACTION_SUBMITTED', '9 CAPTURE_SETTLED', '10 TRANSACTION_SETTLED', '11 PAYMENT_SETTLED'],
    ]);
    expect(await books()).toEqual(oneSale);
  });

  it('whose capture has no answer is captured once the acquirer is asked', async () => {
    const id = await authorize('4000000007000112');
    expect(await capture(id)).toMatchObject({ status: 'UNKNOWN' });
    expect(await gateway.letPass(fifteenSeconds)).toEqual(['ask-capture']);
    expect((await now(id)).transaction.status).toBe('SETTLED');
    expect(await books()).toEqual(oneSale);
  });

  it('whose capture is refused stays authorised, and can be released', async () => {
    const id = await authorize('4000000007000104');
    expect(await capture(id)).toMatchObject({ status: 'REJECTED', acquirerCode: 'CODE_57' });
    expect((await now(id)).transaction).toMatchObject({ status: 'AUTHORIZED', capturedAmount: 0n });
    expect(await release(id)).toMatchObject({ status: 'SETTLED', amount });
    const { transaction, payment } = await now(id);
    expect(transaction).toMatchObject({ status: 'CANCELLED', reason: 'VOIDED' });
    expect(payment.status).toBe('CANCELLED');
    expect(await books()).toMatchObject({ postings: [], balance: 0n });
  });

  it('whose release has no answer is released once the acquirer is asked', async () => {
    const id = await authorize('4000000007000120');
    expect(await release(id)).toMatchObject({ status: 'UNKNOWN' });
    expect(await gateway.letPass(fifteenSeconds)).toEqual(['ask-void']);
    expect((await now(id)).transaction).toMatchObject({ status: 'CANCELLED', reason: 'VOIDED' });
    expect(await books()).toEqual(noSale);
  });

  it('that nobody captures is released after seven days', async () => {
    const id = await authorize('4012001037141112');
    await gateway.letPass({ ms: 9 * 60_000 });
    await gateway.cards.decideOrder({ reference: id, decision: 'approve' });
    await gateway.letPass(second);
    expect((await now(id)).transaction.status).toBe('AUTHORIZED');
    await gateway.letPass({ ms: 7 * 24 * 3_600_000 - 1 });
    expect((await now(id)).transaction.status).toBe('AUTHORIZED');
    expect(await gateway.letPass({ ms: 1 })).toEqual(['expire-authorization', 'stop-order']);
    expect((await now(id)).payment.status).toBe('EXPIRED');
    expect(await gateway.cards.status(id, new AbortController().signal)).toMatchObject({ kind: 'rejected' });
  });
});

describe('A card that would pay after its payment was cancelled', () => {
  it('settles it late when it takes the money at once', async () => {
    const id = await pay('4000000007000039');
    await cancelPayment(gateway.deps, actorOf(gateway.shop), (await now(id)).payment.id);
    await gateway.letPass({ ms: 0 });
    await gateway.letPass({ ms: 5_000 });
    expect((await now(id)).transaction).toMatchObject({ status: 'SETTLED', late: true });
    expect(await books()).toEqual(oneSale);
  });

  it('is released when it only authorises, and that is the end of it', async () => {
    const id = await authorize('4000000007000039');
    await cancelPayment(gateway.deps, actorOf(gateway.shop), (await now(id)).payment.id);
    await gateway.letPass({ ms: 0 });
    const before = await log();
    expect(await gateway.letPass({ ms: 5_000 })).toEqual(['sandbox-cards-tell', 'stop-order']);
    expect(await gateway.cards.status(id, new AbortController().signal)).toMatchObject({ kind: 'rejected' });
    await gateway.letPass({ ms: 3_600_000 });
    expect(gateway.sent).toHaveLength(1);
    expect(await log()).toEqual(before);
    expect((await now(id)).payment.status).toBe('CANCELLED');
    expect(await books()).toEqual(noSale);
  });
});

/** What the acquirer of cards owes the gateway for this shop's sales, less what it gave back for it, in PLN. */
async function acquirerOwes(): Promise<bigint> {
  const { rows } = await database.pool.query<{ owed: bigint }>(
    `select coalesce(sum(case when f.kind = 'ACQUIRER' then p.amount else -p.amount end), 0)::bigint as owed
     from posting p join account f on f.id = p.from_id join account t on t.id = p.to_id
     left join capture c on c.id = p.capture_id left join refund r on r.id = p.refund_id
     where 'ACQUIRER' in (f.kind::text, t.kind::text) and 'sandbox-cards' in (f.owner, t.owner)
       and $1::uuid in (c.shop_id, r.shop_id)`,
    [gateway.shop.id],
  );
  return BigInt(rows[0]?.owed ?? -1);
}
