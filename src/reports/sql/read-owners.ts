import type { Snapshot } from '../../kernel/db/read-snapshot.ts';

/** A shop or recipient whose account a statement is of. */
export type Owner = { readonly id: string; readonly name: string };

/** Reads the shop that a report is about or, without one, all shops and recipients of a merchant. */
export async function readOwners(
  snapshot: Pick<Snapshot, 'query'>,
  wish: { readonly merchantId: string; readonly shopId: string | null },
): Promise<Owner[]> {
  return snapshot.query<Owner>({
    name: 'read-report-owners',
    text: `
      select s.id::text as id, s.name from shop s
      where s.merchant_id = $1::text and ($2::uuid is null or s.id = $2::uuid)
      union all
      select r.id::text, r.name from recipient r where r.merchant_id = $1::text and $2::uuid is null`,
    values: [wish.merchantId, wish.shopId],
  });
}
