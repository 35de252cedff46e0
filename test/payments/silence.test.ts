import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Acquirer } from '../../src/acquirers/port.ts';
import type { Payment } from '../../src/kernel/db/generated/prisma/client.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { StartedTransaction } from '../../src/payments/decide-start.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { type StartTransactionInput, startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, createPayment, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { transactionNow } from './authorized.ts';
import { readTimers, readTypes } from './read-records.ts';
import { openWorld, paid, paymentNow, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'mtransfer', 'ecom3ds']);
});

afterEach(() => {
  world.acquirer.onStart(undefined);
  world.acquirer.onAsk({ kind: 'unheard' });
  world.acquirer.stopped.length = 0;
});

afterAll(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  await world.close();
});

type Scene = { readonly shop: Shop; readonly payment: Payment };

const scene = async (input: Partial<CreatePaymentInput> = {}): Promise<Scene> => {
  const shop = await world.openShop();
  return { shop, payment: await createPayment(world.deps, shop, input) };
};

const silence = new Error('no answer in time');
const redirect = { url: 'https://bank.example/pay/1', httpMethod: 'GET', fields: [] } as const;
const minutes = (count: number) => ({ ms: count * 60_000 });
const bank = { method: 'PBL', channel: 'mtransfer' } as const;
const entry = { method: 'CARD' } as const;
const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' } } as const;

function start(
  { shop, payment }: Scene,
  input: Partial<StartTransactionInput> & Pick<StartTransactionInput, 'method'>,
  { source = 'WEB', deps = world.deps }: { readonly source?: 'API' | 'WEB'; readonly deps?: PaymentDeps } = {},
): Promise<StartedTransaction> {
  const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), blikCode: '123456' };
  return startTransaction(deps, { shop, source }, { ...wish, ...input });
}

/** The world with an acquirer that does something else when it is called. */
function whileCalled(meanwhile: Acquirer['start']): PaymentDeps {
  const acquirers = new Map([[world.acquirer.name, { ...world.acquirer, start: meanwhile }]]);
  return { ...world.deps, acquirers };
}

describe('An acquirer that has said that it works on an attempt', () => {
  it('may be silent when it is asked: its payer keeps his way to the bank, and is not told to pay once more', async () => {
    const at = await scene();
    world.acquirer.onStart({ kind: 'pending', redirect });
    const { transaction } = await start(at, bank);
    world.acquirer.onAsk(silence);
    for (let round = 0; round < 12; round += 1) await world.letPass(minutes(5));
    const waiting = await transactionNow(world, transaction.id);
    expect(waiting).toMatchObject({ status: 'PENDING', nextStep: redirect });
    expect(await paymentNow(world.database, at.payment.id)).toMatchObject({ status: 'PENDING' });
    world.acquirer.onAsk(paid(at.payment));
    await world.letPass(minutes(5));
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'SETTLED', late: false });
  });

  it('after it had been silent has its payer confirm as usual, and pay otherwise after a warning', async () => {
    const at = await scene();
    world.acquirer.onStart(silence);
    const { transaction } = await start(at, bank);
    world.acquirer.onStart(undefined);
    await expect(start(at, { method: 'BLIK', supersede: true })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    world.acquirer.onAsk({ kind: 'pending', redirect });
    await world.letPass(minutes(1));
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'PENDING', nextStep: redirect });
    world.acquirer.onAsk(silence);
    for (let round = 0; round < 6; round += 1) await world.letPass(minutes(5));
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'PENDING' });
    await expect(start(at, { method: 'BLIK' })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    expect(await start(at, { method: 'BLIK', supersede: true })).toMatchObject({ transaction: { channel: 'blik' } });
  });
});

