import type { Tx } from '../../kernel/db/database.ts';
import type { Profile } from '../../kernel/db/generated/prisma/client.ts';

/** An alias as it is now, and the state in which it was. */
export type ChangedProfile = { readonly profile: Profile; readonly was: Profile['status'] };

/**
 * Writes aliases as they are now: renewed, with fewer bank apps, or expired. The caller holds the locks of their shops.
 * @throws Error when one is not in the state in which it was, or was ended by its shop: then nothing commits.
 */
export async function rewriteProfiles(tx: Tx, changed: readonly ChangedProfile[]): Promise<void> {
  if (changed.length === 0) return;
  const profiles = changed.map(({ profile }) => profile);
  const written = await tx.query<{ id: string }>({
    name: 'rewrite-profiles',
    text: `
      update profile p set status = i.status, label = i.label, token = i.token, details = i.details,
        first_transaction_id = i.first_transaction_id, updated_at = i.updated_at
      from unnest($1::uuid[], $2::profile_status[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[], $7::timestamptz[],
        $8::profile_status[]) as i (id, status, label, token, details, first_transaction_id, updated_at, was)
      where p.id = i.id and p.status = i.was and p.status <> 'DEACTIVATED' returning p.id`,
    values: [
      profiles.map((profile) => profile.id),
      profiles.map((profile) => profile.status),
      profiles.map((profile) => profile.label),
      profiles.map((profile) => profile.token),
      profiles.map((profile) => JSON.stringify(profile.details)),
      profiles.map((profile) => profile.firstTransactionId),
      profiles.map((profile) => profile.updatedAt),
      changed.map(({ was }) => was),
    ],
  });
  if (written.length !== profiles.length) throw new Error('An alias was not in the state it was thought to be in.');
}
