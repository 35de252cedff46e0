import type { Tx } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';

/**
 * Notes that an account may be paid to again, on payouts in its currency that came back from there.
 * @param wish.through what came back later holds the account still; undefined: all that came back by now is meant.
 * @returns their ids.
 */
export async function noteResumed(
  tx: Tx,
  wish: {
    readonly account: Pick<Payout, 'merchantId' | 'currency' | 'iban'>;
    readonly at: Date;
    readonly through?: Date;
  },
): Promise<string[]> {
  const { account, at, through } = wish;
  const rows = await tx.query<{ id: string }>({
    name: 'note-resumed-payouts',
    text: `
      update payout set resumed_at = $4::timestamptz
      where merchant_id = $1::text and currency = $2::currency and iban = $3::text and status = 'RETURNED'
        and resumed_at is null and ($5::timestamptz is null or returned_at <= $5::timestamptz)
      returning id`,
    values: [account.merchantId, account.currency, account.iban, at, through ?? null],
  });
  return rows.map(({ id }) => id);
}