describe('An attempt that was sent long after it was begun', () => {
  const enteredLate = async (): Promise<{ readonly at: Scene; readonly id: string }> => {
    const at = await scene();
    const { transaction } = await start(at, entry, { source: 'API' });
    await world.letPass(minutes(20));
    return { at, id: transaction.id };
  };

  it('is given up a quarter of an hour after its silence began, and not after its own beginning', async () => {
    const { at, id } = await enteredLate();
    world.acquirer.onStart(silence);
    world.acquirer.onAsk(silence);
    expect(await start(at, card)).toMatchObject({ transaction: { id, status: 'UNKNOWN' } });
    await world.letPass({ ms: 15_000 });
    await world.letPass(minutes(14));
    expect(await transactionNow(world, id)).toMatchObject({ status: 'UNKNOWN' });
    await world.letPass(minutes(5));
    expect(await transactionNow(world, id)).toMatchObject({ status: 'ERROR', reason: 'NO_ANSWER' });
  });

  it('is not replaced while its call is under way, whatever the payer was warned of', async () => {
    const { at } = await enteredLate();
    const refused: unknown[] = [];
    const deps = whileCalled(async () => {
      refused.push(await start(at, { ...bank, supersede: true }).catch((error: unknown) => error));
      return { kind: 'settled', amount: at.payment.amount };
    });
    expect(await start(at, card, { deps })).toMatchObject({ transaction: { status: 'SETTLED' } });
    expect(refused).toMatchObject([{ code: 'ATTEMPT_IN_PROGRESS' }]);
  });

  it('without a step for the payer may be replaced two minutes after the acquirer took it', async () => {
    const { at } = await enteredLate();
    world.acquirer.onStart({ kind: 'pending' });
    await start(at, card);
    world.acquirer.onAsk({ kind: 'pending' });
    await world.letPass({ ms: 119_999 });
    await expect(start(at, { ...bank, supersede: true })).rejects.toMatchObject({ code: 'ATTEMPT_IN_PROGRESS' });
    await world.letPass({ ms: 1 });
    expect(await start(at, { ...bank, supersede: true })).toMatchObject({ transaction: { channel: 'mtransfer' } });
  });
});

describe('A payment that is cancelled', () => {
  it('while the order is on its way to the acquirer has it stopped once it has arrived', async () => {
    const at = await scene();
    const deps = whileCalled(async () => {
      await cancelPayment(world.deps, actorOf(at.shop), at.payment.id);
      // Whoever stops it now comes before the order.
      expect(await world.letPass({ ms: 0 })).toContain('stop-order');
      world.acquirer.stopped.length = 0;
      return { kind: 'pending', redirect };
    });
    const { transaction } = await start(at, bank, { deps });
    expect(transaction.status).toBe('CANCELLED');
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toEqual([transaction.id]);
  });

  it('is stopped again for as long as the acquirer works on it, should the gateway have died meanwhile', async () => {
    const at = await scene();
    world.acquirer.onStart({ kind: 'pending', redirect });
    const { transaction } = await start(at, bank);
    await cancelPayment(world.deps, actorOf(at.shop), at.payment.id);
    await world.letPass({ ms: 0 });
    world.acquirer.stopped.length = 0;
    world.acquirer.onAsk({ kind: 'pending' });
    await world.letPass({ ms: 15_000 });
    expect(world.acquirer.stopped).toContain(transaction.id);
  });

  it('while its outcome is unknown is stopped too, and what the acquirer then says counts', async () => {
    const at = await scene();
    world.acquirer.onStart(silence);
    const { transaction } = await start(at, bank);
    await cancelPayment(world.deps, actorOf(at.shop), at.payment.id);
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'UNKNOWN' });
    world.acquirer.onAsk({ kind: 'rejected', reason: 'PAYER_DECLINED', code: 'PBL_DECLINED' });
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toEqual([transaction.id]);
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'REJECTED' });
    await tellAnswer(world.deps, transaction.id, paid(at.payment));
    expect(await paymentNow(world.database, at.payment.id)).toMatchObject({ status: 'SETTLED' });
  });
});

