import type { Tx } from '../../kernel/db/database.ts';
import type { EntryDirection } from '../../kernel/db/generated/prisma/enums.ts';

/** Finds the attempts whose money is awaited on these account numbers (NRB). */
export async function findAttemptsOf(
  tx: Tx,
  accounts: readonly string[],
): Promise<{ readonly account: string; readonly transactionId: string; readonly shopId: string }[]> {
  return tx.query({
    name: 'find-attempts-of-accounts',
    text: `
      select t.transfer_account as account, t.id as "transactionId", t.shop_id as "shopId" from transaction t
      where t.transfer_account = any($1::text[])`,
    values: [accounts],
  });
}

/** Sums up what of transfers went to attempts; the caller holds the locks of their shops. */
export async function sumParts(
  tx: Tx,
  transactionIds: readonly string[],
): Promise<{ readonly transactionId: string; readonly amount: bigint }[]> {
  return tx.query({
    name: 'sum-transfer-parts',
    text: `
      select transaction_id as "transactionId", sum(amount)::bigint as amount from transfer_part
      where transaction_id = any($1::uuid[]) group by transaction_id`,
    values: [transactionIds],
  });
}

/** Says for which of these payouts an entry is booked, and in which direction. */
export async function findBookedPayouts(
  tx: Tx,
  payoutIds: readonly string[],
): Promise<{ readonly payoutId: string; readonly direction: EntryDirection }[]> {
  return tx.query({
    name: 'find-booked-payouts',
    text: `
      select payout_id as "payoutId", direction from statement_entry
      where payout_id = any($1::uuid[]) and status = 'BOOKED'`,
    values: [payoutIds],
  });
}
