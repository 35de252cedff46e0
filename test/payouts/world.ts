import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, expect } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import type { Currency } from '../../src/kernel/money.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import type { BankFileDeps } from '../../src/payouts/deps.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { readPayouts } from '../../src/payouts/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openRefundWorld, type RefundWorld, type Sale } from '../refunds/world.ts';
import { createMerchant, createPayment, createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';

/** A gateway that pays out. */
export type PayoutWorld = Omit<RefundWorld, 'sell'> & {
  readonly payouts: BankFileDeps;
  /** A settled sale, of 100.00 PLN unless it is said otherwise. */
  sell(shop: Shop, amount?: bigint, currency?: Currency): Promise<Sale>;
  /** Lets the clock stand at a moment, which must not lie behind it. */
  goTo(moment: string): void;
  /** Goes to a moment and pays out what is due then. */
  payAt(moment: string): Promise<number>;
  /** Goes to a moment and hands to the bank what is due then; gives how many files were made. */
  sendAt(moment: string): Promise<number>;
  /** The payouts of a shop or recipient in the order of their days. */
  payoutsOf(owner: string): Promise<Payout[]>;
  /** What a shop or recipient has, in minor units. */
  balanceOf(owner: string, currency?: Currency): Promise<bigint>;
};

/** Opens a gateway on a database of its own; its time is Thursday, 26 November 2026, noon in Warsaw. */
export async function openPayoutWorld(): Promise<PayoutWorld> {
  const world = await openRefundWorld(['blik', 'ecom3ds']);
  const { database, clock } = world;
  const { bankFiles } = readConfig({});
  const payouts = { database, clock, log: world.deps.log, bankFiles };
  const goTo = (moment: string): void => {
    const ms = new Date(moment).getTime() - clock.now().getTime();
    if (ms < 0) throw new Error(`It is later than ${moment}.`);
    clock.pass({ ms });
  };
  goTo('2026-11-26T12:00:00+01:00');
  return {
    ...world,
    payouts,
    goTo,
    openShop: async () => {
      const merchantId = await createMerchant(database, { isPaidOut: true });
      return (await createShop(database, { merchantId })).shop;
    },
    sell: async (shop, amount = 10_000n, currency = 'PLN') => {
      const payment = await createPayment(world.deps, shop, { amount, currency });
      world.acquirer.onStart({ kind: 'settled', amount });
      const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' } } as const;
      const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), ...card };
      return { shop, ...(await startTransaction(world.deps, { shop, source: 'WEB' }, wish)) };
    },
    payAt: (moment) => {
      goTo(moment);
      return runPayouts(payouts);
    },
    sendAt: async (moment) => {
      goTo(moment);
      return (await sendPayouts(payouts)).made;
    },
    payoutsOf: async (owner) => {
      const { rows } = await database.pool.query<{ id: string }>(
        'select id from payout where account_owner = $1 order by business_day, currency',
        [owner],
      );
      const found = await inTransaction(database, (tx) =>
        readPayouts(
          tx,
          rows.map(({ id }) => id),
        ),
      );
      return rows.map(({ id }) => found.find((payout) => payout.id === id) as Payout);
    },
    balanceOf: async (owner, currency = 'PLN') => {
      const { rows } = await database.pool.query<{ amount: bigint }>(
        `select b.amount from account a join account_balance b on b.account_id = a.id
        where a.owner = $1 and a.currency = $2`,
        [owner, currency],
      );
      return rows[0]?.amount ?? 0n;
    },
  };
}

/** The same for a file of tests, whose books are right after each of them, and which has looked at every alarm. It is closed at the end. */
export async function usePayoutWorld(): Promise<PayoutWorld> {
  const world = await openPayoutWorld();
  afterEach(async () => {
    expect(await brokenInvariants(world.database)).toEqual([]);
    expect(world.alarms.splice(0)).toEqual([]);
  });
  afterAll(() => world.close());
  return world;
}
