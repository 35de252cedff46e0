import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { Refusal } from '../../src/kernel/errors.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { endPayments } from '../../src/payments/end-payment.ts';
import { expirePayment } from '../../src/payments/expire-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, createPayment, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { createDice, type Processes, startProcesses } from './processes.ts';
import { readBooks } from './read-records.ts';
import { declined, paid, paymentNow, wishFor } from './world.ts';

let processes: Processes;
let one: PaymentDeps;
let other: PaymentDeps;

beforeAll(async () => {
  processes = await startProcesses({ gateways: 4, shops: 10 });
  [one, other] = processes.gateways as [PaymentDeps, PaymentDeps];
});

afterAll(() => processes.close());

const shopAt = (place: number): Shop => processes.shops[place] as Shop;
const inAMinute = (): { validUntil: Date } => ({ validUntil: new Date(processes.clock.now().getTime() + 60_000) });
const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled'
    ? 'done'
    : result.reason instanceof Refusal
      ? result.reason.code
      : String(result.reason);

/** Two years on, every payment's time is over. */
const farAhead: Clock = {
  now: (tenant) => new Date(processes.clock.now(tenant).getTime() + 63_072_000_000),
};

describe('Many processes at once', () => {
  it('create, start, settle, decline, cancel and expire in ten shops without a deadlock and without a gap', async () => {
    const before = await processes.countDeadlocks();
    const dice = createDice(20_260_302);
    const known: { shop: Shop; id: string }[] = [];
    const attempts: string[] = [];
    const unexpected: string[] = [];

    async function act(deps: PaymentDeps): Promise<void> {
      const choice = dice(10);
      const payment = known[Math.max(0, known.length - 1 - dice(40))];
      if (choice < 3 || !payment) {
        const shop = shopAt(dice(10));
        const { id } = await createPayment(deps, shop, dice(2) === 0 ? inAMinute() : {});
        known.push({ shop, id });
      } else if (choice < 6) {
        const { transaction } = await startBlik(deps, payment.shop, { paymentId: payment.id });
        attempts.push(transaction.id);
      } else if (choice < 8) {
        const answers: AcquirerAnswer[] = [paid({ amount: 1_234n }), declined, { kind: 'silent' }];
        const attempt = attempts[Math.max(0, attempts.length - 1 - dice(40))];
        if (attempt) await tellAnswer(deps, attempt, answers[dice(3)] as AcquirerAnswer);
      } else if (choice < 9) {
        await cancelPayment(deps, actorOf(payment.shop), payment.id);
      } else {
        await expirePayment({ ...deps, clock: farAhead }, payment.id);
      }
    }

    async function work(deps: PaymentDeps, worker: number): Promise<void> {
      for (let turn = 0; turn < 25; turn += 1) {
        if (turn === 12 && worker === 0) processes.clock.pass({ ms: 60_000 });
        await act(deps).catch((error: unknown) => {
          if (!(error instanceof Refusal)) unexpected.push(String(error));
        });
      }
    }

    const workers = processes.gateways.flatMap((deps, place) =>
      Array.from({ length: 16 }, (_, worker) => work(deps, place + worker)),
    );
    await Promise.all(workers);
    expect(unexpected).toEqual([]);
    expect(await processes.countDeadlocks()).toBe(before);
    expect(await brokenInvariants(processes.database)).toEqual([]);
    const { rows } = await processes.database.pool.query<{ status: string }>('select distinct status from payment');
    expect(rows.map((row) => row.status).sort()).toEqual(['CANCELLED', 'EXPIRED', 'NEW', 'PENDING', 'SETTLED']);
  });

  it('settle batches of all shops in opposite orders without a deadlock', async () => {
    const before = await processes.countDeadlocks();
    const attempts = await Promise.all(
      processes.shops.flatMap((shop) =>
        [1, 2, 3, 4].map(async () => {
          const payment = await createPayment(one, shop);
          return (await startBlik(one, shop, { paymentId: payment.id })).transaction;
        }),
      ),
    );
    const orders = [attempts, [...attempts].reverse(), [...attempts].sort((a, b) => (a.id < b.id ? 1 : -1)), attempts];
    const told = await Promise.all(
      processes.gateways.flatMap((deps, place) =>
        (orders[place] ?? attempts).map((attempt) => tellAnswer(deps, attempt.id, paid(attempt))),
      ),
    );
    expect(told.filter((applied) => applied.changed)).toHaveLength(attempts.length);
    expect(await processes.countDeadlocks()).toBe(before);
    expect(await brokenInvariants(processes.database)).toEqual([]);
  });

  it('would show a deadlock if there were one', async () => {
    const before = await processes.countDeadlocks();
    const lock = 'select from shop_counter where shop_id = $1 for update';
    const [a, b] = await Promise.all([1, 2].map(() => openSession(processes.database.url)));
    if (!a || !b) throw new Error('There are no two sessions.');
    await Promise.all([a.query(lock, [shopAt(0).id]), b.query(lock, [shopAt(1).id])]);
    const results = await Promise.allSettled([a.query(lock, [shopAt(1).id]), b.query(lock, [shopAt(0).id])]);
    await Promise.all([a.end(), b.end()]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await processes.countDeadlocks()).toBe(before + 1n);
  });
});

