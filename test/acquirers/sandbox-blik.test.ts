import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StartOrder } from '../../src/acquirers/port.ts';
import { scriptOfCode } from '../../src/acquirers/sandbox-blik/outcomes.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { askAcquirer } from '../../src/payments/ask-acquirer.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actorOf, createPayment, startBlik } from '../support/factories.ts';
import { attemptNow, booksOf, createSandboxGateway, logOf, type SandboxGateway } from './sandbox-gateway.ts';
import { orderFor } from './simulated.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});

// What one test left for later is none of the next one's business.
afterEach(async () => {
  await database.pool.query('delete from timer');
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

const amount = 10_000n;
const oneSecond = { ms: 1_000 };
/** The books after one sale of 100.00 PLN by BLIK: the commission is 1.59 %, half up. */
const oneSale = {
  postings: ['SALE ACQUIRER sandbox-blik SHOP 10000 PLN'],
  captures: ['SETTLED 10000'],
  commissions: ['10000 15900 159'],
  balance: amount,
};
const noSale = { postings: [], captures: [], commissions: [], balance: 0n };
const startedLog = ['1 PAYMENT_CREATED', '2 TRANSACTION_PENDING', '3 PAYMENT_PENDING'];

/** Starts to pay a new payment of 100.00 PLN with a code, and gives the attempt's id. */
async function pay(gateway: SandboxGateway, blikCode: string, title = 'Buty'): Promise<string> {
  const payment = await createPayment(gateway.deps, gateway.shop, { amount, title });
  const { transaction } = await startBlik(gateway.deps, gateway.shop, { paymentId: payment.id, blikCode });
  return transaction.id;
}

/** An order of the gateway's shop as the acquirer gets it. */
function order({ clock, shop }: SandboxGateway, values: Partial<StartOrder>): StartOrder {
  return orderFor(clock, { channel: 'blik', merchantId: shop.merchantId, amount, blikCode: '123456', ...values });
}

/** Every code that is refused, with the time after which the outcome is told (domain: sandbox outcomes). */
const refused = [
  ['912111', 'BLK-ERROR-210003', 'ALIAS_DECLINED', 1_000],
  ['927111', 'BLK-ERROR-210001', 'TECHNICAL', 1_000],
  ['956111', 'BLK-ERROR-210001', 'TECHNICAL', 1_000],
  ['934111', 'BLK-ERROR-210009', 'PAYER_DECLINED', 1_000],
  ['969111', 'BLK-ERROR-210013', 'SECURITY', 1_000],
  ['961111', 'BLK-ERROR-210000', 'GENERAL', 1_000],
  ['960111', 'BLK-ERROR-210015', 'INSUFFICIENT_FUNDS', 1_000],
  ['990111', 'BLK-ERROR-210014', 'LIMIT_EXCEEDED', 1_000],
  ['949111', 'BLK-ERROR-210011', 'NOT_CONFIRMED', 60_000],
  ['989111', 'BLK-ERROR-210011', 'NOT_CONFIRMED', 60_000],
  ['902111', 'BLK-ERROR-210016', 'ISSUER_DECLINED', 1_000],
  ['700005', 'BLK-ERROR-210005', 'CODE_INVALID', 0],
  ['700006', 'BLK-ERROR-210006', 'CODE_EXPIRED', 0],
] as const;

describe('A BLIK code that is refused', () => {
  it.each(refused)('%s is told as %s, and the payment can be tried again', async (code, wire, reason, afterMs) => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, code);
    if (afterMs > 0) {
      await gateway.letPass({ ms: afterMs - 1 });
      expect((await attemptNow(database, id)).transaction.status).toBe('PENDING');
      await gateway.letPass({ ms: 1 });
    }
    const { transaction, payment } = await attemptNow(database, id);
    expect(transaction).toMatchObject({ status: 'REJECTED', reason, acquirerCode: wire });
    expect(payment.status).toBe('NEW');
    expect(gateway.sent).toHaveLength(afterMs > 0 ? 1 : 0);
    const log = await logOf(database, gateway.shop.id);
    expect(log).toEqual([...startedLog, '4 TRANSACTION_REJECTED', '5 PAYMENT_NEW']);
    expect(await booksOf(database, gateway.shop.id)).toEqual(noSale);
  });

  it('is among those that are tested here, or among the special ones', () => {
    const special = ['700000', '700001', '700002', '700003', '700010', '700011'];
    expect([...refused.map(([code]) => code), ...special].sort()).toEqual(Object.keys(scriptOfCode).sort());
  });

  it('leaves the payment to be paid with a better code', async () => {
    const gateway = await createSandboxGateway(database);
    const first = await attemptNow(database, await pay(gateway, '700005'));
    await startBlik(gateway.deps, gateway.shop, { paymentId: first.payment.id, blikCode: '123 456' });
    await gateway.letPass(oneSecond);
    expect((await attemptNow(database, first.transaction.id)).payment.status).toBe('SETTLED');
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('is one that was typed more than 120 seconds before', async () => {
    const gateway = await createSandboxGateway(database);
    const { acquirer } = gateway;
    const typed = (ms: number): StartOrder =>
      order(gateway, { enteredAt: new Date(gateway.clock.now().getTime() - ms) });
    const { signal } = new AbortController();
    expect(await acquirer.start(typed(120_000), signal)).toMatchObject({ kind: 'pending' });
    const expired = { kind: 'rejected', reason: 'CODE_EXPIRED', code: 'BLK-ERROR-210006' };
    expect(await acquirer.start(typed(120_001), signal)).toEqual(expired);
    const aheadMs = 500_000;
    const ahead = { clockOffsetMs: aheadMs, enteredAt: new Date(gateway.clock.now().getTime() + aheadMs) };
    expect(await acquirer.start(order(gateway, ahead), signal)).toMatchObject({ kind: 'pending' });
  });

  it('is any code when the title asks for a provider error, and only then', async () => {
    const gateway = await createSandboxGateway(database);
    const failing = await pay(gateway, '123456', 'TEST-100010');
    const normal = await pay(gateway, '123456', 'TEST-100000');
    await gateway.letPass(oneSecond);
    const { transaction } = await attemptNow(database, failing);
    expect(transaction).toMatchObject({ status: 'REJECTED', reason: 'TECHNICAL', acquirerCode: 'BLK-ERROR-210001' });
    expect((await attemptNow(database, normal)).transaction.status).toBe('SETTLED');
  });
});

describe('A BLIK code that settles', () => {
  it('is told a second after the call, until then the payer has 60 seconds to confirm', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '123456');
    const { transaction: pending } = await attemptNow(database, id);
    expect(pending.status).toBe('PENDING');
    expect(pending.confirmUntil).toEqual(new Date(gateway.clock.now().getTime() + 60_000));
    await gateway.letPass({ ms: 999 });
    expect((await attemptNow(database, id)).transaction.status).toBe('PENDING');
    await gateway.letPass({ ms: 1 });
    const { transaction, payment } = await attemptNow(database, id);
    expect(transaction).toMatchObject({ status: 'SETTLED', settledAmount: amount, late: false, surplus: false });
    expect(payment.status).toBe('SETTLED');
    const log = await logOf(database, gateway.shop.id);
    expect(log).toEqual([...startedLog, '4 TRANSACTION_SETTLED', '5 PAYMENT_SETTLED']);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('is booked once though it is told twice', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '700002');
    await gateway.letPass(oneSecond);
    expect(gateway.sent).toHaveLength(2);
    expect((await attemptNow(database, id)).transaction.status).toBe('SETTLED');
    expect(await logOf(database, gateway.shop.id)).toHaveLength(5);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('is told again when the gateway lost the notification', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '123456');
    gateway.refuse(1);
    await expect(gateway.letPass(oneSecond)).rejects.toThrow('out of order');
    expect((await attemptNow(database, id)).transaction.status).toBe('PENDING');
    expect(await gateway.acquirer.status(id, new AbortController().signal)).toEqual({ kind: 'settled', amount });
    await gateway.repeat('sandbox-blik-tell', id);
    expect((await attemptNow(database, id)).transaction.status).toBe('SETTLED');
  });

  it('is found by asking when every notification was lost', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '123456');
    gateway.refuse(1);
    await expect(gateway.letPass(oneSecond)).rejects.toThrow('out of order');
    expect(await gateway.letPass({ ms: 15_000 })).toEqual(['ask-acquirer']);
    expect((await attemptNow(database, id)).transaction).toMatchObject({ status: 'SETTLED', late: false });
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('is told by the clock of its merchant', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '123456');
    await database.pool.query('update merchant set clock_offset_ms = 1000 where id = $1', [gateway.shop.merchantId]);
    await gateway.letPass({ ms: 0 });
    expect((await attemptNow(database, id)).transaction.status).toBe('SETTLED');
  });
});

