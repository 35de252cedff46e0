import { randomUUID } from 'node:crypto';
import { importTables } from '../../src/fx/import-tables.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { Currency } from '../../src/kernel/money.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import type { Promotion, Terms } from '../../src/pricing/model.ts';
import { insertPlan } from '../../src/pricing/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { jsonTable } from '../fx/tables.ts';
import { openRefundWorld, type RefundWorld } from '../refunds/world.ts';
import { createMerchant, createPayment, createShop } from '../support/factories.ts';

/** A gateway whose shops have promotions and foreign sales; its time is 2026-03-02, 11:00 in Warsaw. */
export type PricingWorld = RefundWorld & {
  /** Shops of one new merchant; each sells by the list prices with this promotion, if any. */
  openShops(count: number, promotion?: Promotion): Promise<Shop[]>;
  /** Gives a shop other terms from now on. */
  price(shop: Shop, terms: Pick<Terms, 'ratesPpm'> & Partial<Terms>): Promise<void>;
  /** Attempts by card that are sent and not answered yet, so that their answers can be told at once. */
  start(shop: Shop, amount: bigint, currency?: Currency): Promise<string>;
  /** Tells in one batch that these attempts have settled. */
  settle(sales: readonly { readonly id: string; readonly amount: bigint }[]): Promise<void>;
  /** Imports a table with these rates. */
  importRates(table: Parameters<typeof jsonTable>[0]): Promise<void>;
  /** The commissions of these transactions, each as `amount promotion turnoverBefore turnover table`. */
  commissionsOf(ids: readonly string[]): Promise<string[]>;
  turnoverOf(shop: Shop): Promise<bigint>;
  sign(merchantId: string, at: Date): Promise<void>;
};

/** A promotion that lasts longer than any test, with the usual limit. */
export const longPromotion: Promotion = { until: new Date('2026-06-01T22:00:00.000Z'), turnover: 100_000_000n };

/** Opens the gateway on a database of its own. */
export async function openPricingWorld(): Promise<PricingWorld> {
  const world = await openRefundWorld(['blik', 'ecom3ds']);
  const { database, deps } = world;
  const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' } } as const;
  return {
    ...world,
    openShops: async (count, promotion) => {
      const merchantId = await createMerchant(database);
      const shops = await Promise.all(Array.from({ length: count }, () => createShop(database, { merchantId })));
      if (promotion)
        for (const { shop } of shops)
          await givePlan(world, shop, { ratesPpm: { blik: 15_900, '*': 14_000 }, promotion });
      return shops.map(({ shop }) => shop);
    },
    price: (shop, terms) => givePlan(world, shop, terms),
    start: async (shop, amount, currency = 'PLN') => {
      const payment = await createPayment(deps, shop, { amount, currency });
      world.acquirer.onStart({ kind: 'pending' });
      const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), ...card };
      return (await startTransaction(deps, { shop, source: 'WEB' }, wish)).transaction.id;
    },
    settle: async (sales) => {
      await Promise.all(
        sales.map(({ id, amount }) => deps.applying.submit({ transactionId: id, answer: { kind: 'settled', amount } })),
      );
    },
    importRates: async (table) => {
      const file = { name: 'a table', text: jsonTable(table) };
      await inTransaction(database, (tx) => importTables(tx, [file], new Date(`${table.day}T12:00:00Z`)));
    },
    commissionsOf: async (ids) => {
      const { rows } = await database.pool.query<{ line: string }>(
        `select concat_ws(' ', c.amount, c.promotion, coalesce(c.turnover_before::text, '-'),
          coalesce(c.turnover::text, '-'), c.fx_table) as line
        from unnest($1::uuid[]) with ordinality as i (id, place) join commission c on c.transaction_id = i.id
        order by place`,
        [ids],
      );
      return rows.map(({ line }) => line);
    },
    turnoverOf: async ({ merchantId }) => {
      const { rows } = await database.pool.query<{ turnover: bigint }>(
        'select settled_turnover as turnover from merchant where id = $1',
        [merchantId],
      );
      return rows[0]?.turnover ?? -1n;
    },
    sign: async (merchantId, at) => {
      const sql = 'insert into contract (id, merchant_id, signed_at, created_at) values ($1, $2, $3, $3)';
      await database.pool.query(sql, [newId(at), merchantId, at]);
    },
  };
}

async function givePlan(
  { database, clock }: Pick<RefundWorld, 'database' | 'clock'>,
  shop: Shop,
  terms: Pick<Terms, 'ratesPpm'> & Partial<Terms>,
): Promise<void> {
  const now = clock.now();
  const plan = { id: newId(now), shopId: shop.id, validFrom: now, createdAt: now, ...terms };
  await inTransaction(database, (tx) => insertPlan(tx, plan));
}
