import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MovementAnswer } from '../../src/acquirers/port.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Refund } from '../../src/kernel/db/generated/prisma/client.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { endPayments } from '../../src/payments/end-payment.ts';
import { deriveDeliveries } from '../../src/webhooks/derive-deliveries.ts';
import { factsMax } from '../../src/webhooks/model.ts';
import { moveReaders } from '../../src/webhooks/sql/move-reader.ts';
import { passOverUntold } from '../../src/webhooks/sql/pass-over-untold.ts';
import { shopsBehind } from '../../src/webhooks/store.ts';
import { decide, type Sale } from '../refunds/world.ts';
import {
  actorOf,
  createMerchant,
  createPayment,
  createRefundDeps,
  createSale,
  createShop,
  startBlik,
  tellAnswer,
} from '../support/factories.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { openWorld, timersOf, type World } from './world.ts';

const address = 'https://shop.example/n';
const rejected = { kind: 'rejected', reason: 'CODE_INVALID', code: 'BLK-ERROR-210005' } as const;
const paid = { kind: 'settled', amount: 1234n } as const;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A shop with one payment and one attempt on it that waits for the payer. */
async function pendingAttempt(notificationUrl: string | undefined = address) {
  const { shop } = await createShop(world.database, notificationUrl === undefined ? {} : { notificationUrl });
  const payment = await createPayment(world.payments, shop);
  const { transaction } = await startBlik(world.payments, shop, { paymentId: payment.id });
  return { shop, payment, transaction };
}

/** A settled sale of 12.34 PLN with a refund of 2.34 PLN that the acquirer answers a minute later. */
async function refundedSale(answer: MovementAnswer) {
  const { shop } = await createShop(world.database, { notificationUrl: address });
  const sale = { shop, ...(await createSale(world.payments, shop)) };
  return { shop, sale, refund: await refund(sale, answer) };
}

async function refund(sale: Sale, answer: MovementAnswer): Promise<Refund> {
  const refunds = createRefundDeps(world.payments);
  const ordered = await decide({ refunds }, sale, 234n);
  world.clock.pass({ ms: 60_000 });
  await refunds.answering.submit({ refundId: ordered.refund.id, answer });
  return ordered.refund;
}

function typesOf(deliveries: readonly { body: string; status: string }[]): string[][] {
  return deliveries.map(({ body, status }) => [JSON.parse(body).transaction.type, status]);
}

function statusesOf(deliveries: readonly { body: string; status: string }[]): string[][] {
  return deliveries.map(({ body, status }) => {
    const told = JSON.parse(body);
    return [told.transaction?.status ?? 'payment alone', told.payment.status, status];
  });
}

/** Another one each time that the place of webhooks in a shop's log is written. */
async function versionOf(shopId: string): Promise<string> {
  const { rows } = await world.database.pool.query('select xmin from reader where shop_id = $1', [shopId]);
  return rows[0].xmin;
}

