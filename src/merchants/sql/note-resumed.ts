import type { Tx } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';

/**
 * Notes that an account may be paid to again, on all payouts in its currency that came back from there.
 * @returns their ids.
 */
export async function noteResumed(
  tx: Tx,
  { account, at }: { readonly account: Pick<Payout, 'merchantId' | 'currency' | 'iban'>; readonly at: Date },
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'note-resumed-payouts',
    text: `
      update payout set resumed_at = $4::timestamptz
      where merchant_id = $1::text and currency = $2::currency and iban = $3::text and status = 'RETURNED'
        and resumed_at is null
      returning id`,
    values: [account.merchantId, account.currency, account.iban, at],
  });
  return rows.map(({ id }) => id);
}
