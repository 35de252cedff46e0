import { type Actor, visibleTo } from '../auth/actor.ts';
import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { Prisma, Profile } from '../kernel/db/generated/prisma/client.ts';
import { listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  shopId: 'shop_id',
  customerId: 'customer_id',
  kind: 'kind',
  method: 'method',
  status: 'status',
  label: 'label',
  token: 'token',
  details: 'details',
  firstTransactionId: 'first_transaction_id',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof Profile, string>;

const selectList = listColumns('p', columns);

/** Reads profiles by id. */
export async function readProfiles(tx: Tx, ids: readonly string[]): Promise<Profile[]> {
  if (ids.length === 0) return [];
  return tx.query<Profile>({
    name: 'read-profiles',
    text: `select ${selectList} from profile p where p.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Reads what one payer has stored at shops of a merchant, oldest first; the shops are the caller's to choose. */
export async function readProfilesOfCustomer(
  database: Database,
  owner: { readonly shopIds: readonly string[]; readonly customerId: string },
): Promise<Profile[]> {
  return read<Profile>(database, {
    name: 'read-profiles-of-customer',
    text: `
      select ${selectList} from profile p
      where p.shop_id = any($1::uuid[]) and p.customer_id = $2::text order by p.created_at, p.id`,
    values: [owner.shopIds, owner.customerId],
  });
}

/** Reads the BLIK aliases of customers, oldest first, whatever their state. */
export async function readAliasesOf(
  tx: Tx,
  owners: readonly { readonly shopId: string; readonly customerId: string }[],
): Promise<Profile[]> {
  if (owners.length === 0) return [];
  return tx.query<Profile>({
    name: 'read-aliases-of',
    text: `
      select ${selectList} from profile p
      where p.method = 'BLIK' and (p.shop_id, p.customer_id) in (select * from unnest($1::uuid[], $2::text[]))
      order by p.created_at, p.id`,
    values: [owners.map(({ shopId }) => shopId), owners.map(({ customerId }) => customerId)],
  });
}

/** The part of a where clause that keeps a reader to the instruments of its own shops. */
export function visibleProfiles(actor: Actor): Prisma.ProfileWhereInput {
  return visibleTo(actor);
}
