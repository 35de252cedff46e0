import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Payment } from '../../src/kernel/db/generated/prisma/client.ts';
import { applyMovementAnswer } from '../../src/payments/ask-movement.ts';
import type { StartedTransaction } from '../../src/payments/decide-start.ts';
import type { RefusedTry } from '../../src/payments/guard-attempts.ts';
import { type StartTransactionInput, startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createPayment, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { capture, transactionNow } from './authorized.ts';
import { readLog, readTypes } from './read-records.ts';
import { declined, openWorld, paid, paymentNow, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'mtransfer', 'ecom3ds', 'gpay']);
});

afterEach(() => {
  world.acquirer.onStart(undefined);
  world.acquirer.onAsk({ kind: 'unheard' });
  world.alarms.length = 0;
});

afterAll(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  await world.close();
});

type Scene = { readonly shop: Shop; readonly payment: Payment };

const scene = async (): Promise<Scene> => {
  const shop = await world.openShop();
  return { shop, payment: await createPayment(world.deps, shop) };
};

const redirect = { url: 'https://bank.example/pay/1', httpMethod: 'GET', fields: [] } as const;

function start(
  { shop, payment }: Scene,
  input: Partial<StartTransactionInput>,
  source: 'API' | 'WEB' = 'WEB',
): Promise<StartedTransaction> {
  const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), method: 'BLIK', blikCode: '123456' } as const;
  return startTransaction(world.deps, { shop, source }, { ...wish, ...input });
}

const bank = { method: 'PBL', channel: 'mtransfer', blikCode: undefined } as const;
const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' }, blikCode: undefined } as const;

async function atBank(at: Scene): Promise<StartedTransaction> {
  world.acquirer.onStart({ kind: 'pending', redirect });
  const started = await start(at, bank);
  world.acquirer.onStart(undefined);
  return started;
}

/** A payment whose attempt at a bank was replaced by one that has reserved its money. */
async function reserveBesideBank() {
  const shop = await world.openShop();
  const at = { shop, payment: await createPayment(world.deps, shop, { captureMode: 'MANUAL' }) };
  const { transaction: old } = await atBank(at);
  world.acquirer.onStart({ kind: 'authorized', amount: at.payment.amount });
  const { transaction: reserved } = await start(at, { ...card, supersede: true });
  return { ...at, old, reserved };
}

describe('An attempt at a bank', () => {
  it('sends the payer there, and says so again to whoever repeats the call', async () => {
    const at = await scene();
    world.acquirer.onStart({ kind: 'pending', redirect });
    const wish = { ...bank, idempotencyKey: 'bank-1', returnUrl: 'https://shop.example/back' };
    const first = await start(at, wish, 'API');
    expect(first.transaction).toMatchObject({ status: 'PENDING', nextStep: redirect, confirmUntil: null });
    expect(await start(at, wish, 'API')).toMatchObject({ replayed: true, transaction: { nextStep: redirect } });
    const order = world.acquirer.started.find(({ reference }) => reference === first.transaction.id);
    expect(order?.returnUrl).toBe('https://shop.example/back');
  });

  it('is replaced only by a payer who was warned; its acquirer is told to stop', async () => {
    const at = await scene();
    const { transaction } = await atBank(at);
    await expect(start(at, {})).rejects.toThrow('supersede: true');
    const { transaction: next, payment } = await start(at, { supersede: true });
    expect([next.status, next.channel, payment.status]).toEqual(['PENDING', 'blik', 'PENDING']);
    const old = await transactionNow(world, transaction.id);
    expect(old).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED', nextStep: null });
    expect(await readTypes(world.database, at.shop.id, 3)).toEqual(['TRANSACTION_CANCELLED', 'TRANSACTION_PENDING']);
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toContain(transaction.id);
  });

  it('that was replaced settles late when the payer had paid there, and the new one ends', async () => {
    const at = await scene();
    const { transaction: old } = await atBank(at);
    const { transaction: next } = await start(at, { supersede: true });
    await tellAnswer(world.deps, old.id, paid(at.payment));
    expect(await transactionNow(world, old.id)).toMatchObject({ status: 'SETTLED', late: true, surplus: false });
    expect(await transactionNow(world, next.id)).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    expect(await paymentNow(world.database, at.payment.id)).toMatchObject({ status: 'SETTLED' });
  });

  it('that was replaced and paid, when the new one was paid as well, is surplus', async () => {
    const at = await scene();
    const { transaction: old } = await atBank(at);
    const { transaction: next } = await start(at, { supersede: true });
    await tellAnswer(world.deps, next.id, paid(at.payment));
    await tellAnswer(world.deps, old.id, paid(at.payment));
    expect(await transactionNow(world, old.id)).toMatchObject({ status: 'SETTLED', late: true, surplus: true });
    expect(world.alarms).toEqual(['a payment was paid twice']);
  });

  it('that was replaced and then authorised elsewhere does not keep the other money reserved', async () => {
    const { payment, old, reserved } = await reserveBesideBank();
    expect(reserved.status).toBe('AUTHORIZED');
    await tellAnswer(world.deps, old.id, paid(payment));
    expect(await transactionNow(world, reserved.id)).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toContain(reserved.id);
  });

  it('that was given up and paid after all lets nothing more be captured of the other, which ends with its captures', async () => {
    const { shop, payment, old, reserved } = await reserveBesideBank();
    const order = (amount: bigint) => capture(world, { shop, payment, transaction: reserved }, { amount });
    const { capture: part } = await order(1n);
    await tellAnswer(world.deps, old.id, paid(payment));
    expect(await transactionNow(world, reserved.id)).toMatchObject({ status: 'AUTHORIZED' });
    await expect(order(1n)).rejects.toMatchObject({ code: 'NOT_CAPTURABLE' });
    await applyMovementAnswer(world.deps, 'capture', { id: part.id, answer: { kind: 'rejected', code: 'CODE_57' } });
    expect(await transactionNow(world, reserved.id)).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toContain(reserved.id);
  });

  it('that was paid after all leaves its payment settled in every event of the other, whose capture is refused', async () => {
    const { shop, payment, old, reserved } = await reserveBesideBank();
    const { capture: all } = await capture(world, { shop, payment, transaction: reserved });
    await tellAnswer(world.deps, old.id, paid(payment));
    const before = (await readLog(world.database, shop.id)).length;
    await applyMovementAnswer(world.deps, 'capture', { id: all.id, answer: { kind: 'rejected', code: 'CODE_57' } });
    expect((await readLog(world.database, shop.id)).slice(before).map(({ type, data }) => [type, data])).toEqual([
      ['CAPTURE_REJECTED', { capture: { status: 'REJECTED', code: 'CODE_57' } }],
      ['TRANSACTION_AUTHORIZED', { transaction: { status: 'AUTHORIZED' }, payment: { status: 'SETTLED' } }],
      [
        'TRANSACTION_CANCELLED',
        { transaction: { status: 'CANCELLED', reason: 'SUPERSEDED' }, payment: { status: 'SETTLED' } },
      ],
    ]);
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toContain(reserved.id);
  });

  it('is replaced once, by whoever comes first', async () => {
    const at = await scene();
    await atBank(at);
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => start(at, { supersede: true })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(refused).toEqual(Array(4).fill('ATTEMPT_IN_PROGRESS'));
  });
});