describe('An order that was cancelled in time', () => {
  it('tells nothing, though the job that tells had been begun', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '960111');
    const { payment } = await attemptNow(database, id);
    await cancelPayment(gateway.deps, actorOf(gateway.shop), payment.id);
    expect(await gateway.letPass({ ms: 0 })).toEqual(['stop-order']);
    await gateway.repeat('sandbox-blik-tell', id);
    expect(gateway.sent).toEqual([]);
    expect((await attemptNow(database, id)).transaction.status).toBe('CANCELLED');
  });

  it('counts as refused with the general code, whatever its own outcome would have been', async () => {
    const gateway = await createSandboxGateway(database);
    const { signal } = new AbortController();
    const wish = order(gateway, { blikCode: '960111' });
    await gateway.acquirer.start(wish, signal);
    await gateway.acquirer.cancel(wish.reference, signal);
    const general = { kind: 'rejected', reason: 'GENERAL', code: 'BLK-ERROR-210000' };
    expect(await gateway.acquirer.status(wish.reference, signal)).toEqual(general);
  });
});

describe('A BLIK code without an answer', () => {
  it.each([
    ['700000', { status: 'SETTLED', late: false, acquirerCode: null }, 'SETTLED'],
    ['700001', { status: 'REJECTED', reason: 'GENERAL', acquirerCode: 'BLK-ERROR-210000' }, 'NEW'],
  ] as const)('%s is unknown until the acquirer is asked', async (code, expected, paymentStatus) => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, code);
    expect((await attemptNow(database, id)).transaction.status).toBe('UNKNOWN');
    await gateway.letPass({ ms: 14_999 });
    expect((await attemptNow(database, id)).transaction.status).toBe('UNKNOWN');
    expect(await gateway.letPass({ ms: 1 })).toEqual(['ask-acquirer']);
    const { transaction, payment } = await attemptNow(database, id);
    expect(transaction).toMatchObject(expected);
    expect(payment.status).toBe(paymentStatus);
    expect(gateway.sent).toEqual([]);
    const log = await logOf(database, gateway.shop.id);
    expect(log).toEqual([
      ...startedLog,
      '4 TRANSACTION_UNKNOWN',
      `5 TRANSACTION_${transaction.status}`,
      `6 PAYMENT_${paymentStatus}`,
    ]);
    expect(await booksOf(database, gateway.shop.id)).toEqual(code === '700000' ? oneSale : noSale);
  });

  it('700000 settles the payment late when it was cancelled meanwhile', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '700000');
    const { payment } = await attemptNow(database, id);
    await cancelPayment(gateway.deps, actorOf(gateway.shop), payment.id);
    await askAcquirer(gateway.deps, id, 0);
    const after = await attemptNow(database, id);
    expect(after.transaction).toMatchObject({ status: 'SETTLED', late: true });
    expect(after.payment.status).toBe('SETTLED');
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  });

  it('700000 tells the money by itself when its order is cancelled, since nobody will ask', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '700000');
    await gateway.acquirer.cancel(id, new AbortController().signal);
    await gateway.letPass({ ms: 0 });
    expect((await attemptNow(database, id)).transaction.status).toBe('SETTLED');
  });
});

