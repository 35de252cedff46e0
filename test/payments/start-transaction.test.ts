import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { StartedTransaction } from '../../src/payments/decide-start.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { type StartTransactionInput, startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, createPayment, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { readLog, readTimers, readTypes } from './read-records.ts';
import { createToldAcquirer } from './told-acquirer.ts';
import { declined, openWorld, paid, paymentNow, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterEach(() => world.acquirer.onStart(undefined));

afterAll(() => world.close());

const start = (
  shop: Shop,
  input: Partial<StartTransactionInput> & { paymentId: string },
): Promise<StartedTransaction> =>
  startTransaction(
    world.deps,
    { shop, source: 'API' },
    { idempotencyKey: randomUUID(), method: 'BLIK', blikCode: '123456', ...input },
  );

async function setStatus(table: 'shop' | 'merchant', id: string, status: string): Promise<void> {
  const cast = table === 'shop' ? 'uuid' : 'text';
  const text = `update ${table} set status = $2::${table}_status where id = $1::${cast}`;
  await world.database.pool.query(text, [id, status]);
}

const startedTypes = ['TRANSACTION_PENDING', 'PAYMENT_PENDING'];

describe('A started attempt', () => {
  it('sends the order to the acquirer once, under its own id', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop, { amount: 5_000n, title: 'Buty' });
    const { transaction } = await start(shop, { paymentId: payment.id, blikCode: ' 123\u00a0456 ' });
    expect(world.acquirer.started.filter((order) => order.reference === transaction.id)).toEqual([
      {
        reference: transaction.id,
        channel: 'blik',
        amount: 5_000n,
        currency: 'PLN',
        captureMode: 'AUTOMATIC',
        title: 'Buty',
        shopName: shop.name,
        enteredAt: world.clock.now(),
        blikCode: '123456',
        cardToken: undefined,
        stored: false,
        alias: undefined,
        returnUrl: `https://gateway.example/pay/${payment.id}`,
        merchantId: shop.merchantId,
        clockOffsetMs: 0,
        sandboxDelayMs: 0,
      },
    ]);
  });

  it('is pending until the payer has confirmed, and so is its payment', async () => {
    const shop = await world.openShop();
    const { transaction, payment, replayed } = await startedPayment(world, shop);
    expect(replayed).toBe(false);
    expect(transaction).toMatchObject({ status: 'PENDING', amount: 1_234n, method: 'BLIK', channel: 'blik' });
    expect(transaction.confirmUntil).toEqual(new Date(world.clock.now().getTime() + 60_000));
    expect(payment.status).toBe('PENDING');
    const log = await readLog(world.database, shop.id);
    expect(log.slice(1)).toEqual([
      {
        number: 2,
        type: 'TRANSACTION_PENDING',
        paymentId: payment.id,
        transactionId: transaction.id,
        at: world.clock.now(),
        data: { transaction: { status: 'PENDING' }, payment: { status: 'PENDING' } },
      },
      {
        number: 3,
        type: 'PAYMENT_PENDING',
        paymentId: payment.id,
        transactionId: null,
        at: world.clock.now(),
        data: { payment: { status: 'PENDING' } },
      },
    ]);
  });

  it('has a timer by which the acquirer is asked, and leaves that of its payment', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    const in15 = new Date(world.clock.now().getTime() + 15_000).toISOString();
    expect(await readTimers(world.database, transaction.id, payment.id)).toEqual([
      `ask-acquirer 0 ${in15}`,
      `expire-payment 0 ${payment.validUntil.toISOString()}`,
    ]);
  });

  it('settles at once when the acquirer says so', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart({ kind: 'settled', amount: 1_234n });
    const { transaction, payment } = await startedPayment(world, shop);
    expect([transaction.status, transaction.late, payment.status]).toEqual(['SETTLED', false, 'SETTLED']);
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_SETTLED', 'PAYMENT_SETTLED']);
    expect(await readTimers(world.database, transaction.id, payment.id)).toEqual([]);
  });

  it('that is declined is an answer, and lets the payer try again', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart(declined);
    const first = await startedPayment(world, shop);
    expect(first.transaction).toMatchObject({
      status: 'REJECTED',
      reason: 'INSUFFICIENT_FUNDS',
      acquirerCode: '210015',
    });
    expect(first.payment.status).toBe('NEW');
    world.acquirer.onStart(undefined);
    const second = await startBlik(world.deps, shop, { paymentId: first.payment.id });
    expect(second.transaction).toMatchObject({ status: 'PENDING', paymentId: first.payment.id });
    expect(await readTypes(world.database, shop.id, 1)).toEqual([
      ...startedTypes,
      'TRANSACTION_REJECTED',
      'PAYMENT_NEW',
      ...startedTypes,
    ]);
  });

  it('is unknown when the call gave no answer, and goes on being asked about', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart(new Error('time-out'));
    const { transaction, payment } = await startedPayment(world, shop);
    expect([transaction.status, payment.status]).toEqual(['UNKNOWN', 'PENDING']);
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_UNKNOWN']);
    expect(await readTimers(world.database, transaction.id)).toHaveLength(1);
  });
});