describe('An attempt with BLIK', () => {
  it('is not replaced before its timers are over, and then only by a payer who was warned', async () => {
    const at = await scene();
    await start(at, {});
    world.acquirer.onAsk({ kind: 'pending' });
    await world.letPass({ ms: 59_999 });
    await expect(start(at, { supersede: true })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    await world.letPass({ ms: 1 });
    await expect(start(at, {})).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    expect(await start(at, { supersede: true })).toMatchObject({ transaction: { status: 'PENDING' } });
  });
});

describe('An attempt whose outcome is unknown', () => {
  it('is not replaced, but given up after a quarter of an hour; then the payer may pay otherwise', async () => {
    const at = await scene();
    world.acquirer.onStart(new Error('no answer in time'));
    const { transaction } = await start(at, {});
    world.acquirer.onStart(undefined);
    world.acquirer.onAsk({ kind: 'silent' });
    await expect(start(at, { supersede: true })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    await world.letPass({ ms: 14 * 60_000 });
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'UNKNOWN' });
    await world.letPass({ ms: 5 * 60_000 });
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'ERROR', reason: 'NO_ANSWER' });
    expect(await paymentNow(world.database, at.payment.id)).toMatchObject({ status: 'NEW' });
    expect(await start(at, {})).toMatchObject({ transaction: { status: 'PENDING' } });
  });

  it('is asked about for three days more, and settles late if it was paid after all', async () => {
    const at = await scene();
    world.acquirer.onStart(new Error('no answer in time'));
    const { transaction } = await start(at, {});
    world.acquirer.onAsk({ kind: 'silent' });
    await world.letPass({ ms: 15_000 });
    await world.letPass({ ms: 15 * 60_000 });
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'ERROR' });
    for (let hour = 0; hour < 70; hour += 1) expect(await world.letPass({ ms: 3_600_000 })).toContain('ask-acquirer');
    world.acquirer.onAsk(paid(at.payment));
    await world.letPass({ ms: 3_600_000 });
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'SETTLED', late: true });
  });

  it('is not asked about for ever', async () => {
    const at = await scene();
    world.acquirer.onStart(new Error('no answer in time'));
    await start(at, {});
    world.acquirer.onAsk({ kind: 'silent' });
    await world.letPass({ ms: 15_000 });
    await world.letPass({ ms: 15 * 60_000 });
    await world.letPass({ ms: 3 * 24 * 3_600_000 });
    expect(await world.letPass({ ms: 24 * 3_600_000 })).toEqual([]);
  });
});

