import { type Database, read } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/money.ts';

/** An account that has something to be paid out of. */
export type PayableAccount = {
  readonly id: bigint;
  readonly merchantId: string;
  /** Its shop or recipient. */
  readonly accountOwner: string;
  readonly currency: Currency;
  /** The shops that must be locked to pay it: its own, or for a recipient all of his merchant. */
  readonly shopIds: readonly string[];
};

/**
 * Finds the accounts of merchants that have money in one of the currencies, in the order of their numbers. Whoever has
 * none is owed nothing, whatever he had at midnight.
 * @param wish.after the number of the last account that was seen, 0 at first.
 */
export async function findPayableAccounts(
  database: Database,
  wish: {
    readonly merchantIds: readonly string[];
    readonly currencies: readonly Currency[];
    readonly after: bigint;
    readonly max: number;
  },
): Promise<PayableAccount[]> {
  return read<PayableAccount>(database, {
    name: 'find-payable-accounts',
    text: `
      with owner as materialized (
        select 'SHOP'::account_kind as kind, s.id::text as owner, s.merchant_id from shop s
        where s.merchant_id = any($1::text[])
        union all
        select 'RECIPIENT', r.id::text, r.merchant_id from recipient r where r.merchant_id = any($1::text[])
      )
      select a.id, owner.merchant_id as "merchantId", a.owner as "accountOwner", a.currency,
        case a.kind when 'SHOP' then array[a.owner]
          else array(select s.id::text from shop s where s.merchant_id = owner.merchant_id) end as "shopIds"
      from owner
      join account a on a.kind = owner.kind and a.owner = owner.owner and a.currency = any($2::currency[])
      join account_balance b on b.account_id = a.id and b.amount > 0
      where a.id > $3::bigint
      order by a.id limit $4::int`,
    values: [wish.merchantIds, wish.currencies, wish.after, wish.max],
  });
}
