import type { Share } from '../../baskets/model.ts';
import { findUnconfirmed } from '../../baskets/store.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Shop } from '../../shops/model.ts';
import { FormInvalid } from '../errors.ts';

/**
 * Says why a form may not split its payment so. Its payer can have written a recipient into it that the shop's signature fits
 * all the same, so it may name only those whom an authenticated call has named. Accounts are not shown: they may be strangers'.
 */
export async function recipientsAgainst(
  database: Database,
  { merchantId }: Pick<Shop, 'merchantId'>,
  shares: readonly Share[],
): Promise<FormInvalid | undefined> {
  const places = await findUnconfirmed(database, merchantId, shares);
  if (places.length === 0) return undefined;
  return new FormInvalid(
    places.map((place) => ({
      field: 'multipayout',
      message: `Number ${place + 1} of the list is no recipient of the merchant yet: name it first in shares of createPayment or in multipayout of a REST call.`,
    })),
  );
}
