import type { Tx } from '../../kernel/db/database.ts';
import type { Currency, ShopStatus } from '../../kernel/db/generated/prisma/enums.ts';

/**
 * Lets all shops of a merchant take a further currency, but for those that are refused or closed, inside a transaction that
 * has locked them; gives the shops that did not take it before.
 */
export async function addCurrency(
  tx: Tx,
  { merchantId, currency, at }: { readonly merchantId: string; readonly currency: Currency; readonly at: Date },
): Promise<readonly { readonly id: string; readonly status: ShopStatus }[]> {
  return tx.query({
    name: 'add-currency',
    text: `
      update shop set currencies = array_append(currencies, $2::currency), updated_at = $3::timestamptz
      where merchant_id = $1::text and not currencies @> array[$2::currency]
        and status in ('SUBMITTED', 'ACTIVE', 'SUSPENDED')
      returning id, status`,
    values: [merchantId, currency, at],
  });
}