/** A session in a transaction, which soon notices that it waits in a circle. */
async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`set deadlock_timeout = '20ms'`);
  await client.query('begin');
  return client;
}

describe('One key', () => {
  it('sent a hundred times at once makes one payment, and all get it', async () => {
    const shop = shopAt(0);
    const wishes = Array.from({ length: 100 }, () => wishFor(one, shop, { idempotencyKey: 'the one' }));
    const made = await Promise.all(
      wishes.map((wish, place) => (processes.gateways[place % 4] as PaymentDeps).creating.submit(wish)),
    );
    expect(new Set(made.map(({ payment }) => payment.id)).size).toBe(1);
    expect(made.filter(({ replayed }) => replayed)).toHaveLength(99);
    const [first] = made;
    for (const { payment } of made) expect({ ...payment, inputHash: 0 }).toEqual({ ...first?.payment, inputHash: 0 });
  });

  it('sent a hundred times at once starts one attempt', async () => {
    const shop = shopAt(1);
    const { id: paymentId } = await createPayment(one, shop);
    const wish = { paymentId, idempotencyKey: 'the one', method: 'BLIK', blikCode: '123456' } as const;
    const started = await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        startTransaction(processes.gateways[place % 4] as PaymentDeps, { shop, source: 'API' }, wish),
      ),
    );
    expect(new Set(started.map(({ transaction }) => transaction.id)).size).toBe(1);
    expect(started.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('with two inputs at once makes one payment, and refuses the other input', async () => {
    for (let round = 0; round < 10; round += 1) {
      const idempotencyKey = randomUUID();
      const results = await Promise.allSettled([
        one.creating.submit(wishFor(one, shopAt(2), { idempotencyKey, amount: 1n })),
        other.creating.submit(wishFor(other, shopAt(2), { idempotencyKey, amount: 2n })),
      ]);
      expect(results.map(codeOf).sort()).toEqual(['IDEMPOTENCY_KEY_REUSED', 'done']);
    }
  });
});

describe('Two at once', () => {
  it('that start to pay one payment: one does, the other is told to wait', async () => {
    for (let round = 0; round < 20; round += 1) {
      const shop = shopAt(round % 10);
      const { id: paymentId } = await createPayment(one, shop);
      const results = await Promise.allSettled([
        startBlik(one, shop, { paymentId }),
        startBlik(other, shop, { paymentId }),
      ]);
      expect(results.map(codeOf).sort()).toEqual(['ATTEMPT_IN_PROGRESS', 'done']);
    }
  });

  it.each(['CANCELLED', 'EXPIRED'] as const)(
    'that settle and end a payment (%s): the money is never lost',
    async (end) => {
      const shop = shopAt(end === 'EXPIRED' ? 3 : 4);
      const { balance } = await readBooks(processes.database, shop.id);
      for (let round = 0; round < 20; round += 1) {
        const { id } = await createPayment(one, shop, { amount: 100n });
        const { transaction } = await startBlik(one, shop, { paymentId: id });
        const wish = { shopId: shop.id, paymentIds: [id], end };
        await Promise.all([
          tellAnswer(one, transaction.id, { kind: 'settled', amount: 100n }),
          inTransaction(other.database, (tx) => endPayments(tx, farAhead, wish)),
        ]);
        expect((await paymentNow(processes.database, id)).status).toBe('SETTLED');
      }
      expect((await readBooks(processes.database, shop.id)).balance).toBe(balance + 2_000);
    },
  );

  it('that settle two attempts of one payment: both are kept, one as surplus', async () => {
    const shop = shopAt(5);
    for (let round = 0; round < 10; round += 1) {
      const { id: paymentId } = await createPayment(one, shop);
      const first = await startBlik(one, shop, { paymentId });
      await tellAnswer(one, first.transaction.id, declined);
      const second = await startBlik(one, shop, { paymentId });
      const told = await Promise.all([
        tellAnswer(one, first.transaction.id, paid(first.payment)),
        tellAnswer(other, second.transaction.id, paid(first.payment)),
      ]);
      expect(told.map(({ transaction }) => transaction.surplus).sort()).toEqual([false, true]);
    }
  });

  it('leave every invariant as it was', async () => {
    expect(await brokenInvariants(processes.database)).toEqual([]);
  });
});