describe('An order that turns out to be under way', () => {
  const unheard = async (at: Scene): Promise<string> => {
    world.acquirer.onStart(silence);
    const { transaction } = await start(at, bank);
    world.acquirer.onStart(undefined);
    expect(transaction.status).toBe('UNKNOWN');
    return transaction.id;
  };
  /** One whose payer went on to pay otherwise, after a warning; his new attempt has no answer. */
  const besideOld = async (at: Scene): Promise<{ readonly old: string; readonly id: string }> => {
    world.acquirer.onStart({ kind: 'pending', redirect });
    const { transaction: old } = await start(at, bank);
    world.acquirer.onStart(silence);
    const { transaction } = await start(at, { method: 'BLIK', supersede: true });
    world.acquirer.onStart(undefined);
    await world.letPass({ ms: 0 });
    expect(transaction.status).toBe('UNKNOWN');
    world.acquirer.stopped.length = 0;
    return { old: old.id, id: transaction.id };
  };
  const stopsOf = (id: string): number => world.acquirer.stopped.filter((stopped) => stopped === id).length;

  it('after its payment was cancelled ends, leads its payer nowhere, and is stopped for as long as it is', async () => {
    const at = await scene();
    const id = await unheard(at);
    await cancelPayment(world.deps, actorOf(at.shop), at.payment.id);
    // Nobody can be told before the acquirer is back.
    world.acquirer.onAsk(silence);
    await world.letPass({ ms: 0 });
    world.acquirer.stopped.length = 0;
    world.acquirer.onAsk({ kind: 'pending', redirect });
    await world.letPass({ ms: 15_000 });
    expect(await transactionNow(world, id)).toMatchObject({
      ...{ status: 'CANCELLED', reason: 'PAYMENT_CANCELLED', nextStep: null },
    });
    expect(await readTypes(world.database, at.shop.id, 4)).toEqual(['PAYMENT_CANCELLED', 'TRANSACTION_CANCELLED']);
    const first = stopsOf(id);
    expect(first).toBeGreaterThan(0);
    await world.letPass(minutes(1));
    expect(stopsOf(id)).toBeGreaterThan(first);
    for (let round = 0; round < 5; round += 1) await world.letPass(minutes(5));
    expect(await readTimers(world.database, id)).toEqual([]);
    await tellAnswer(world.deps, id, paid(at.payment));
    expect(await transactionNow(world, id)).toMatchObject({ status: 'SETTLED', late: true });
  });

  it('after its payment has expired is stopped by the word of the acquirer that it works on it', async () => {
    const at = await scene({ validUntil: new Date(world.clock.now().getTime() + 60_000) });
    const id = await unheard(at);
    world.acquirer.onAsk(silence);
    await world.letPass(minutes(1));
    expect(await paymentNow(world.database, at.payment.id)).toMatchObject({ status: 'EXPIRED' });
    world.acquirer.stopped.length = 0;
    await tellAnswer(world.deps, id, { kind: 'pending' });
    expect(await transactionNow(world, id)).toMatchObject({ status: 'CANCELLED', reason: 'PAYMENT_EXPIRED' });
    await world.letPass({ ms: 0 });
    expect(stopsOf(id)).toBeGreaterThan(0);
  });

  it('after another attempt had paid ends, and is stopped', async () => {
    const at = await scene();
    const { old, id } = await besideOld(at);
    await tellAnswer(world.deps, old, paid(at.payment));
    await tellAnswer(world.deps, id, { kind: 'pending' });
    expect(await transactionNow(world, id)).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    await world.letPass({ ms: 0 });
    expect(stopsOf(id)).toBeGreaterThan(0);
  });

  it('is stopped at once when another attempt pays, though nothing is known of it, and goes on being asked about', async () => {
    const at = await scene();
    const { old, id } = await besideOld(at);
    world.acquirer.onAsk(silence);
    await tellAnswer(world.deps, old, paid(at.payment));
    await world.letPass({ ms: 0 });
    expect(stopsOf(id)).toBe(1);
    expect(await transactionNow(world, id)).toMatchObject({ status: 'UNKNOWN' });
    world.acquirer.onAsk({ kind: 'rejected', reason: 'PAYER_DECLINED', code: '210005' });
    await world.letPass({ ms: 15_000 });
    expect(await transactionNow(world, id)).toMatchObject({ status: 'REJECTED' });
    expect(await paymentNow(world.database, at.payment.id)).toMatchObject({ status: 'SETTLED' });
  });

  it('after it was given up is stopped once its payment is over, and not before', async () => {
    const at = await scene();
    const id = await unheard(at);
    world.acquirer.onAsk(silence);
    await world.letPass({ ms: 15_000 });
    await world.letPass(minutes(15));
    expect(await transactionNow(world, id)).toMatchObject({ status: 'ERROR', reason: 'NO_ANSWER' });
    world.acquirer.onAsk({ kind: 'pending' });
    await world.letPass(minutes(60));
    expect(stopsOf(id)).toBe(0);
    await cancelPayment(world.deps, actorOf(at.shop), at.payment.id);
    await world.letPass(minutes(60));
    expect(stopsOf(id)).toBe(1);
    expect(await transactionNow(world, id)).toMatchObject({ status: 'ERROR', reason: 'NO_ANSWER' });
  });

  it('for which other money is held is left to people, and stays unknown', async () => {
    const at = await scene();
    const id = await unheard(at);
    await tellAnswer(world.deps, id, paid({ amount: at.payment.amount + 1n }));
    await cancelPayment(world.deps, actorOf(at.shop), at.payment.id);
    await tellAnswer(world.deps, id, { kind: 'pending' });
    expect(await transactionNow(world, id)).toMatchObject({ status: 'UNKNOWN', reason: 'AMOUNT_MISMATCH' });
  });
});
