import type { Tx } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';

/**
 * Notes that the account of a payout may be paid to again, on all payouts in its currency that came back from there.
 * @returns how many these are.
 */
export async function noteResumed(
  tx: Tx,
  { payout, at }: { readonly payout: Pick<Payout, 'merchantId' | 'currency' | 'iban'>; readonly at: Date },
): Promise<number> {
  const rows = await tx.query({
    name: 'note-resumed-payouts',
    text: `
      update payout set resumed_at = $4::timestamptz
      where merchant_id = $1::text and currency = $2::currency and iban = $3::text and status = 'RETURNED'
        and resumed_at is null
      returning id`,
    values: [payout.merchantId, payout.currency, payout.iban, at],
  });
  return rows.length;
}
