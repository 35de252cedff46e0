import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Acquirer, DayFileLine, DaySpan } from '../../src/acquirers/port.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import type { Refund, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { captureTransaction } from '../../src/payments/capture-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { Shop } from '../../src/shops/model.ts';
import { isWithin, type StatementDay } from '../../src/statements/model.ts';
import { type Reconciliation, reconcileDay } from '../../src/statements/reconcile-day.ts';
import { createSandboxGateway, type SandboxGateway } from '../acquirers/sandbox-gateway.ts';
import { openWorld, startedPayment, type World } from '../payments/world.ts';
import { actorOf, createPayment, createRefundDeps, createSale, startBlik, tellAnswer } from '../support/factories.ts';
import { dayNamed, lineOf, nameOf } from './days.ts';

let world: World;
let shop: Shop;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  // Each test has days of its own.
  world.clock.pass({ ms: 5 * 24 * 3_600_000 });
  shop = await world.openShop();
});

/** The day it is in Warsaw, where the clock of these tests stands at eleven in the morning. */
const today = (): StatementDay => dayNamed(world.clock.now().toISOString().slice(0, 10));

/** The acquirer of the world, whose day files have these lines; it remembers for which span it was asked. */
function acquirerWith(lines: readonly DayFileLine[], asked: DaySpan[] = []): Acquirer {
  return {
    ...world.acquirer,
    dayFile: async (span) => {
      asked.push(span);
      return lines.filter((line) => isWithin(span, line.at));
    },
  };
}

function reconcile(lines: readonly DayFileLine[], day = today()): Promise<Reconciliation> {
  return reconcileDay({ database: world.database }, { acquirer: acquirerWith(lines), day });
}

type Booked = { readonly id: string; readonly amount: bigint; readonly currency: DayFileLine['currency'] };

/** The line of something that was booked a minute ago by the acquirer's clock. */
function lineFor(kind: DayFileLine['kind'], { id: reference, amount, currency }: Booked): DayFileLine {
  return { kind, reference, amount, currency, at: new Date(world.clock.now().getTime() - 60_000) };
}

const sell = async (amount = 10_000n): Promise<Transaction> =>
  (await createSale(world.deps, shop, { amount })).transaction;

async function refund({ id: transactionId }: Transaction, amount: bigint): Promise<Refund> {
  const wish = { transactionId, idempotencyKey: randomUUID(), amount };
  return (await createRefund(createRefundDeps(world.deps), actorOf(shop), wish)).refund;
}

async function authorize(amount: bigint): Promise<Transaction> {
  const { transaction } = await startedPayment(world, shop, { amount, captureMode: 'MANUAL' });
  return (await tellAnswer(world.deps, transaction.id, { kind: 'authorized', amount })).transaction;
}

async function capture({ id: transactionId }: Transaction, amount: bigint, key: string = randomUUID()) {
  world.acquirer.onMove({ kind: 'settled' });
  const wish = { transactionId, idempotencyKey: key, amount };
  return (await captureTransaction(world.deps, actorOf(shop), wish)).capture;
}

describe('A day on which both sides have the same', () => {
  it('has no difference: sales under their own id, captures by hand and refunds under theirs', async () => {
    const sale = await sell();
    world.acquirer.onMove({ kind: 'settled' });
    const back = await refund(sale, 2_500n);
    const authorized = await authorize(9_000n);
    // A key that is the id of the sale makes no other capture of it.
    const captures = [await capture(authorized, 4_000n, authorized.id), await capture(authorized, 5_000n)];
    expect([back, ...captures].map(({ status }) => status)).toEqual(['SETTLED', 'SETTLED', 'SETTLED']);
    await startedPayment(world, shop);
    const lines = [
      lineFor('sale', sale),
      lineFor('refund', back),
      ...captures.map((taken) => lineFor('capture', taken)),
    ];
    expect(await reconcile(lines)).toEqual({
      acquirer: 'sandbox-blik',
      day: today().name,
      there: 4,
      here: 4,
      passedOver: 0,
      differences: [],
      lines,
    });
    const { differences } = await reconcile([]);
    expect(differences.map(nameOf).sort()).toEqual(
      lines.map(({ kind, reference }) => `MISSING_THERE ${kind} ${reference}`).sort(),
    );
  });

  it('is asked for with the days beside it, so money from both sides of midnight is found', async () => {
    const asked: DaySpan[] = [];
    const sale = await sell();
    const day = today();
    const acquirer = acquirerWith([{ ...lineFor('sale', sale), at: new Date(day.span.from.getTime() - 1) }], asked);
    const { here, there, differences } = await reconcileDay({ database: world.database }, { acquirer, day });
    expect([here, there, differences]).toEqual([1, 0, []]);
    expect(asked).toEqual([day.around]);
    const before = dayNamed(new Date(day.span.from.getTime() - 1).toISOString().slice(0, 10));
    const earlier = await reconcileDay({ database: world.database }, { acquirer, day: before });
    expect([earlier.here, earlier.there, earlier.differences]).toEqual([0, 1, []]);
  });

  it('leaves out what went through another acquirer', async () => {
    const sale = await sell();
    await world.database.pool.query(`update transaction set acquirer = 'other' where id = $1`, [sale.id]);
    expect(await reconcile([])).toMatchObject({ here: 0, differences: [] });
    const { differences } = await reconcile([lineFor('sale', sale)]);
    expect(differences.map(nameOf)).toEqual([`MISSING_HERE sale ${sale.id}`]);
  });
});

