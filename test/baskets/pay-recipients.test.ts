import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Portion, portionsOf, restOf, splitByWeights } from '../../src/baskets/model.ts';
import type { Outcome } from '../../src/kernel/batch.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Currency } from '../../src/kernel/money.ts';
import { applyMovementAnswer } from '../../src/payments/ask-movement.ts';
import { type StartTransactionInput, startTransaction } from '../../src/payments/start-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { decideRefunds, type OrderedRefund, type PreparedRefund } from '../../src/refunds/decide-refund.ts';
import type { Shop } from '../../src/shops/model.ts';
import { capture } from '../payments/authorized.ts';
import { usePayoutWorld } from '../payouts/world.ts';
import type { Sale } from '../refunds/world.ts';
import { actorOf, createMerchant, createPayment, createShop } from '../support/factories.ts';

const world = await usePayoutWorld();

const accounts = ['72105000028166973380325415', '58105000025503268251444948'] as const;

/** A sale of 100.00 PLN of which the recipients get the amounts. */
async function sellBasket(
  shop: Shop,
  amounts: readonly bigint[],
  wish: { readonly amount?: bigint; readonly reserve?: boolean; readonly currency?: Currency } = {},
): Promise<Sale> {
  const { amount = 10_000n, reserve = false, currency = 'PLN' } = wish;
  const shares = amounts.map((share, place) => ({
    account: accounts[place] ?? '',
    amount: share,
    label: `Firma ${place}`,
  }));
  const payment = await createPayment(world.deps, shop, {
    amount,
    currency,
    shares,
    captureMode: reserve ? 'MANUAL' : 'AUTOMATIC',
  });
  world.acquirer.onStart({ kind: reserve ? 'authorized' : 'settled', amount });
  const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' } } as const;
  const start = { paymentId: payment.id, idempotencyKey: randomUUID(), ...card };
  return { shop, ...(await startTransaction(world.deps, { shop, source: 'WEB' }, start)) };
}

/** A sale of 100.00 PLN, 90.00 of them a recipient's, that is reserved on a card, while the attempt before it may still be paid. */
async function reserveAgain(shop: Shop): Promise<{ readonly first: string; readonly reserved: Sale }> {
  const shares = [{ account: accounts[0], amount: 9_000n, label: 'Firma' }];
  const payment = await createPayment(world.deps, shop, { amount: 10_000n, shares, captureMode: 'MANUAL' });
  const start = async (wish: Partial<StartTransactionInput> & Pick<StartTransactionInput, 'method'>) => {
    const input = { paymentId: payment.id, idempotencyKey: randomUUID(), ...wish };
    return startTransaction(world.deps, { shop, source: 'WEB' }, input);
  };
  world.acquirer.onStart({ kind: 'pending' });
  const first = await start({ method: 'BLIK', blikCode: '123456' });
  world.clock.pass({ ms: 120_000 });
  world.acquirer.onStart({ kind: 'authorized', amount: 10_000n });
  const card = { token: 'a token', fingerprint: 'a card' };
  const reserved = await start({ method: 'CARD', card, supersede: true });
  return { first: first.transaction.id, reserved: { shop, ...reserved } };
}

/** The ids of a merchant's recipients, in the order of the accounts. */
async function recipientsOf({ merchantId }: Shop): Promise<string[]> {
  const { rows } = await world.database.pool.query<{ id: string; iban: string }>(
    'select id, iban from recipient where merchant_id = $1',
    [merchantId],
  );
  return accounts.flatMap((account) => rows.filter(({ iban }) => iban.endsWith(account)).map(({ id }) => id));
}

async function balances(shop: Shop): Promise<bigint[]> {
  const owners = [shop.id, ...(await recipientsOf(shop))];
  return Promise.all(owners.map((owner) => world.balanceOf(owner)));
}

const refundOf = (sale: Sale, amount: bigint, shares?: readonly Portion[]) =>
  createRefund(world.refunds, actorOf(sale.shop), {
    transactionId: sale.transaction.id,
    idempotencyKey: randomUUID(),
    amount,
    shares,
  });

function wishFor({ shop, transaction }: Sale, amount: bigint): PreparedRefund {
  const inputHash = Buffer.alloc(32, String(amount));
  const wish = { shop, transactionId: transaction.id, idempotencyKey: randomUUID(), inputHash, amount };
  return { ...wish, shares: undefined, note: null };
}

