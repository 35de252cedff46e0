import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxBlik } from '../../src/acquirers/sandbox-blik/acquirer.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import type { Refund } from '../../src/kernel/db/generated/prisma/client.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { readRefundBooks, refundNow } from '../refunds/world.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { actorOf, createPayment, startBlik } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { createSandboxGateway, logOf, publicUrl, refundFor, type SandboxGateway, secret } from './sandbox-gateway.ts';

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
const { signal } = new AbortController();
const days = (count: number): { ms: number } => ({ ms: count * 24 * 3_600_000 });

/** Sells for 100.00 PLN, and gives the settled transaction's id. */
async function sell(gateway: SandboxGateway): Promise<string> {
  const payment = await createPayment(gateway.deps, gateway.shop, { amount });
  const { transaction } = await startBlik(gateway.deps, gateway.shop, { paymentId: payment.id });
  await gateway.letPass({ ms: 1_000 });
  return transaction.id;
}

/** Refunds 40.00 PLN of a transaction for a reason. */
async function refund(gateway: SandboxGateway, transactionId: string, reason?: string): Promise<Refund> {
  const input = { transactionId, idempotencyKey: randomUUID(), amount: 4_000n, reason };
  return (await createRefund(gateway.refunds, actorOf(gateway.shop), input)).refund;
}

/** The log after the sale, by types. */
async function told(gateway: SandboxGateway): Promise<string[]> {
  return (await logOf(database, gateway.shop.id)).slice(5);
}

const ordered = 'REFUND_ORDERED SHOP REFUNDS 4000 PLN';
const given = {
  postings: [ordered, 'REFUND_SETTLED REFUNDS ACQUIRER 4000 PLN'],
  refunded: 4_000,
  paymentRefunded: 4_000,
  balance: 6_000,
};
const notGiven = {
  postings: [ordered, 'REFUND_REJECTED REFUNDS SHOP 4000 PLN'],
  refunded: 0,
  paymentRefunded: 0,
  balance: 10_000,
};

describe('A refund through the simulated bank', () => {
  it.each([undefined, 'za małe', 'TEST-100000'])(
    'settles after the shop’s delay, with the reason %s',
    async (reason) => {
      const gateway = await createSandboxGateway(database);
      const sale = await sell(gateway);
      const { id, status } = await refund(gateway, sale, reason);
      expect(status).toBe('PENDING');
      await gateway.letPass({ ms: 999 });
      expect((await refundNow(database, id)).status).toBe('PENDING');
      expect(await gateway.letPass({ ms: 1 })).toEqual(['sandbox-blik-tell-movement']);
      expect(await refundNow(database, id)).toMatchObject({ status: 'SETTLED', settledAt: gateway.clock.now() });
      expect(await readRefundBooks(database, sale)).toEqual(given);
      expect(await told(gateway)).toEqual(['6 REFUND_PENDING', '7 REFUND_SETTLED']);
      expect(await brokenInvariants(database, gateway.shop.id)).toEqual([]);
    },
  );

  it('TEST-100010 is refused at once', async () => {
    const gateway = await createSandboxGateway(database);
    const sale = await sell(gateway);
    expect(await refund(gateway, sale, 'TEST-100010')).toMatchObject({
      status: 'REJECTED',
      acquirerCode: 'BLK-ERROR-210020',
    });
    expect(await readRefundBooks(database, sale)).toEqual(notGiven);
    expect(await told(gateway)).toEqual(['6 REFUND_PENDING', '7 REFUND_REJECTED']);
    expect(await brokenInvariants(database, gateway.shop.id)).toEqual([]);
  });

  it('TEST-100011 is accepted, and refused two days later', async () => {
    const gateway = await createSandboxGateway(database);
    const sale = await sell(gateway);
    const { id, status } = await refund(gateway, sale, 'TEST-100011');
    expect(status).toBe('PENDING');
    await gateway.letPass({ ms: days(2).ms - 1 });
    expect((await refundNow(database, id)).status).toBe('PENDING');
    expect((await readRefundBooks(database, sale)).balance).toBe(6_000);
    await gateway.letPass({ ms: 1 });
    expect(await refundNow(database, id)).toMatchObject({ status: 'REJECTED', acquirerCode: 'BLK-ERROR-210019' });
    expect(await readRefundBooks(database, sale)).toEqual(notGiven);
    expect(await told(gateway)).toEqual(['6 REFUND_PENDING', '7 REFUND_REJECTED']);
    expect(await brokenInvariants(database, gateway.shop.id)).toEqual([]);
  });

  it('TEST-100012 has no answer, and is settled when the bank is asked', async () => {
    const gateway = await createSandboxGateway(database);
    const sale = await sell(gateway);
    const { id, status } = await refund(gateway, sale, 'TEST-100012');
    expect(status).toBe('UNKNOWN');
    await gateway.letPass({ ms: 14_999 });
    expect((await refundNow(database, id)).status).toBe('UNKNOWN');
    expect(await gateway.letPass({ ms: 1 })).toEqual(['ask-refund']);
    expect((await refundNow(database, id)).status).toBe('SETTLED');
    expect(await readRefundBooks(database, sale)).toEqual(given);
    expect(await told(gateway)).toEqual(['6 REFUND_PENDING', '7 REFUND_UNKNOWN', '8 REFUND_SETTLED']);
    expect(gateway.sent).toHaveLength(1);
  });

  it('TEST-100013 is told twice and posted once', async () => {
    const gateway = await createSandboxGateway(database);
    const sale = await sell(gateway);
    await refund(gateway, sale, 'TEST-100013');
    await gateway.letPass({ ms: 1_000 });
    expect(gateway.sent).toHaveLength(3);
    expect(await readRefundBooks(database, sale)).toEqual(given);
    expect(await told(gateway)).toEqual(['6 REFUND_PENDING', '7 REFUND_SETTLED']);
  });

  it('is told again when the gateway lost the notification', async () => {
    const gateway = await createSandboxGateway(database);
    const { id } = await refund(gateway, await sell(gateway));
    gateway.refuse(1);
    await expect(gateway.letPass({ ms: 1_000 })).rejects.toThrow('out of order');
    expect((await refundNow(database, id)).status).toBe('PENDING');
    await gateway.repeat('sandbox-blik-tell-movement', id);
    expect((await refundNow(database, id)).status).toBe('SETTLED');
  });

  it('stays in the file of its day, as its sale does, when it is told again on another one', async () => {
    const gateway = await createSandboxGateway(database);
    const sale = await sell(gateway);
    const { id } = await refund(gateway, sale);
    await gateway.letPass({ ms: 1_000 });
    const span = { from: new Date(0), before: new Date(gateway.clock.now().getTime() + days(9).ms) };
    const lines = async () => {
      const all = await gateway.acquirer.dayFile(span, signal);
      return all.filter(({ reference }) => reference === sale || reference === id);
    };
    const before = await lines();
    expect(before.map(({ kind }) => kind)).toEqual(['sale', 'refund']);
    await gateway.letPass(days(2));
    await gateway.repeat('sandbox-blik-tell', sale);
    await gateway.repeat('sandbox-blik-tell-movement', id);
    expect(await lines()).toEqual(before);
    expect(await told(gateway)).toEqual(['6 REFUND_PENDING', '7 REFUND_SETTLED']);
  });

  it('is found by asking when every notification was lost', async () => {
    const gateway = await createSandboxGateway(database);
    const { id } = await refund(gateway, await sell(gateway));
    gateway.refuse(1);
    await expect(gateway.letPass({ ms: 1_000 })).rejects.toThrow('out of order');
    expect(await gateway.letPass({ ms: 14_000 })).toEqual(['ask-refund']);
    expect((await refundNow(database, id)).status).toBe('SETTLED');
  });
});

