import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { MovementAnswer } from '../../src/acquirers/port.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { MovementStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { captureTransaction } from '../../src/payments/capture-transaction.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { paymentJobs } from '../../src/payments/jobs.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import { MethodNotAvailable } from '../../src/shops/errors.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readMovement } from '../../src/transactions/sql/keep-movements.ts';
import { bringDown, type Guarded, guard } from '../acquirers/guarded.ts';
import { attemptNow } from '../acquirers/sandbox-gateway.ts';
import { refundNow } from '../refunds/world.ts';
import { actorOf, createPayment, createRefundDeps, createSale, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { readTypes } from './read-records.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let guarded: Guarded;
let deps: PaymentDeps;
let refunds: RefundDeps;
let shop: Shop;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  const { acquirer } = world;
  acquirer.onStart(undefined);
  acquirer.onAsk({ kind: 'unheard' });
  acquirer.onMove({ kind: 'pending' });
  acquirer.onAskMovement({ kind: 'unheard' });
  for (const calls of [acquirer.started, acquirer.asked, acquirer.moved, acquirer.askedMovements]) calls.length = 0;
  guarded = guard(acquirer, { probeAfterMs: 1 });
  onTestFinished(() => guarded.acquirer.shutDown());
  deps = { ...world.deps, acquirers: new Map([[acquirer.name, guarded.acquirer]]) };
  refunds = createRefundDeps(deps);
  shop = await world.openShop();
});

/** The acquirer stops answering, so the guard stops calling it. */
async function goDown(): Promise<void> {
  world.acquirer.onAsk(new Error('connection refused'));
  await bringDown(guarded);
}

/** The acquirer answers again, and the guard has seen it. */
async function comeBack(): Promise<void> {
  const back = guarded.back();
  world.acquirer.onAsk({ kind: 'unheard' });
  await back;
}

function letPass(duration: { readonly ms: number }): Promise<string[]> {
  world.clock.pass(duration);
  const handlers = { ...paymentJobs(deps), ...refundJobs(refunds) };
  return runDueJobs({ database: world.database, clock: world.clock, handlers });
}

/** An attempt whose money is authorised and not captured. */
async function authorize(): Promise<string> {
  const payment = await createPayment(deps, shop, { captureMode: 'MANUAL' });
  const { transaction } = await startBlik(deps, shop, { paymentId: payment.id });
  await tellAnswer(deps, transaction.id, { kind: 'authorized', amount: payment.amount });
  return transaction.id;
}

const capture = (transactionId: string) =>
  captureTransaction(deps, actorOf(shop), { transactionId, idempotencyKey: randomUUID() });

describe('A payer whose acquirer is down', () => {
  it('is told to choose another method, and pays with it once the acquirer is back', async () => {
    const payment = await createPayment(deps, shop);
    await goDown();
    const refused = startBlik(deps, shop, { paymentId: payment.id });
    await expect(refused).rejects.toThrow(MethodNotAvailable);
    await expect(refused).rejects.toThrow('blik is out of order at the moment');
    expect(world.acquirer.started).toEqual([]);
    expect(await readTypes(world.database, shop.id, 1)).toEqual([]);
    await comeBack();
    const { transaction } = await startBlik(deps, shop, { paymentId: payment.id });
    expect(transaction.status).toBe('PENDING');
    expect(world.acquirer.started.map(({ reference }) => reference)).toEqual([transaction.id]);
  });

  it('may begin anew when the acquirer went down between the decision and the call', async () => {
    const payment = await createPayment(deps, shop);
    const { starting } = deps;
    const submit: typeof starting.submit = async (wish) => {
      const decided = await starting.submit(wish);
      await goDown();
      return decided;
    };
    const started = await startBlik({ ...deps, starting: { ...starting, submit } }, shop, { paymentId: payment.id });
    expect(started.transaction).toMatchObject({ status: 'ERROR', reason: 'NOT_SENT' });
    expect(started.payment.status).toBe('NEW');
    expect(world.acquirer.started).toEqual([]);
    await comeBack();
    expect((await startBlik(deps, shop, { paymentId: payment.id })).transaction.status).toBe('PENDING');
    expect(await brokenInvariants(world.database)).toEqual([]);
  });

  it('has an attempt that was sent earlier settled once the acquirer is back and can be asked', async () => {
    const payment = await createPayment(deps, shop);
    const { transaction } = await startBlik(deps, shop, { paymentId: payment.id });
    await goDown();
    world.acquirer.asked.length = 0;
    expect(await letPass({ ms: 15_000 })).toContain('ask-acquirer');
    expect(world.acquirer.asked).not.toContain(transaction.id);
    expect((await attemptNow(world.database, transaction.id)).transaction.status).toBe('PENDING');
    await comeBack();
    world.acquirer.onAsk({ kind: 'settled', amount: payment.amount });
    await letPass({ ms: 15_000 });
    expect((await attemptNow(world.database, transaction.id)).payment.status).toBe('SETTLED');
  });
});

