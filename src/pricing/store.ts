import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { Commission } from '../kernel/db/generated/prisma/client.ts';
import { type PricePlan, type Promotion, type Terms, usualOverdraft } from './model.ts';

/** Asks which plan of a shop is in force at a moment; the answer comes under `id`. */
export type PlanAsk = { readonly id: string; readonly shopId: string; readonly at: Date };

/** A plan in force, and what counts towards its promotion. */
export type PlanInForce = PricePlan & { readonly merchant: CountedMerchant };

/** What a merchant has settled in all his shops, which is counted only while a promotion of theirs may depend on it. */
export type CountedMerchant = {
  readonly id: string;
  /** PLN minor units; only sure while his row is locked, or when it is not counted any more. */
  readonly turnover: bigint;
  /** Null: it never was. */
  readonly countedUntil: Date | null;
  /** PLN minor units. */
  readonly countedTo: bigint;
};

type Row = Omit<PricePlan, 'promotion'> & {
  readonly askId: string;
  readonly promotionUntil: Date | null;
  readonly promotionTurnover: bigint | null;
  readonly merchantId: string;
  readonly turnover: bigint;
  readonly countedUntil: Date | null;
  readonly countedTo: bigint;
};

/** Reads, for each ask, the plan that is in force: the newest that has begun, and of those that began together the last written. */
export async function readPlans(tx: Tx, asks: readonly PlanAsk[]): Promise<Map<string, PlanInForce>> {
  const rows = await tx.query<Row>({
    name: 'read-price-plans',
    text: `
      select ask.id as "askId", plan.*, m.id as "merchantId", m.settled_turnover as turnover,
        m.turnover_counted_until as "countedUntil", m.turnover_counted_to as "countedTo"
      from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as ask (id, shop_id, at)
      join shop s on s.id = ask.shop_id
      join merchant m on m.id = s.merchant_id
      cross join lateral (
        select p.id, p.valid_from as "validFrom", p.overdraft, p.promotion_until as "promotionUntil",
          p.promotion_turnover as "promotionTurnover", p.refund_gives_commission as "refundGivesCommission",
          (select jsonb_object_agg(r.channel, r.rate_ppm) from price_rate r where r.plan_id = p.id) as "ratesPpm"
        from price_plan p where p.shop_id = ask.shop_id and p.valid_from <= ask.at
        order by p.valid_from desc, p.number desc limit 1
      ) as plan`,
    values: [asks.map((ask) => ask.id), asks.map((ask) => ask.shopId), asks.map((ask) => ask.at)],
  });
  return new Map(rows.map((row) => [row.askId, planOf(row)]));
}

function planOf(row: Row): PlanInForce {
  const { id, validFrom, ratesPpm, overdraft, refundGivesCommission, turnover, countedUntil, countedTo } = row;
  const promotion = promotionIn(row.promotionUntil, row.promotionTurnover);
  const merchant = { id: row.merchantId, turnover, countedUntil, countedTo };
  return { id, validFrom, ratesPpm, overdraft, promotion, refundGivesCommission, merchant };
}

/** The promotion that two columns hold. */
export function promotionIn(until: Date | null, turnover: bigint | null): Promotion | undefined {
  return until === null || turnover === null ? undefined : { until, turnover };
}

/** A plan to be written; the terms that are not given are the usual ones. */
export type NewPlan = Pick<PricePlan, 'id' | 'validFrom' | 'ratesPpm'> &
  Partial<Terms> & { readonly shopId: string; readonly createdAt: Date };

/**
 * Writes a plan and its rates. From one with a promotion on, the turnover of the merchant is counted until it ends; what
 * he had settled before is not.
 * @returns whether the counting begins with this plan, so that `recountTurnover` has to add what was before.
 */
export async function insertPlan(tx: Tx, plan: NewPlan): Promise<{ readonly startsCount: boolean }> {
  const { promotion } = plan;
  const [row] = await tx.query<{ startsCount: boolean }>({
    name: 'insert-price-plan',
    text: `
      with plan as (
        insert into price_plan (id, shop_id, valid_from, created_at, overdraft, promotion_until, promotion_turnover,
          refund_gives_commission)
        values ($1::uuid, $2::uuid, $3::timestamptz, $4::timestamptz, $7::bigint, $8::timestamptz, $9::bigint,
          $10::boolean)
        returning *
      ), counted as (
        update merchant m set
          turnover_counted_until = greatest(m.turnover_counted_until, plan.promotion_until),
          turnover_counted_to = greatest(m.turnover_counted_to, plan.promotion_turnover)
        from plan join shop s on s.id = plan.shop_id
        where m.id = s.merchant_id and plan.promotion_until is not null
      ), rates as (
        insert into price_rate (plan_id, channel, rate_ppm)
        select plan.id, r.channel, r.rate from plan, unnest($5::text[], $6::int[]) as r (channel, rate)
      )
      -- The merchant as he was before this statement.
      select plan.promotion_until is not null and m.turnover_counted_until is null as "startsCount"
      from plan join shop s on s.id = plan.shop_id join merchant m on m.id = s.merchant_id`,
    values: [
      plan.id,
      plan.shopId,
      plan.validFrom,
      plan.createdAt,
      Object.keys(plan.ratesPpm),
      Object.values(plan.ratesPpm),
      plan.overdraft ?? usualOverdraft,
      promotion?.until ?? null,
      promotion?.turnover ?? null,
      plan.refundGivesCommission ?? false,
    ],
  });
  return { startsCount: row?.startsCount === true };
}

/** What a merchant is told of a commission; money in minor units of the currency. */
export type ShownCommission = Pick<Commission, 'transactionId' | 'amount' | 'base' | 'currency' | 'ratePpm' | 'rule'>;

/** Reads the commissions of transactions; those that have not settled have none. */
export function readCommissions(database: Database, transactionIds: readonly string[]): Promise<ShownCommission[]> {
  return read<ShownCommission>(database, {
    name: 'read-commissions',
    text: `
      select transaction_id as "transactionId", amount, base, currency, rate_ppm as "ratePpm", rule
      from commission where transaction_id = any($1::uuid[])`,
    values: [transactionIds],
  });
}