describe('The simulated bank', () => {
  it('refuses more than is left with a code of its own, and what it does not know with another', async () => {
    const gateway = await createSandboxGateway(database);
    const transaction = await sell(gateway);
    const { acquirer } = gateway;
    const tooMuch = await acquirer.move(refundFor(gateway, { transaction, amount: amount + 1n }), signal);
    expect(tooMuch).toEqual({ kind: 'rejected', code: 'BLK-ERROR-210021' });
    const unknown = await acquirer.move(refundFor(gateway, { transaction: randomUUID(), amount: 1n }), signal);
    expect(unknown).toEqual({ kind: 'rejected', code: 'BLK-ERROR-210017' });
    const note = 'TEST-100012';
    const counted = await acquirer.move(refundFor(gateway, { transaction, amount: amount + 1n, note }), signal);
    expect(counted).toEqual(tooMuch);
  });

  it('remembers refunds and what is left when its process has died', async () => {
    const gateway = await createSandboxGateway(database);
    const transaction = await sell(gateway);
    const wish = refundFor(gateway, { transaction, amount: 6_000n });
    await gateway.acquirer.move(wish, signal);
    const { clock } = gateway;
    const reborn = createSandboxBlik({ database, clock, secret, deliver: async () => {}, publicUrl });
    expect(await reborn.movementStatus(wish.reference, signal)).toEqual({ kind: 'pending' });
    expect(await reborn.move(wish, signal)).toEqual({ kind: 'pending' });
    const rest = await reborn.move(refundFor(gateway, { transaction, amount: 4_001n }), signal);
    expect(rest).toMatchObject({ kind: 'rejected' });
  });

  it('lives by the clock of the refund’s merchant', async () => {
    const gateway = await createSandboxGateway(database);
    const { id } = await refund(gateway, await sell(gateway));
    await database.pool.query('update merchant set clock_offset_ms = 1000 where id = $1', [gateway.shop.merchantId]);
    await gateway.letPass({ ms: 0 });
    const settledAt = new Date(gateway.clock.now().getTime() + 1_000);
    expect(await refundNow(database, id)).toMatchObject({ status: 'SETTLED', settledAt });
  });
});