describe('A movement', () => {
  const movements = {
    refund: {
      order: async () => {
        const { transaction } = await createSale(deps, shop);
        return async () => {
          const wish = { transactionId: transaction.id, idempotencyKey: randomUUID(), amount: 100n };
          return (await createRefund(refunds, actorOf(shop), wish)).refund;
        };
      },
      statusOf: async (id: string) => (await refundNow(world.database, id)).status,
    },
    capture: {
      order: async () => {
        const transactionId = await authorize();
        return async () => (await capture(transactionId)).capture;
      },
      statusOf: async (id: string) =>
        (await inTransaction(world.database, (tx) => readMovement(tx, 'capture', id)))?.status,
    },
  } as const satisfies Record<
    string,
    {
      order: () => Promise<() => Promise<{ id: string; status: MovementStatus }>>;
      statusOf: (id: string) => Promise<MovementStatus | undefined>;
    }
  >;

  describe.each([['refund'], ['capture']] as const)('such as a %s', (kind) => {
    const { order, statusOf } = movements[kind];

    it('ordered while the acquirer is down waits, unsent, and is sent once when it is back', async () => {
      const send = await order();
      await goDown();
      const { id, status } = await send();
      expect(status).toBe('PENDING');
      for (let round = 0; round < 3; round += 1) {
        expect(await letPass({ ms: 60_000 })).toContain(`ask-${kind}`);
        // Nobody was asked, so it is not the acquirer's silence.
        expect(await statusOf(id)).toBe('PENDING');
      }
      expect([...world.acquirer.moved, ...world.acquirer.askedMovements]).toEqual([]);
      await comeBack();
      world.acquirer.onMove({ kind: 'settled' });
      expect(await letPass({ ms: 120_000 })).toContain(`ask-${kind}`);
      expect(world.acquirer.moved.map(({ reference }) => reference)).toEqual([id]);
      expect(await statusOf(id)).toBe('SETTLED');
      expect(await brokenInvariants(world.database)).toEqual([]);
    });

    it.each<[string, MovementAnswer | Error, MovementStatus]>([
      ['accepted', { kind: 'pending' }, 'PENDING'],
      ['left without an answer', new Error('time-out'), 'UNKNOWN'],
    ])(
      'that was %s before is neither sent again nor given up, and ends when the acquirer is back',
      async (...given) => {
        const [, answer, status] = given;
        const send = await order();
        world.acquirer.onMove(answer);
        const { id } = await send();
        await goDown();
        expect(await letPass({ ms: 60_000 })).toContain(`ask-${kind}`);
        expect(await statusOf(id)).toBe(status);
        await comeBack();
        world.acquirer.onAskMovement({ kind: 'settled' });
        await letPass({ ms: 60_000 });
        expect(await statusOf(id)).toBe('SETTLED');
        expect(world.acquirer.moved).toHaveLength(1);
      },
    );
  });
});
