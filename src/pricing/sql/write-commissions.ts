import type { Tx } from '../../kernel/db/database.ts';
import type { PromotionState } from '../../kernel/db/generated/prisma/enums.ts';
import type { Commission } from '../model.ts';

export type NewCommission = Commission & {
  readonly transactionId: string;
  readonly shopId: string;
  readonly at: Date;
  readonly planId: string;
  readonly promotion: PromotionState;
  /** What the merchant had settled before, in PLN minor units, as far as it was counted; null when the plan has no promotion. */
  readonly turnoverBefore: bigint | null;
  /** What the transaction added to that; null when turnover is not counted. */
  readonly turnover: bigint | null;
  /** By which table it was counted; null for PLN, and when none was known. */
  readonly fxTable: string | null;
};

/** Keeps the commissions of settled transactions; they are posted at the payout. */
export async function writeCommissions(tx: Tx, commissions: readonly NewCommission[]): Promise<void> {
  const column = <Name extends keyof NewCommission>(name: Name): NewCommission[Name][] =>
    commissions.map((commission) => commission[name]);
  await tx.query({
    name: 'write-commissions',
    text: `
      insert into commission (transaction_id, shop_id, amount, base, currency, rate_ppm, rule, computed_at, plan_id,
        promotion, turnover_before, turnover, fx_table)
      select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::currency[], $6::int[], $7::text[],
        $8::timestamptz[], $9::uuid[], $10::promotion_state[], $11::bigint[], $12::bigint[], $13::text[])`,
    values: [
      column('transactionId'),
      column('shopId'),
      column('amount'),
      column('base'),
      column('currency'),
      column('ratePpm'),
      column('rule'),
      column('at'),
      column('planId'),
      column('promotion'),
      column('turnoverBefore'),
      column('turnover'),
      column('fxTable'),
    ],
  });
}
