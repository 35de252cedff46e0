import { type Database, read } from '../../kernel/db/database.ts';
import type { Currency, PromotionState } from '../../kernel/db/generated/prisma/enums.ts';

/** All that is kept of the commission of a transaction. */
export type CommissionRow = {
  readonly amount: bigint;
  readonly base: bigint;
  readonly currency: Currency;
  readonly ratePpm: number;
  readonly rule: string;
  readonly promotion: PromotionState;
  readonly turnoverBefore: bigint | null;
  readonly turnover: bigint | null;
  readonly validFrom: Date;
  readonly promotionUntil: Date | null;
  readonly promotionTurnover: bigint | null;
  readonly refundGivesCommission: boolean;
  readonly table: string | null;
  readonly day: string | null;
  readonly rate: bigint | null;
  readonly givenBack: bigint;
};

/** Reads the commission of a transaction with its plan, its exchange rate and what refunds gave back of it. */
export async function readExplanation(database: Database, transactionId: string): Promise<CommissionRow | undefined> {
  const [row] = await read<CommissionRow>(database, {
    name: 'read-commission-explanation',
    text: `
      select c.amount, c.base, c.currency, c.rate_ppm as "ratePpm", c.rule, c.promotion,
        c.turnover_before as "turnoverBefore", c.turnover, p.valid_from as "validFrom",
        p.promotion_until as "promotionUntil", p.promotion_turnover as "promotionTurnover",
        p.refund_gives_commission as "refundGivesCommission",
        t.number as "table", t.effective_date::text as day, r.rate,
        (select coalesce(-sum(a.amount), 0)::bigint from commission_adjustment a
          where a.transaction_id = c.transaction_id and a.refund_id is not null) as "givenBack"
      from commission c
      join price_plan p on p.id = c.plan_id
      left join fx_table t on t.number = c.fx_table
      left join fx_rate r on r.table_number = t.number and r.currency = c.currency
      where c.transaction_id = $1::uuid`,
    values: [transactionId],
  });
  return row;
}