const inWord = (outcome: Outcome<OrderedRefund>): string => ('refusal' in outcome ? outcome.refusal.code : 'ordered');

/** Decides each wish in a transaction of its own: the second begins before the first has ended. */
async function refundInTurn([one, other]: readonly PreparedRefund[]): Promise<string[]> {
  const decided = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const decide = (wish: PreparedRefund | undefined, then: () => Promise<void>): Promise<string[]> =>
    inTransaction(world.database, async (tx) => {
      const outcomes = await decideRefunds(tx, world.clock, wish ? [wish] : []);
      await then();
      return outcomes.map(inWord);
    });
  const first = decide(one, () => {
    decided.resolve();
    return released.promise;
  });
  await decided.promise;
  const second = decide(other, async () => undefined);
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await world.database.pool.query(waiting)).rowCount).toBe(1);
  released.resolve();
  return [...(await first), ...(await second)];
}

describe('The money of a basket', () => {
  it('goes to its recipients, and what is left to the shop', async () => {
    const shop = await world.openShop();
    await sellBasket(shop, [6_000n, 3_000n]);
    expect(await balances(shop)).toEqual([1_000n, 6_000n, 3_000n]);
  });

  it('is split in each capture, and whole in the end', async () => {
    const shop = await world.openShop();
    const sale = await sellBasket(shop, [6_000n, 3_001n], { reserve: true });
    world.acquirer.onMove({ kind: 'settled' });
    await capture(world as never, sale, { amount: 3_333n });
    expect(await balances(shop)).toEqual([333n, 2_000n, 1_000n]);
    await capture(world as never, sale, { amount: 6_667n });
    world.acquirer.onMove(undefined);
    expect(await balances(shop)).toEqual([999n, 6_000n, 3_001n]);
  });

  it('is the shop’s alone when the payment was paid twice', async () => {
    const shop = await world.openShop();
    const shares = [{ account: accounts[0], amount: 9_000n, label: 'Firma' }];
    const payment = await createPayment(world.deps, shop, { amount: 10_000n, shares });
    const pay = async (): Promise<string> => {
      world.acquirer.onStart(undefined);
      const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), method: 'BLIK', blikCode: '123456' } as const;
      return (await startTransaction(world.deps, { shop, source: 'API' }, wish)).transaction.id;
    };
    const first = await pay();
    await world.deps.applying.submit({
      transactionId: first,
      answer: { kind: 'rejected', reason: 'GENERAL', code: 'x' },
    });
    const second = await pay();
    for (const transactionId of [second, first]) {
      await world.deps.applying.submit({ transactionId, answer: { kind: 'settled', amount: 10_000n } });
    }
    expect(await balances(shop)).toEqual([11_000n, 9_000n]);
    world.alarms.length = 0;
  });

  it.each([
    ['all', [10_000n]],
    ['a part', [4_000n]],
    ['all in two parts', [4_000n, 6_000n]],
  ])(
    'is the shop’s alone when a capture of %s settles after another attempt has paid, with one alarm',
    async (_, parts) => {
      const shop = await world.openShop();
      const { first, reserved } = await reserveAgain(shop);
      world.acquirer.onMove({ kind: 'pending' });
      const captures: string[] = [];
      for (const amount of parts) captures.push((await capture(world as never, reserved, { amount })).capture.id);
      world.acquirer.onMove(undefined);
      await world.deps.applying.submit({ transactionId: first, answer: { kind: 'settled', amount: 10_000n } });
      expect(await balances(shop)).toEqual([1_000n, 9_000n]);
      expect(world.alarms).toEqual([]);
      for (const id of [...captures, ...captures]) {
        await applyMovementAnswer(world.deps, 'capture', { id, answer: { kind: 'settled' } });
      }
      const again = parts.reduce((sum, amount) => sum + amount, 0n);
      expect(await balances(shop)).toEqual([1_000n + again, 9_000n]);
      expect(world.alarms.splice(0)).toEqual(['a payment was paid twice']);
      await refundOf(reserved, again);
      expect(await balances(shop)).toEqual([1_000n, 9_000n]);
    },
  );

  it('is shared once, with one alarm, when a capture and another attempt bring it at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const shop = await world.openShop();
      const { first, reserved } = await reserveAgain(shop);
      world.acquirer.onMove({ kind: 'pending' });
      const { id } = (await capture(world as never, reserved)).capture;
      world.acquirer.onMove(undefined);
      const words = [
        () => world.deps.applying.submit({ transactionId: first, answer: { kind: 'settled', amount: 10_000n } }),
        () => applyMovementAnswer(world.deps, 'capture', { id, answer: { kind: 'settled' } }),
      ];
      await Promise.all((round % 2 === 0 ? words : words.toReversed()).map((say) => say()));
      expect(await balances(shop)).toEqual([11_000n, 9_000n]);
      expect(world.alarms.splice(0)).toEqual(['a payment was paid twice']);
    }
  });

  it('is split in later captures too when another attempt pays after the first of them', async () => {
    const shop = await world.openShop();
    const { first, reserved } = await reserveAgain(shop);
    world.acquirer.onMove({ kind: 'settled' });
    await capture(world as never, reserved, { amount: 4_000n });
    await world.deps.applying.submit({ transactionId: first, answer: { kind: 'settled', amount: 10_000n } });
    expect(await balances(shop)).toEqual([10_400n, 3_600n]);
    expect(world.alarms.splice(0)).toEqual(['a payment was paid twice']);
    await capture(world as never, reserved, { amount: 6_000n });
    world.acquirer.onMove(undefined);
    expect(await balances(shop)).toEqual([11_000n, 9_000n]);
  });
});