describe('An attempt that waits for the payer’s card', () => {
  it('is NEW: nothing was sent, and the payer is led to a page of ours', async () => {
    const at = await scene();
    const { transaction, payment } = await start(at, { ...card, card: undefined }, 'API');
    expect(transaction).toMatchObject({
      status: 'NEW',
      nextStep: { url: `https://gateway.example/pay/${payment.id}`, httpMethod: 'GET', fields: [] },
    });
    expect(payment.status).toBe('PENDING');
    expect(world.acquirer.started.map((order) => order.reference)).not.toContain(transaction.id);
    expect(await readTypes(world.database, at.shop.id, 1)).toEqual(['TRANSACTION_NEW', 'PAYMENT_PENDING']);
    await world.letPass({ ms: 3_600_000 });
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'NEW' });
  });

  it('goes on under its id when the card is entered, and comes back to where the shop wished', async () => {
    const at = await scene();
    const wish = { ...card, card: undefined, returnUrl: 'https://shop.example/done' };
    const { transaction } = await start(at, wish, 'API');
    world.acquirer.onStart({ kind: 'settled', amount: at.payment.amount });
    const entered = await start(at, { ...card, payerIp: '192.0.2.1' });
    expect(entered.transaction).toMatchObject({
      id: transaction.id,
      status: 'SETTLED',
      source: 'API',
      payerIp: '192.0.2.1',
    });
    const order = world.acquirer.started.find(({ reference }) => reference === transaction.id);
    expect(order).toMatchObject({ cardToken: 'a token', returnUrl: 'https://shop.example/done' });
    expect(await readTypes(world.database, at.shop.id, 3)).toEqual([
      ...['TRANSACTION_PENDING', 'TRANSACTION_SETTLED', 'PAYMENT_SETTLED'],
    ]);
  });

  it('is the same to whoever sends its form again, even after it has ended', async () => {
    const at = await scene();
    const { transaction } = await start(at, { ...card, card: undefined }, 'API');
    world.acquirer.onStart(declined);
    const form = { ...card, idempotencyKey: 'paywall:form-1' };
    const first = await start(at, form);
    expect(first.transaction).toMatchObject({ id: transaction.id, status: 'REJECTED' });
    expect(await start(at, form)).toMatchObject({ replayed: true, transaction: { id: transaction.id } });
    const other = await scene();
    await expect(
      start({ shop: at.shop, payment: await createPayment(world.deps, at.shop) }, form),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    world.acquirer.onStart(undefined);
    expect(await start(other, form)).toMatchObject({ replayed: false });
  });

  it('leaves its way back to the shop to the attempts that the payer makes after it', async () => {
    const at = await scene();
    const returnUrl = 'https://shop.example/done';
    await start(at, { ...card, card: undefined, returnUrl }, 'API');
    world.acquirer.onStart(declined);
    await start(at, card);
    expect((await start(at, {})).transaction).toMatchObject({ returnUrl });
    expect((await start(at, { idempotencyKey: 'by the shop' }, 'API')).transaction).toMatchObject({ returnUrl: null });
  });

  it('counts against the address that we saw when its card is refused, and not against one that the shop named', async () => {
    const at = await scene();
    const noted: RefusedTry[] = [];
    const attempts = {
      admit: async () => undefined,
      noteRefusal: async (refused: RefusedTry) => void noted.push(refused),
    };
    const deps = { ...world.deps, attempts };
    const wish = { paymentId: at.payment.id, method: 'CARD', payerIp: '203.0.113.1' } as const;
    await startTransaction(deps, { shop: at.shop, source: 'API' }, { ...wish, idempotencyKey: 'api' });
    world.acquirer.onStart(declined);
    const entered = {
      ...wish,
      payerIp: '203.0.113.2',
      card: { token: 'a token', fingerprint: 'a card' },
      idempotencyKey: 'web',
    };
    await startTransaction(deps, { shop: at.shop, source: 'WEB' }, entered);
    expect(noted).toMatchObject([{ address: '203.0.113.2', addressSeen: true }]);
  });

  it('is sent once, however often the card is entered', async () => {
    const at = await scene();
    const { transaction } = await start(at, { ...card, card: undefined }, 'API');
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => start(at, card)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(world.acquirer.started.filter((order) => order.reference === transaction.id)).toHaveLength(1);
  });

  it('gives way at once to another method, or to another such attempt', async () => {
    const at = await scene();
    const { transaction } = await start(at, { ...card, card: undefined }, 'API');
    const { transaction: wallet } = await start(at, { method: 'WALLET', channel: 'gpay', blikCode: undefined }, 'API');
    expect(wallet.status).toBe('NEW');
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    expect(await start(at, {})).toMatchObject({ transaction: { status: 'PENDING', channel: 'blik' } });
    expect(await world.letPass({ ms: 0 })).not.toContain('stop-order');
  });

  it('ends with its payment, and nobody has to be told', async () => {
    const shop = await world.openShop();
    const validUntil = new Date(world.clock.now().getTime() + 60_000);
    const at = { shop, payment: await createPayment(world.deps, shop, { validUntil }) };
    const { transaction } = await start(at, { ...card, card: undefined }, 'API');
    const done = await world.letPass({ ms: 60_000 });
    expect(await transactionNow(world, transaction.id)).toMatchObject({
      status: 'CANCELLED',
      reason: 'PAYMENT_EXPIRED',
    });
    expect(done).not.toContain('stop-order');
  });
});