describe('A difference', () => {
  it.each([
    ['a grosz too much', (line: DayFileLine) => ({ ...line, amount: line.amount + 1n }), ['AMOUNT']],
    ['a grosz too little', (line: DayFileLine) => ({ ...line, amount: line.amount - 1n }), ['AMOUNT']],
    ['another currency', (line: DayFileLine) => ({ ...line, currency: 'EUR' }) as const, ['CURRENCY']],
    ['another kind', (line: DayFileLine) => ({ ...line, kind: 'capture' }) as const, ['MISSING_HERE', 'MISSING_THERE']],
    [
      'an id that nobody has',
      (line: DayFileLine) => ({ ...line, reference: randomUUID() }),
      ['MISSING_HERE', 'MISSING_THERE'],
    ],
    [
      'what is no id of ours',
      (line: DayFileLine) => ({ ...line, reference: 'FT/2026/1' }),
      ['MISSING_HERE', 'MISSING_THERE'],
    ],
  ] as const)('is %s in a line', async (_, change, kinds) => {
    const line = lineFor('sale', await sell());
    const { differences } = await reconcile([change(line)]);
    expect(differences.map(({ kind }) => kind)).toEqual(kinds);
    expect(await reconcile([line])).toMatchObject({ differences: [] });
  });

  it('is money that we do not know of yet, by the state that the attempt is in here', async () => {
    const { transaction } = await startedPayment(world, shop);
    const { differences } = await reconcile([lineFor('sale', transaction)]);
    expect(differences).toMatchObject([{ kind: 'STATUS', here: { status: 'PENDING', at: null } }]);
    await tellAnswer(world.deps, transaction.id, { kind: 'rejected', reason: 'GENERAL', code: '1' });
    expect(await reconcile([lineFor('sale', transaction)])).toMatchObject({
      there: 1,
      here: 0,
      differences: [{ kind: 'STATUS', here: { status: 'REJECTED' } }],
    });
  });

  it('is money that lies in suspense because it is not what was asked for', async () => {
    const { transaction } = await startedPayment(world, shop, { amount: 5_000n });
    await tellAnswer(world.deps, transaction.id, { kind: 'settled', amount: 4_999n });
    const { differences } = await reconcile([{ ...lineFor('sale', transaction), amount: 4_999n }]);
    expect(differences.map(({ kind, here, there }) => [kind, here?.amount, there?.amount])).toEqual([
      ['STATUS', 5_000n, 4_999n],
      ['AMOUNT', 5_000n, 4_999n],
    ]);
  });

  it('is a refund or capture that the acquirer has done and we do not know the end of', async () => {
    const sale = await sell();
    world.acquirer.onMove({ kind: 'pending' });
    const pending = await refund(sale, 1n);
    const authorized = await authorize(100n);
    const taken = await capture(authorized, 100n);
    world.acquirer.onMove(undefined);
    const lines = [lineFor('sale', sale), lineFor('refund', pending), lineFor('sale', authorized)];
    const { differences } = await reconcile(lines);
    expect(differences.map(nameOf)).toEqual([
      `STATUS refund ${pending.id}`,
      // Its capture is what was booked, so the transaction itself is no sale.
      `MISSING_HERE sale ${authorized.id}`,
      `MISSING_THERE capture ${taken.id}`,
    ]);
    expect(differences.map(({ here }) => here?.status)).toEqual(['PENDING', undefined, 'SETTLED']);
  });
});

describe('A day file that was brought along', () => {
  it('is taken in place of what the acquirer would say, and nothing beside it is known', async () => {
    const sale = await sell();
    const line = lineFor('sale', sale);
    const late = await sell();
    const asked: DaySpan[] = [];
    const acquirer = acquirerWith([line], asked);
    const old = lineOf({ at: new Date('2025-01-01T00:00:00.000Z') });
    const wish = { acquirer, day: today(), lines: [line, old] };
    const { differences, passedOver, there } = await reconcileDay({ database: world.database }, wish);
    expect(differences.map(nameOf)).toEqual([`MISSING_THERE sale ${late.id}`]);
    expect([there, passedOver, asked]).toEqual([1, 1, []]);
  });
});

describe('A day of the sandbox', () => {
  const pay = async (gateway: SandboxGateway, blikCode: string): Promise<string> => {
    const payment = await createPayment(gateway.deps, gateway.shop, { amount: 10_000n });
    const { transaction } = await startBlik(gateway.deps, gateway.shop, { paymentId: payment.id, blikCode });
    return transaction.id;
  };
  const dayOf = ({ acquirer }: SandboxGateway, database: Database) =>
    reconcileDay({ database }, { acquirer, day: dayNamed('2026-03-02') });

  it('has no difference once the gateway has heard of everything', async () => {
    const { database } = world;
    const gateway = await createSandboxGateway(database);
    const settled = await pay(gateway, '123456');
    await pay(gateway, '960111');
    await gateway.letPass({ ms: 1_000 });
    // Of a second sale and of a refund the notification is lost.
    gateway.refuse(1);
    const unheard = await pay(gateway, '123456');
    await expect(gateway.letPass({ ms: 1_000 })).rejects.toThrow('out of order');
    gateway.refuse(1);
    const wish = { transactionId: settled, idempotencyKey: randomUUID(), amount: 4_000n };
    const { refund: back } = await createRefund(gateway.refunds, actorOf(gateway.shop), wish);
    await expect(gateway.letPass({ ms: 1_000 })).rejects.toThrow('out of order');
    const before = await dayOf(gateway, database);
    expect(before.there).toBe(3);
    expect(before.differences.map(nameOf).sort()).toEqual(
      [`STATUS refund ${back.id}`, `STATUS sale ${unheard}`].sort(),
    );
    await gateway.letPass({ ms: 15_000 });
    expect(await dayOf(gateway, database)).toMatchObject({ there: 3, here: 3, differences: [] });
  });
});
