import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/money.ts';

/** Finds the shop that a merchant submitted under a key. */
export async function findSubmission(
  tx: Tx,
  merchantId: string,
  key: string,
): Promise<{ readonly id: string; readonly hash: Buffer } | undefined> {
  const [row] = await tx.query<{ id: string; hash: Buffer }>({
    name: 'find-shop-submission',
    text: `
      select id, submission_hash as hash from shop where merchant_id = $1::text and submission_key = $2::text`,
    values: [merchantId, key],
  });
  return row;
}

/** Reads the currencies in which a merchant can be paid out, in the order of the list of currencies. */
export async function readPayoutCurrencies(tx: Tx, merchantId: string): Promise<readonly Currency[]> {
  const rows = await tx.query<{ currency: Currency }>({
    name: 'read-payout-currencies',
    text: `
      select currency from payout_account where merchant_id = $1::text and valid_until is null order by currency`,
    values: [merchantId],
  });
  return rows.map(({ currency }) => currency);
}
