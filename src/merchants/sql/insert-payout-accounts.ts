import type { Tx } from '../../kernel/db/database.ts';
import type { PayoutAccount } from '../../kernel/db/generated/prisma/client.ts';

/** Writes where a merchant is paid in a currency from a moment on, without an end. */
export async function insertPayoutAccounts(
  tx: Tx,
  accounts: readonly Pick<PayoutAccount, 'id' | 'merchantId' | 'currency' | 'iban' | 'validFrom'>[],
): Promise<void> {
  await tx.query({
    name: 'insert-payout-accounts',
    text: `
      insert into payout_account (id, merchant_id, currency, iban, valid_from, created_at)
      select id, merchant_id, currency, iban, valid_from, valid_from
      from unnest($1::uuid[], $2::text[], $3::currency[], $4::text[], $5::timestamptz[])
        as i (id, merchant_id, currency, iban, valid_from)`,
    values: [
      accounts.map((account) => account.id),
      accounts.map((account) => account.merchantId),
      accounts.map((account) => account.currency),
      accounts.map((account) => account.iban),
      accounts.map((account) => account.validFrom),
    ],
  });
}
