import type { Tx } from '../../kernel/db/database.ts';
import type { Commission } from '../model.ts';

export type NewCommission = Commission & {
  readonly transactionId: string;
  readonly shopId: string;
  readonly at: Date;
};

/** Keeps the commissions of settled transactions; they are posted at the payout. */
export async function writeCommissions(tx: Tx, commissions: readonly NewCommission[]): Promise<void> {
  if (commissions.length === 0) return;
  await tx.query({
    name: 'write-commissions',
    text: `
      insert into commission (transaction_id, shop_id, amount, base, currency, rate_ppm, rule, computed_at)
      select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::currency[], $6::int[], $7::text[],
        $8::timestamptz[])`,
    values: [
      commissions.map((commission) => commission.transactionId),
      commissions.map((commission) => commission.shopId),
      commissions.map((commission) => commission.amount),
      commissions.map((commission) => commission.base),
      commissions.map((commission) => commission.currency),
      commissions.map((commission) => commission.ratePpm),
      commissions.map((commission) => commission.rule),
      commissions.map((commission) => commission.at),
    ],
  });
}