describe('A refund of a basket', () => {
  it('is borne by each in proportion, and of all that is left by each whole', async () => {
    const shop = await world.openShop();
    const sale = await sellBasket(shop, [6_000n, 3_000n]);
    await refundOf(sale, 1_001n);
    expect(await balances(shop)).toEqual([900n, 5_399n, 2_700n]);
    await refundOf(sale, 8_999n);
    expect(await balances(shop)).toEqual([0n, 0n, 0n]);
  });

  it('is borne as the shop says, but by nobody more than he has left of it', async () => {
    const shop = await world.openShop();
    const sale = await sellBasket(shop, [6_000n, 3_000n]);
    const [one = '', other = ''] = await recipientsOf(shop);
    await refundOf(sale, 3_000n, [{ recipientId: other, amount: 2_500n }]);
    expect(await balances(shop)).toEqual([500n, 6_000n, 500n]);
    const refused = [
      [{ recipientId: other, amount: 501n }],
      [{ recipientId: one, amount: 0n }],
      [{ recipientId: randomUUID(), amount: 1n }],
      [
        { recipientId: one, amount: 1n },
        { recipientId: one, amount: 1n },
      ],
      [{ recipientId: one, amount: 1_001n }],
      [{ recipientId: one, amount: 499n }],
      [],
    ];
    for (const shares of refused) {
      await expect(refundOf(sale, 1_000n, shares)).rejects.toMatchObject({ code: 'INVALID_INPUT', field: ['shares'] });
    }
    expect(await balances(shop)).toEqual([500n, 6_000n, 500n]);
  });

  it('that is refused gives each his part again', async () => {
    const shop = await world.openShop();
    const sale = await sellBasket(shop, [6_000n, 3_000n]);
    const { refund } = await refundOf(sale, 5_000n);
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'rejected', code: 'x' } });
    expect(await balances(shop)).toEqual([1_000n, 6_000n, 3_000n]);
  });

  it('needs the balance of each recipient, or the overdraft of the plan', async () => {
    const shop = await world.openShop();
    const sale = await sellBasket(shop, [150_000n], { amount: 160_000n });
    await world.payAt('2026-11-27T06:00:00+01:00');
    expect(await balances(shop)).toEqual([0n, 0n]);
    const [recipient = ''] = await recipientsOf(shop);
    await expect(refundOf(sale, 160_000n)).rejects.toMatchObject({
      code: 'BALANCE_TOO_LOW',
      // Not how much he has, which is from all shops of the merchant.
      message: `The balance of the recipient ${recipient} does not cover his part of this refund, and what is missing is more than the overdraft of 1000.00 PLN, which the shop and all recipients of the merchant share, has left; wait for further sales.`,
    });
    await refundOf(sale, 100_000n, [{ recipientId: recipient, amount: 100_000n }]);
    expect(await balances(shop)).toEqual([0n, -100_000n]);
  });

  it('is taken once, also when two shops of the merchant take it at the same moment', async () => {
    const merchantId = await createMerchant(world.database, { isPaidOut: true });
    const [one, other] = [
      await createShop(world.database, { merchantId }),
      await createShop(world.database, { merchantId }),
    ];
    const wishes = [
      wishFor(await sellBasket(one.shop, [60_000n], { amount: 60_000n }), 60_000n),
      wishFor(await sellBasket(other.shop, [60_000n], { amount: 60_000n }), 60_000n),
    ];
    await world.payAt('2026-11-27T06:00:01+01:00');
    await world.payAt('2026-11-30T06:00:00+01:00');
    expect(await balances(one.shop)).toEqual([0n, 0n]);
    expect(await refundInTurn(wishes)).toEqual(['ordered', 'BALANCE_TOO_LOW']);
    expect(await balances(one.shop)).toEqual([0n, -60_000n]);
  });

  it('is that of each currency', async () => {
    const shop = await world.openShop();
    const sales = [
      await sellBasket(shop, [60_000n], { amount: 60_000n }),
      await sellBasket(shop, [60_000n], { amount: 60_000n, currency: 'EUR' }),
    ];
    await world.payAt('2026-12-01T06:00:00+01:00');
    const outcomes = await inTransaction(world.database, (tx) =>
      decideRefunds(
        tx,
        world.clock,
        sales.map((sale) => wishFor(sale, 60_000n)),
      ),
    );
    expect(outcomes.map(inWord)).toEqual(['ordered', 'ordered']);
  });
});

