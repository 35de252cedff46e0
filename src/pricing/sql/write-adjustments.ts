import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/money.ts';

/** More or less commission for the owner of an account, than the commission of its transaction says. */
export type Adjustment = {
  /** Shop or recipient. */
  readonly accountOwner: string;
  readonly transactionId: string;
  readonly shopId: string;
  readonly refundId?: string;
  /** Minor units, not 0. */
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/** Keeps adjustments of commissions; the next payouts of their owners take them up. */
export async function writeAdjustments(tx: Tx, adjustments: readonly Adjustment[]): Promise<void> {
  if (adjustments.length === 0) return;
  await tx.query({
    name: 'write-commission-adjustments',
    text: `
      insert into commission_adjustment (account_owner, transaction_id, shop_id, refund_id, amount, currency, at)
      select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::currency[],
        $7::timestamptz[])`,
    values: [
      adjustments.map((adjustment) => adjustment.accountOwner),
      adjustments.map((adjustment) => adjustment.transactionId),
      adjustments.map((adjustment) => adjustment.shopId),
      adjustments.map((adjustment) => adjustment.refundId ?? null),
      adjustments.map((adjustment) => adjustment.amount),
      adjustments.map((adjustment) => adjustment.currency),
      adjustments.map((adjustment) => adjustment.at),
    ],
  });
}