describe('A process that stood still between its decision and the call', () => {
  /** The verbs of such a process: time passes, and the timers are run by another one. */
  const standStill = (duration: { readonly ms: number }): PaymentDeps => {
    const { starting } = world.deps;
    const submit: typeof starting.submit = async (wish) => {
      const decided = await starting.submit(wish);
      await world.letPass(duration);
      return decided;
    };
    return { ...world.deps, starting: { ...starting, submit } };
  };

  beforeEach(() => {
    world.acquirer.started.length = 0;
    world.acquirer.onStart({ kind: 'settled', amount: 1_234n });
  });

  it('sends nothing that was given up meanwhile: its payer may have paid otherwise', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const { transaction } = await startBlik(standStill({ ms: 16_000 }), shop, { paymentId: payment.id });
    expect(world.acquirer.started).toEqual([]);
    expect(transaction).toMatchObject({ status: 'ERROR', reason: 'NOT_SENT', late: false });
    expect(await paymentNow(world.database, payment.id)).toMatchObject({ status: 'NEW' });
  });

  it('gives the attempt up itself when another one is soon to be asked about it', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const { transaction } = await startBlik(standStill({ ms: 8_001 }), shop, { paymentId: payment.id });
    expect(world.acquirer.started).toEqual([]);
    expect(transaction).toMatchObject({ status: 'ERROR', reason: 'NOT_SENT' });
    expect(await paymentNow(world.database, payment.id)).toMatchObject({ status: 'NEW' });
  });

  it('sends it as long as nobody can have asked before the call is over', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const { transaction } = await startBlik(standStill({ ms: 8_000 }), shop, { paymentId: payment.id });
    expect(world.acquirer.started).toHaveLength(1);
    expect(transaction.status).toBe('SETTLED');
  });
});

describe('A second attempt', () => {
  it('waits for the end of the first', async () => {
    const shop = await world.openShop();
    const { payment } = await startedPayment(world, shop);
    await expect(start(shop, { paymentId: payment.id })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
  });

  it('waits for the end of one that is unknown', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart(new Error('time-out'));
    const { payment } = await startedPayment(world, shop);
    await expect(start(shop, { paymentId: payment.id })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
  });

  it('in the same batch waits as well', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const results = await Promise.allSettled([1, 2, 3].map(() => start(shop, { paymentId: payment.id })));
    const words = results.map((one) => (one.status === 'fulfilled' ? one.value.transaction.status : one.reason.code));
    expect(words).toEqual(['PENDING', 'ATTEMPT_IN_PROGRESS', 'ATTEMPT_IN_PROGRESS']);
  });
});

