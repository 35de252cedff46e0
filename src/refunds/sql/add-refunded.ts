import type { Tx } from '../../kernel/db/database.ts';

/** How much more of a transaction is refunded than before; negative when a refund was refused. */
export type RefundedChange = { readonly transactionId: string; readonly amount: bigint };

/**
 * Keeps count of what is refunded, on transactions and their payments. Checks of the database refuse to count above what
 * was settled. Money for a payment that was paid twice is no part of the payment, so its refunds are not either.
 */
export async function addRefunded(tx: Tx, changes: readonly RefundedChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.query({
    name: 'add-refunded',
    text: `
      with change as (
        select transaction_id, sum(amount)::bigint as amount
        from unnest($1::uuid[], $2::bigint[]) as c (transaction_id, amount) group by transaction_id
      ), counted as (
        update transaction t set refunded_amount = t.refunded_amount + change.amount
        from change where t.id = change.transaction_id
        returning t.payment_id, change.amount, t.surplus
      )
      update payment p set refunded_amount = p.refunded_amount + c.amount
      from (select payment_id, sum(amount)::bigint as amount from counted where not surplus group by payment_id) c
      where p.id = c.payment_id`,
    values: [changes.map((change) => change.transactionId), changes.map((change) => change.amount)],
  });
}