describe('Deriving the deliveries of a shop', () => {
  it('makes one for each change of an attempt, with the states as they were then', async () => {
    const { shop, transaction } = await pendingAttempt();
    await tellAnswer(world.payments, transaction.id, paid);
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([
      ['pending', 'pending', 'SUPERSEDED'],
      ['settled', 'settled', 'PENDING'],
    ]);
  });

  it('writes nothing when another process has read all before', async () => {
    const { shop } = await pendingAttempt();
    await world.derive(shop.id);
    const before = await versionOf(shop.id);
    expect(await countStatements(() => world.derive(shop.id))).toBe(1);
    expect(await versionOf(shop.id)).toBe(before);
  });

  it('tells of the attempt and its payment by their ids, amounts and times', async () => {
    const { shop, payment, transaction } = await pendingAttempt();
    await world.derive(shop.id);
    const [delivery] = await world.deliveries(shop.id);
    const created = Math.floor(payment.createdAt.getTime() / 1000);
    expect(JSON.parse(delivery?.body ?? '')).toEqual({
      transaction: {
        ...{ id: transaction.id, type: 'sale', status: 'pending', source: 'api', created, modified: created },
        ...{ notificationUrl: address, serviceId: shop.id, amount: 1234, currency: 'PLN', title: '' },
        ...{ orderId: 'ORD/2026-0001', paymentMethod: 'blik', paymentMethodCode: 'blik' },
      },
      payment: {
        ...{ id: payment.id, title: '', amount: 1234, status: 'pending', created, orderId: 'ORD/2026-0001' },
        ...{ currency: 'PLN', modified: created, serviceId: shop.id, notificationUrl: address },
      },
    });
    expect(delivery).toMatchObject({ url: address, form: 'IMOJE', tries: 0, paymentId: payment.id, eventNumber: 2n });
  });

  it('tells nothing when an acquirer gave no answer, since that is still pending on the wire', async () => {
    const { shop, transaction } = await pendingAttempt();
    await tellAnswer(world.payments, transaction.id, { kind: 'silent' });
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([['pending', 'pending', 'PENDING']]);
  });

  it('tells why an attempt was refused', async () => {
    const { shop, transaction } = await pendingAttempt();
    await tellAnswer(world.payments, transaction.id, rejected);
    await world.derive(shop.id);
    const told = JSON.parse((await world.deliveries(shop.id)).at(-1)?.body ?? '');
    expect(told.transaction).toMatchObject({ status: 'rejected', statusCode: 'BLK-ERROR-210005' });
    expect(told.payment.status).toBe('rejected');
  });

  it('sends the payment alone when it ends without an attempt', async () => {
    const { shop } = await createShop(world.database, { notificationUrl: address });
    const payment = await createPayment(world.payments, shop);
    await cancelPayment(world.payments, actorOf(shop), payment.id);
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([['payment alone', 'cancelled', 'PENDING']]);
  });

  it('never lets the end of the payment replace what became of its attempt', async () => {
    const { shop, payment } = await pendingAttempt();
    await inTransaction(world.database, (tx) =>
      endPayments(tx, world.clock, { shopId: shop.id, paymentIds: [payment.id], end: 'CANCELLED' }),
    );
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([
      ['pending', 'pending', 'SUPERSEDED'],
      ['cancelled', 'cancelled', 'PENDING'],
      ['payment alone', 'cancelled', 'PENDING'],
    ]);
  });

  it('never lets a later attempt replace the news that an earlier one settled late', async () => {
    const { shop, payment, transaction } = await pendingAttempt();
    await tellAnswer(world.payments, transaction.id, rejected);
    const second = await startBlik(world.payments, shop, { paymentId: payment.id });
    await tellAnswer(world.payments, transaction.id, paid);
    await tellAnswer(world.payments, second.transaction.id, rejected);
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([
      ['pending', 'pending', 'SUPERSEDED'],
      ['rejected', 'rejected', 'SUPERSEDED'],
      ['pending', 'pending', 'SUPERSEDED'],
      ['settled', 'settled', 'PENDING'],
      ['cancelled', 'settled', 'PENDING'],
    ]);
  });

  it('supersedes what an earlier run made and nobody has got yet, but nothing of another payment', async () => {
    const { shop, transaction } = await pendingAttempt();
    const other = await createPayment(world.payments, shop);
    await startBlik(world.payments, shop, { paymentId: other.id });
    await world.derive(shop.id);
    await tellAnswer(world.payments, transaction.id, rejected);
    await world.derive(shop.id);
    const deliveries = await world.deliveries(shop.id);
    expect(deliveries.map(({ paymentId, status }) => [paymentId === other.id, status])).toEqual([
      [false, 'SUPERSEDED'],
      [true, 'PENDING'],
      [false, 'PENDING'],
    ]);
    expect(deliveries.map((delivery) => delivery.nextTryAt === null)).toEqual([true, false, false]);
  });

  it('tells of a refund when it is over, with the amount of the refund and the sale it gives back', async () => {
    const { shop, sale, refund } = await refundedSale({ kind: 'settled' });
    await world.derive(shop.id);
    const delivery = (await world.deliveries(shop.id)).at(-1);
    const seconds = Math.floor(refund.createdAt.getTime() / 1000);
    const told = JSON.parse(delivery?.body ?? '');
    expect(told.transaction).toEqual({
      ...{ id: refund.id, type: 'refund', status: 'settled', source: 'api', created: seconds, modified: seconds + 60 },
      ...{ notificationUrl: address, serviceId: shop.id, amount: 234, currency: 'PLN', title: 'sama decyzja' },
      ...{ orderId: 'ORD/2026-0001', paymentMethod: 'blik', paymentMethodCode: 'blik' },
    });
    expect(told.payment).toMatchObject({ id: sale.payment.id, amount: 1234, status: 'settled' });
    expect(told.originalTransactionId).toBe(sale.transaction.id);
    expect(delivery).toMatchObject({ url: address, form: 'IMOJE', paymentId: sale.payment.id });
  });

  it('tells why a refund was rejected', async () => {
    const { shop } = await refundedSale({ kind: 'rejected', code: 'BLK-ERROR-210020' });
    await world.derive(shop.id);
    const told = JSON.parse((await world.deliveries(shop.id)).at(-1)?.body ?? '');
    expect(told.transaction).toMatchObject({ type: 'refund', status: 'rejected', statusCode: 'BLK-ERROR-210020' });
    expect(told.payment.status).toBe('settled');
  });

  it('tells nothing of a refund that is not over, which is `new` on the wire all the time', async () => {
    const { shop } = await refundedSale({ kind: 'silent' });
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([
      ['pending', 'pending', 'SUPERSEDED'],
      ['settled', 'settled', 'PENDING'],
    ]);
  });

  it('lets no news of a refund replace that of its sale or of another refund, in one run or in several', async () => {
    const { shop, sale } = await refundedSale({ kind: 'settled' });
    await refund(sale, { kind: 'settled' });
    const expected = [
      ['sale', 'SUPERSEDED'],
      ['sale', 'PENDING'],
      ['refund', 'PENDING'],
      ['refund', 'PENDING'],
    ];
    await world.derive(shop.id);
    expect(typesOf(await world.deliveries(shop.id))).toEqual(expected);
    await refund(sale, { kind: 'rejected', code: 'BLK-ERROR-210020' });
    await world.derive(shop.id);
    expect(typesOf(await world.deliveries(shop.id))).toEqual([...expected, ['refund', 'PENDING']]);
  });

  it("lets no news of another attempt that settles after a refund replace the refund's", async () => {
    const { shop, payment, transaction } = await pendingAttempt();
    await tellAnswer(world.payments, transaction.id, rejected);
    const second = await startBlik(world.payments, shop, { paymentId: payment.id });
    const sale = await tellAnswer(world.payments, transaction.id, paid);
    await refund({ shop, ...sale }, { kind: 'settled' });
    await tellAnswer(world.payments, second.transaction.id, paid);
    await world.derive(shop.id);
    expect(typesOf((await world.deliveries(shop.id)).slice(3))).toEqual([
      ['sale', 'PENDING'],
      ['sale', 'SUPERSEDED'],
      ['refund', 'PENDING'],
      ['sale', 'PENDING'],
    ]);
  });

  it("prefers the payment's own address, and makes nothing when there is none at all", async () => {
    const { shop } = await pendingAttempt();
    const own = await createPayment(world.payments, shop, { notificationUrl: 'https://other.example/own' });
    await startBlik(world.payments, shop, { paymentId: own.id });
    await world.derive(shop.id);
    expect((await world.deliveries(shop.id)).map(({ url }) => url)).toEqual([address, 'https://other.example/own']);

    const { shop: mute } = await createShop(world.database);
    const unheard = await createPayment(world.payments, mute);
    await startBlik(world.payments, mute, { paymentId: unheard.id });
    await world.derive(mute.id);
    expect(await world.deliveries(mute.id)).toEqual([]);
    expect(await shopsBehind(world.database)).not.toContain(mute.id);
  });

  it('makes each delivery and its job once, however many runs there are at once', async () => {
    const { shop, payment, transaction } = await pendingAttempt();
    await tellAnswer(world.payments, transaction.id, rejected);
    expect(await shopsBehind(world.database)).toContain(shop.id);
    await Promise.all(Array.from({ length: 6 }, () => deriveDeliveries(world.deps, [shop.id])));
    expect(await world.deliveries(shop.id)).toHaveLength(2);
    const jobs = await world.database.pool.query('select queue_name from graphile_worker.jobs where queue_name = $1', [
      payment.id,
    ]);
    expect(jobs.rowCount).toBe(1);
    expect(await shopsBehind(world.database)).not.toContain(shop.id);
  });

  it('says that there is more after 500 facts, and goes on there', async () => {
    const { shop } = await createShop(world.database, { notificationUrl: address });
    const payments = await Promise.all(Array.from({ length: 170 }, () => createPayment(world.payments, shop)));
    await Promise.all(payments.map(({ id }) => startBlik(world.payments, shop, { paymentId: id })));
    expect(await deriveDeliveries(world.deps, [shop.id])).toEqual([shop.id]);
    expect(await deriveDeliveries(world.deps, [shop.id])).toEqual([]);
    expect(await world.deliveries(shop.id)).toHaveLength(170);
  });

  it('asks the database as often for many facts as for few', async () => {
    const count = async (paymentCount: number): Promise<number> => {
      const { shop } = await createShop(world.database, { notificationUrl: address });
      const payments = await Promise.all(
        Array.from({ length: paymentCount }, () => createPayment(world.payments, shop)),
      );
      await Promise.all(payments.map(({ id }) => startBlik(world.payments, shop, { paymentId: id })));
      return countStatements(() => deriveDeliveries(world.deps, [shop.id]));
    };
    expect([await count(2), await count(40)]).toEqual([7, 7]);
  });

  it('asks the database as often for many shops as for one, and takes as much of each', async () => {
    const shops = await Promise.all(
      Array.from({ length: 3 }, async () => (await createShop(world.database, { notificationUrl: address })).shop),
    );
    for (const [index, shop] of shops.entries()) {
      const payments = await Promise.all(Array.from({ length: 2 ** index }, () => createPayment(world.payments, shop)));
      await Promise.all(payments.map(({ id }) => startBlik(world.payments, shop, { paymentId: id })));
    }
    const ids = shops.map(({ id }) => id);
    expect(await countStatements(() => deriveDeliveries(world.deps, ids))).toBe(7);
    const made = await Promise.all(ids.map((id) => world.deliveries(id)));
    expect(made.map(({ length }) => length)).toEqual([1, 2, 4]);
    expect(made.flat().every(({ body }, index) => body.includes(String(made.flat()[index]?.paymentId)))).toBe(true);
    const behind = await shopsBehind(world.database);
    expect(ids.filter((id) => behind.includes(id))).toEqual([]);
  });

  it('makes each delivery once when runs over other sets of shops meet', async () => {
    const shops = await Promise.all(
      Array.from({ length: 4 }, async () => (await createShop(world.database, { notificationUrl: address })).shop),
    );
    for (let round = 0; round < 5; round += 1) {
      for (const shop of shops) {
        const payment = await createPayment(world.payments, shop);
        await startBlik(world.payments, shop, { paymentId: payment.id });
      }
      const ids = shops.map(({ id }) => id);
      const sets = [ids, ids.toReversed(), ids.slice(0, 2), ids.slice(2), ids.slice(1, 3), ids];
      await Promise.all(sets.map((set) => deriveDeliveries(world.deps, set)));
    }
    for (const { id } of shops) {
      await world.derive(id);
      expect(await world.deliveries(id)).toHaveLength(5);
    }
  });

  it('says that there may be more to read where another run, which has read less, has moved the place meanwhile', async () => {
    const { shop } = await pendingAttempt();
    const database = meddledDatabase(world.database, async (statement, run) => {
      const other = [{ shopId: shop.id, from: 0n, to: 1n }];
      if (statement.name === 'move-webhook-readers')
        await inTransaction(world.database, (tx) => moveReaders(tx, other));
      return run(statement);
    });
    expect(await deriveDeliveries({ ...world.deps, database }, [shop.id])).toEqual([shop.id]);
    expect(await world.deliveries(shop.id)).toEqual([]);
    await world.derive(shop.id);
    expect(statusesOf(await world.deliveries(shop.id))).toEqual([['pending', 'pending', 'PENDING']]);
  });

  it('gives each place in a log to one of those who would move it at once', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => (await createShop(world.database)).shop.id));
    for (const [from, to] of [
      [0n, 1n],
      [1n, 2n],
    ] as const) {
      const moves = ids.map((shopId) => ({ shopId, from, to }));
      const tries = Array.from({ length: 6 }, (_, index) => (index % 2 ? moves : moves.toReversed()));
      const moved = await Promise.all(
        tries.map((wanted) => inTransaction(world.database, (tx) => moveReaders(tx, wanted))),
      );
      expect(moved.flatMap((ours) => [...ours]).toSorted()).toEqual(ids.toSorted());
    }
  });

  it('passes over what shops are not told of in one statement for all of them, and says where something is left', async () => {
    const [untold, told, fresh] = await Promise.all(
      Array.from({ length: 3 }, async () => (await createShop(world.database, { notificationUrl: address })).shop),
    );
    if (!untold || !told || !fresh) throw new Error('There are three shops.');
    for (const shop of [untold, told]) {
      await createPayment(world.payments, shop);
      await world.derive(shop.id);
    }
    await Promise.all([untold, told, fresh].map((shop) => createPayment(world.payments, shop)));
    const payment = await createPayment(world.payments, told);
    await startBlik(world.payments, told, { paymentId: payment.id });
    const ids = [untold.id, told.id, fresh.id];
    let left: string[] = [];
    expect(
      await countStatements(async () => {
        left = await passOverUntold(world.database, ids);
      }),
    ).toBe(1);
    expect(left.toSorted()).toEqual([told.id, fresh.id].toSorted());
    const behind = await shopsBehind(world.database);
    expect([behind.includes(untold.id), behind.includes(told.id)]).toEqual([false, true]);
    await Promise.all(left.map((id) => world.derive(id)));
    expect(await world.deliveries(told.id)).toHaveLength(1);
    expect(await passOverUntold(world.database, ids)).toEqual([]);
    expect(await shopsBehind(world.database)).not.toContain(fresh.id);
  });

  it('passes over what would be told if there were an address, of the shop or of the payment', async () => {
    const { shop } = await createShop(world.database);
    const start = async (notificationUrl?: string): Promise<void> => {
      const payment = await createPayment(world.payments, shop, { notificationUrl });
      await startBlik(world.payments, shop, { paymentId: payment.id });
    };
    await start();
    // The first time there is no place yet.
    await world.derive(shop.id);
    await start();
    expect(await passOverUntold(world.database, [shop.id])).toEqual([]);
    expect(await shopsBehind(world.database)).not.toContain(shop.id);
    await start(address);
    expect(await passOverUntold(world.database, [shop.id])).toEqual([shop.id]);
    await world.derive(shop.id);
    expect(await world.deliveries(shop.id)).toHaveLength(1);
  });

  it('passes over 500 facts at a time, and says that there may be more', async () => {
    const { shop } = await createShop(world.database, { notificationUrl: address });
    await createPayment(world.payments, shop);
    await world.derive(shop.id);
    await writeEvents(world.database, shop.id, plain(factsMax + 1));
    expect(await passOverUntold(world.database, [shop.id])).toEqual([shop.id]);
    expect(await shopsBehind(world.database)).toContain(shop.id);
    expect(await passOverUntold(world.database, [shop.id])).toEqual([]);
    expect(await shopsBehind(world.database)).not.toContain(shop.id);
  });

  it('writes nothing when the next fact is one to be told', async () => {
    const { shop, transaction } = await pendingAttempt();
    await world.derive(shop.id);
    await tellAnswer(world.payments, transaction.id, paid);
    expect(await passOverUntold(world.database, [shop.id])).toEqual([shop.id]);
    const before = await versionOf(shop.id);
    expect(await passOverUntold(world.database, [shop.id])).toEqual([shop.id]);
    expect(await versionOf(shop.id)).toBe(before);
  });

  it('passes over nothing without a statement when there are no shops', async () => {
    expect(await countStatements(() => passOverUntold(world.database, []))).toBe(0);
  });

  it('leaves to another one the log whose place that one is just moving, without waiting for him', async () => {
    const { shop } = await createShop(world.database, { notificationUrl: address });
    await createPayment(world.payments, shop);
    await world.derive(shop.id);
    await createPayment(world.payments, shop);
    await inTransaction(world.database, async (tx) => {
      expect([...(await moveReaders(tx, [{ shopId: shop.id, from: 1n, to: 2n }]))]).toEqual([shop.id]);
      expect(await passOverUntold(world.database, [shop.id])).toEqual([shop.id]);
    });
  });

  it('neither skips nor repeats a fact when others pass over it at the same time', async () => {
    const { shop } = await createShop(world.database, { notificationUrl: address });
    await createPayment(world.payments, shop);
    await world.derive(shop.id);
    for (let round = 0; round < 10; round += 1) {
      const payment = await createPayment(world.payments, shop);
      const pass = (): Promise<unknown> => passOverUntold(world.database, [shop.id]);
      const derive = (): Promise<unknown> => deriveDeliveries(world.deps, [shop.id]);
      await Promise.all([
        pass(),
        startBlik(world.payments, shop, { paymentId: payment.id }),
        derive(),
        pass(),
        derive(),
      ]);
    }
    await world.derive(shop.id);
    expect(await world.deliveries(shop.id)).toHaveLength(10);
    expect(await shopsBehind(world.database)).not.toContain(shop.id);
  });

  it('passes over facts that nobody is told of with two statements and without a transaction', async () => {
    const { shop } = await createShop(world.database, { notificationUrl: address });
    await createPayment(world.payments, shop);
    expect(await countStatements(() => deriveDeliveries(world.deps, [shop.id]))).toBe(2);
    expect(await shopsBehind(world.database)).not.toContain(shop.id);
  });

  it('makes what it derives by the clock of the merchant', async () => {
    const merchantId = await createMerchant(world.database, { clockOffsetMs: 3_600_000 });
    const { shop } = await createShop(world.database, { merchantId, notificationUrl: address });
    const payment = await createPayment(world.payments, shop);
    await startBlik(world.payments, shop, { paymentId: payment.id });
    await world.derive(shop.id);
    const [delivery] = await world.deliveries(shop.id);
    expect(delivery?.createdAt).toEqual(world.clock.now({ clockOffsetMs: 3_600_000 }));
  });

  it('does nothing for a shop that does not exist', async () => {
    expect(await deriveDeliveries(world.deps, ['11111111-2222-4333-8444-555555555555'])).toEqual([]);
  });

  it('leaves no timer of a delivery that it supersedes', async () => {
    const { shop, transaction } = await pendingAttempt('http://127.0.0.1:1/n');
    await world.derive(shop.id);
    const [first] = await world.deliveries(shop.id);
    await world.send(first?.id ?? '');
    expect((await timersOf(world.database)).map(({ subject }) => subject)).toContain(first?.id);
    await tellAnswer(world.payments, transaction.id, paid);
    await world.derive(shop.id);
    expect((await timersOf(world.database)).map(({ subject }) => subject)).not.toContain(first?.id);
  });
});

async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const { pool } = world.database;
  const client = await pool.connect();
  client.release();
  let statements = 0;
  const { query } = client;
  Object.assign(client, {
    query: (...given: Parameters<typeof query>) => {
      statements += 1;
      return query.apply(client, given);
    },
  });
  await work();
  Object.assign(client, { query });
  return statements;
}
