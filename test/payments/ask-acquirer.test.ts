import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askAcquirer } from '../../src/payments/ask-acquirer.ts';
import { createPayment, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { readBooks, readTimers, readTypes } from './read-records.ts';
import { declined, openWorld, paid, paymentNow, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

beforeEach(() => {
  world.acquirer.onStart(undefined);
  world.acquirer.asked.length = 0;
});

afterAll(() => world.close());

const seconds = (count: number): { ms: number } => ({ ms: count * 1000 });

describe('An acquirer that has not told the outcome', () => {
  it('is asked after growing intervals for as long as it has none, and after 15 minutes every five', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    world.acquirer.onAsk({ kind: 'pending', confirmUntil: world.clock.now() });
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const [timer] = await readTimers(world.database, transaction.id);
      const [, number, dueAt] = (timer ?? '').split(' ');
      expect(number).toBe(String(round));
      const wait = { ms: new Date(dueAt ?? '').getTime() - world.clock.now().getTime() };
      waits.push(wait.ms / 1000);
      expect(await world.letPass({ ms: wait.ms - 1 })).toEqual([]);
      expect(await world.letPass({ ms: 1 })).toEqual(['ask-acquirer']);
    }
    expect(waits).toEqual([15, 15, 30, 60, 120, 300, 300, 300]);
    expect(world.acquirer.asked).toEqual(waits.map(() => transaction.id));
    await tellAnswer(world.deps, transaction.id, paid(payment));
  });

  it('makes the attempt unknown by its silence, once, and is asked again', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart(new Error('time-out'));
    const { transaction, payment } = await startedPayment(world, shop);
    world.acquirer.onStart(undefined);
    world.acquirer.onAsk(new Error('time-out'));
    await world.letPass(seconds(15));
    await world.letPass(seconds(15));
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_UNKNOWN']);
    expect(await readTimers(world.database, transaction.id)).toEqual([expect.stringContaining('ask-acquirer 2')]);
    await tellAnswer(world.deps, transaction.id, paid(payment));
  });

  it('settles the payment by its word', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart(new Error('time-out'));
    const { transaction, payment } = await startedPayment(world, shop);
    world.acquirer.onAsk(paid(payment));
    await world.letPass(seconds(15));
    expect(await paymentNow(world.database, payment.id)).toMatchObject({ status: 'SETTLED' });
    expect((await readBooks(world.database, shop.id)).balance).toBe(1_234);
    expect(await readTimers(world.database, transaction.id)).toEqual([]);
  });

  it('frees the payment by its no', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    world.acquirer.onAsk(declined);
    await world.letPass(seconds(15));
    expect((await paymentNow(world.database, payment.id)).status).toBe('NEW');
    expect(await readTimers(world.database, transaction.id, payment.id)).toEqual([
      expect.stringMatching(/^expire-payment/),
    ]);
  });

  it('frees the payment when it never heard of the order, because the gateway died before it called', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const start = {
      paymentId: payment.id,
      shop,
      idempotencyKey: randomUUID(),
      inputHash: Buffer.alloc(32),
      channel: 'blik',
      acquirer: world.acquirer,
      source: 'API',
      entryPage: undefined,
      refusal: undefined,
      supersede: false,
      returnUrl: undefined,
      payerIp: undefined,
      instrument: undefined,
      token: undefined,
      profileId: undefined,
      choosesApp: false,
      formerKey: undefined,
      appKey: undefined,
    } as const;
    const { transaction } = await world.deps.starting.submit(start);
    world.acquirer.onAsk({ kind: 'unheard' });
    await world.letPass(seconds(15));
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_ERROR', 'PAYMENT_NEW']);
    expect(await readTimers(world.database, transaction.id)).toEqual([]);
  });
});

describe('An acquirer is not asked', () => {
  it('about an attempt that has ended, or that does not exist', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await tellAnswer(world.deps, transaction.id, paid(payment));
    await askAcquirer(world.deps, transaction.id, 0);
    await askAcquirer(world.deps, randomUUID(), 0);
    expect(world.acquirer.asked).toEqual([]);
    expect(await readTimers(world.database, transaction.id)).toEqual([]);
  });

  it('in vain: a name that no acquirer has is our error, and the job is tried again', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    const deps = { ...world.deps, acquirers: new Map() };
    await expect(askAcquirer(deps, transaction.id, 0)).rejects.toThrow('names no known acquirer');
    await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