describe('Recipients', () => {
  it('are paid out like shops, each less his part of the commission', async () => {
    const shop = await world.openShop();
    await sellBasket(shop, [6_000n, 3_000n]);
    await sellBasket(shop, [3_333n, 6_667n]);
    await world.payAt('2026-12-02T06:00:00+01:00');
    const [one = '', other = ''] = await recipientsOf(shop);
    const paid = await Promise.all([shop.id, one, other].map((owner) => world.payoutsOf(owner)));
    expect(paid.map(([payout]) => [payout?.gross, payout?.commission, payout?.net])).toEqual([
      [1_000n, 14n, 986n],
      [9_333n, 131n, 9_202n],
      [9_667n, 135n, 9_532n],
    ]);
    expect(paid[1]?.[0]).toMatchObject({ iban: `PL${accounts[0]}`, recipientId: one, shopId: null });
  });
});

describe('A split', () => {
  const weights = fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 8 });

  it('by weights sums to the amount, and no part is a unit away from its due', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 9n), weights, (amount, given) => {
        const total = given.reduce((sum, weight) => sum + weight, 0n);
        fc.pre(total > 0n);
        const parts = splitByWeights(amount, given);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amount);
        parts.forEach((part, place) => {
          const off = part * total - amount * (given[place] ?? 0n);
          expect(off < total && off > -total).toBe(true);
        });
      }),
    );
  });

  it('of captures never exceeds what is taken, and is whole when all is', () => {
    const cuts = fc.array(fc.bigInt(1n, 500n), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cuts, weights, (captures, given) => {
        const total = captures.reduce((sum, amount) => sum + amount, 0n);
        const shares = splitByWeights(total, [1n, ...given])
          .slice(1)
          .map((amount, place) => ({ recipientId: `${place}`, amount }));
        const got = new Map<string, bigint>();
        let before = 0n;
        for (const amount of captures) {
          const left = shares.map(({ recipientId, amount: share }) => ({
            recipientId,
            amount: share - (got.get(recipientId) ?? 0n),
          }));
          const portions = portionsOf(amount, total - before, left);
          expect(restOf(amount, portions)).toBeGreaterThanOrEqual(0n);
          for (const portion of portions)
            got.set(portion.recipientId, (got.get(portion.recipientId) ?? 0n) + portion.amount);
          before += amount;
        }
        for (const share of shares) expect(got.get(share.recipientId) ?? 0n).toBe(share.amount);
      }),
    );
  });
});
