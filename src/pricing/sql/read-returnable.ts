import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';

/** A commission that refunds of its transaction give back. */
export type ReturnableCommission = {
  readonly transactionId: string;
  readonly shopId: string;
  readonly amount: bigint;
  readonly base: bigint;
  readonly currency: Currency;
};

/** Reads, of these transactions, the commissions of which there is something to give back by the plans they were computed by. */
export async function readReturnable(tx: Tx, transactionIds: readonly string[]): Promise<ReturnableCommission[]> {
  return tx.query<ReturnableCommission>({
    name: 'read-returnable-commissions',
    text: `
      select c.transaction_id as "transactionId", c.shop_id as "shopId", c.amount, c.base, c.currency
      from commission c join price_plan p on p.id = c.plan_id
      where c.transaction_id = any($1::uuid[]) and p.refund_gives_commission and c.amount > 0`,
    values: [transactionIds],
  });
}
