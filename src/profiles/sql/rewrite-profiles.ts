import type { Tx } from '../../kernel/db/database.ts';
import type { Profile } from '../../kernel/db/generated/prisma/client.ts';

/**
 * Writes aliases as they are now: renewed, with fewer bank apps, or expired. The caller holds the locks of their shops.
 * @throws Error when one was ended by its shop: then nothing commits.
 */
export async function rewriteProfiles(tx: Tx, profiles: readonly Profile[]): Promise<void> {
  if (profiles.length === 0) return;
  const written = await tx.query<{ id: string }>({
    name: 'rewrite-profiles',
    text: `
      update profile p set status = i.status, label = i.label, token = i.token, details = i.details,
        first_transaction_id = i.first_transaction_id, updated_at = i.updated_at
      from unnest($1::uuid[], $2::profile_status[], $3::text[], $4::text[], $5::jsonb[], $6::uuid[], $7::timestamptz[])
        as i (id, status, label, token, details, first_transaction_id, updated_at)
      where p.id = i.id and p.status <> 'DEACTIVATED' returning p.id`,
    values: [
      profiles.map((profile) => profile.id),
      profiles.map((profile) => profile.status),
      profiles.map((profile) => profile.label),
      profiles.map((profile) => profile.token),
      profiles.map((profile) => JSON.stringify(profile.details)),
      profiles.map((profile) => profile.firstTransactionId),
      profiles.map((profile) => profile.updatedAt),
    ],
  });
  if (written.length !== profiles.length) throw new Error('An alias was not in the state it was thought to be in.');
}