describe('A start is refused', () => {
  it('for a payment that is over', async () => {
    const shop = await world.openShop();
    const cancelled = await createPayment(world.deps, shop);
    await cancelPayment(world.deps, actorOf(shop), cancelled.id);
    const settled = await startedPayment(world, shop);
    await tellAnswer(world.deps, settled.transaction.id, paid(settled.payment));
    for (const paymentId of [cancelled.id, settled.payment.id]) {
      await expect(start(shop, { paymentId })).rejects.toMatchObject({ code: 'PAYMENT_NOT_PAYABLE' });
    }
  });

  it('from the very moment at which the payment expires, even if nobody has noticed yet', async () => {
    const shop = await world.openShop();
    const validUntil = new Date(world.clock.now().getTime() + 60_000);
    const payment = await createPayment(world.deps, shop, { validUntil });
    world.clock.pass({ ms: 60_000 });
    const refused = start(shop, { paymentId: payment.id });
    await expect(refused).rejects.toMatchObject({
      code: 'PAYMENT_NOT_PAYABLE',
      message: expect.stringContaining('expired'),
    });
    await world.letPass({ ms: 0 });
  });

  it('for a payment of another shop, or of none, in the same words', async () => {
    const [shop, other] = [await world.openShop(), await world.openShop()];
    const payment = await createPayment(world.deps, other);
    const message = await start(shop, { paymentId: randomUUID() }).catch((error: Error) => error.message);
    await expect(start(shop, { paymentId: payment.id })).rejects.toMatchObject({ code: 'NOT_FOUND', message });
  });

  it('by a shop that takes no payments now, whatever was known of it a moment ago', async () => {
    const shop = await world.openShop();
    const { id: paymentId } = await createPayment(world.deps, shop);
    await setStatus('merchant', shop.merchantId, 'TERMINATED');
    await expect(start(shop, { paymentId })).rejects.toMatchObject({ code: 'MERCHANT_NOT_ACTIVE' });
    await setStatus('shop', shop.id, 'SUSPENDED');
    await expect(start(shop, { paymentId })).rejects.toMatchObject({ code: 'SHOP_NOT_ACTIVE' });
    expect((await paymentNow(world.database, paymentId)).status).toBe('NEW');
  });

  it('for methods that cannot pay this one', async () => {
    const shop = await world.openShop();
    const { id: paymentId } = await createPayment(world.deps, shop);
    // As one that was made when the shop took cards as well.
    const acquirers = new Map([['cards', createToldAcquirer(['ecom3ds'])]]);
    const euros = await createPayment({ ...world.deps, acquirers }, shop, { currency: 'EUR' });
    const cannot = 'cannot pay this payment; ask paymentMethods what can.';
    const inEuros = 'blik takes PLN only, and this payment is in EUR; ask paymentMethods what can pay it.';
    const wishes: [Shop, Partial<StartTransactionInput> & { paymentId: string }, string][] = [
      [{ ...shop, channels: ['ing'] }, { paymentId }, `blik ${cannot}`],
      [shop, { paymentId, method: 'CARD' }, `ecom3ds ${cannot}`],
      [shop, { paymentId, method: 'BLIK', channel: 'blik_oneclick' }, `blik_oneclick ${cannot}`],
      [shop, { paymentId: euros.id }, inEuros],
    ];
    for (const [at, wish, message] of wishes) {
      await expect(start(at, wish)).rejects.toMatchObject({ code: 'METHOD_NOT_AVAILABLE', message });
    }
    expect((await paymentNow(world.database, paymentId)).status).toBe('NEW');
  });

  it.each<[string, Partial<StartTransactionInput>]>([
    ['code', { blikCode: undefined }],
    ['code', { blikCode: '12345' }],
    ['code', { blikCode: '12345a' }],
    ['code', { blikCode: '１２３４５６' }],
    ['channel', { channel: 'ing' }],
    ['channel', { channel: 'no such' }],
    ['payerIp', { payerIp: 'localhost' }],
    ['payerIp', { payerIp: 'fe80::1%4111111111111111' }],
    ['returnUrl', { returnUrl: 'shop.example' }],
    ['idempotencyKey', { idempotencyKey: '' }],
  ])('for a wrong %s', async (field, input) => {
    const shop = await world.openShop();
    const error = await start(shop, { paymentId: randomUUID(), ...input }).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(InvalidInput);
    expect((error as InvalidInput).field?.at(-1)).toBe(field);
  });

  it('and its key is free for a better one', async () => {
    const shop = await world.openShop();
    const { payment, transaction } = await startedPayment(world, shop);
    const wish = { paymentId: payment.id, idempotencyKey: 'try-2' };
    await expect(start(shop, wish)).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    await tellAnswer(world.deps, transaction.id, declined);
    expect(await start(shop, { ...wish, blikCode: '222222' })).toMatchObject({ replayed: false });
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
