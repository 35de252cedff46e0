import { type Database, read, type Tx } from '../kernel/db/database.ts';
import { type PricePlan, usualOverdraft } from './model.ts';

/** Asks which plan of a shop is in force at a moment; the answer comes under `id`. */
export type PlanAsk = { readonly id: string; readonly shopId: string; readonly at: Date };

/** Reads, for each ask, the plan that is in force: the newest that has begun. */
export async function readPlans(tx: Tx, asks: readonly PlanAsk[]): Promise<Map<string, PricePlan>> {
  const rows = await tx.query<PricePlan & { readonly id: string }>({
    name: 'read-price-plans',
    text: `
      select ask.id, plan.valid_from as "validFrom", plan.rates as "ratesPpm", plan.overdraft
      from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as ask (id, shop_id, at)
      cross join lateral (
        select p.valid_from, p.overdraft,
          (select jsonb_object_agg(r.channel, r.rate_ppm) from price_rate r where r.plan_id = p.id) as rates
        from price_plan p where p.shop_id = ask.shop_id and p.valid_from <= ask.at
        order by p.valid_from desc, p.created_at desc limit 1
      ) as plan`,
    values: [asks.map((ask) => ask.id), asks.map((ask) => ask.shopId), asks.map((ask) => ask.at)],
  });
  return new Map(rows.map(({ id, ...plan }) => [id, plan]));
}

/** Writes a plan and its rates. */
export async function insertPlan(
  tx: Tx,
  plan: Omit<PricePlan, 'overdraft'> & {
    readonly id: string;
    readonly shopId: string;
    readonly createdAt: Date;
    readonly overdraft?: bigint;
    /** Nothing is charged before `until`, or before the merchant's settled turnover has reached `turnover` grosz. */
    readonly promotion?: { readonly until: Date; readonly turnover: bigint } | undefined;
  },
): Promise<void> {
  await tx.query({
    name: 'insert-price-plan',
    text: `
      with plan as (
        insert into price_plan (id, shop_id, valid_from, created_at, overdraft, promotion_until, promotion_turnover)
        values ($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz, $7::bigint, $8::timestamptz, $9::bigint)
        returning id
      )
      insert into price_rate (plan_id, channel, rate_ppm)
      select plan.id, r.channel, r.rate from plan, unnest($5::text[], $6::int[]) as r (channel, rate)`,
    values: [
      plan.id,
      plan.shopId,
      plan.validFrom,
      plan.createdAt,
      Object.keys(plan.ratesPpm),
      Object.values(plan.ratesPpm),
      plan.overdraft ?? usualOverdraft,
      plan.promotion?.until ?? null,
      plan.promotion?.turnover ?? null,
    ],
  });
}

/** Reads the commission of a transaction in minor units of its currency; undefined until it has settled. */
export async function readCommission(database: Database, transactionId: string): Promise<bigint | undefined> {
  const [row] = await read<{ amount: bigint }>(database, {
    name: 'read-commission',
    text: 'select amount from commission where transaction_id = $1::uuid',
    values: [transactionId],
  });
  return row?.amount;
}