describe('The BLIK code 700003', () => {
  it('waits as long as its payment does', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '700003');
    await gateway.letPass({ ms: 3_600_000 });
    expect((await attemptNow(database, id)).transaction.status).toBe('PENDING');
    expect(gateway.sent).toEqual([]);
  });

  it('is paid late, 5 seconds after the payment was cancelled', async () => {
    const gateway = await createSandboxGateway(database);
    const id = await pay(gateway, '700003');
    const { payment } = await attemptNow(database, id);
    await cancelPayment(gateway.deps, actorOf(gateway.shop), payment.id);
    expect(await gateway.letPass({ ms: 0 })).toEqual(['stop-order']);
    await gateway.letPass({ ms: 4_999 });
    expect((await attemptNow(database, id)).transaction).toMatchObject({
      status: 'CANCELLED',
      reason: 'PAYMENT_CANCELLED',
    });
    await gateway.letPass({ ms: 1 });
    await expectPaidLate(gateway, id, 'CANCELLED');
  });

  it('is paid late, 5 seconds after the payment has expired', async () => {
    const gateway = await createSandboxGateway(database);
    const validUntil = new Date(gateway.clock.now().getTime() + 90_000);
    const payment = await createPayment(gateway.deps, gateway.shop, { amount, validUntil });
    const { transaction } = await startBlik(gateway.deps, gateway.shop, { paymentId: payment.id, blikCode: '700003' });
    expect(await gateway.letPass({ ms: 90_000 })).toEqual(['ask-acquirer', 'expire-payment', 'stop-order']);
    expect((await attemptNow(database, transaction.id)).payment.status).toBe('EXPIRED');
    await gateway.letPass({ ms: 5_000 });
    await expectPaidLate(gateway, transaction.id, 'EXPIRED');
  });

  async function expectPaidLate(gateway: SandboxGateway, id: string, end: 'CANCELLED' | 'EXPIRED'): Promise<void> {
    const { transaction, payment } = await attemptNow(database, id);
    expect(transaction).toMatchObject({ status: 'SETTLED', late: true, surplus: false, settledAmount: amount });
    expect(payment.status).toBe('SETTLED');
    const log = await logOf(database, gateway.shop.id);
    expect(log).toEqual([
      ...startedLog,
      '4 TRANSACTION_CANCELLED',
      `5 PAYMENT_${end}`,
      '6 TRANSACTION_SETTLED',
      '7 PAYMENT_SETTLED',
    ]);
    expect(await booksOf(database, gateway.shop.id)).toEqual(oneSale);
  }
});
