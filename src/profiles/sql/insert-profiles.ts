import type { Tx } from '../../kernel/db/database.ts';
import type { Profile } from '../../kernel/db/generated/prisma/client.ts';

/** Writes new profiles. */
export async function insertProfiles(tx: Tx, profiles: readonly Profile[]): Promise<void> {
  if (profiles.length === 0) return;
  await tx.query({
    name: 'insert-profiles',
    text: `
      insert into profile (id, shop_id, customer_id, kind, method, status, label, token, details, first_transaction_id,
        created_at, updated_at)
      select *, i.created_at from unnest($1::uuid[], $2::uuid[], $3::text[], $4::profile_kind[], $5::payment_method[],
        $6::profile_status[], $7::text[], $8::text[], $9::jsonb[], $10::uuid[], $11::timestamptz[]) as i (id, shop_id,
        customer_id, kind, method, status, label, token, details, first_transaction_id, created_at)`,
    values: [
      profiles.map((profile) => profile.id),
      profiles.map((profile) => profile.shopId),
      profiles.map((profile) => profile.customerId),
      profiles.map((profile) => profile.kind),
      profiles.map((profile) => profile.method),
      profiles.map((profile) => profile.status),
      profiles.map((profile) => profile.label),
      profiles.map((profile) => profile.token),
      profiles.map((profile) => JSON.stringify(profile.details)),
      profiles.map((profile) => profile.firstTransactionId),
      profiles.map((profile) => profile.createdAt),
    ],
  });
}

/** Notes stored instruments with the attempts that stored them. */
export async function noteProfiles(
  tx: Tx,
  stored: readonly { readonly transactionId: string; readonly profile: Pick<Profile, 'id'> }[],
): Promise<void> {
  if (stored.length === 0) return;
  await tx.query({
    name: 'note-profiles',
    text: `
      update transaction t set profile_id = n.profile_id
      from unnest($1::uuid[], $2::uuid[]) as n (id, profile_id) where t.id = n.id`,
    values: [stored.map(({ transactionId }) => transactionId), stored.map(({ profile }) => profile.id)],
  });
}
