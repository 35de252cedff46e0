import type { Tx } from '../../kernel/db/database.ts';
import type { Profile } from '../../kernel/db/generated/prisma/client.ts';

/**
 * Ends an active profile by compare-and-set.
 * @throws Error when it was not active: then nothing commits.
 */
export async function moveProfile(tx: Tx, profile: Pick<Profile, 'id' | 'status' | 'updatedAt'>): Promise<void> {
  const moved = await tx.query<{ id: string }>({
    name: 'move-profile',
    text: `
      update profile set status = $2::profile_status, updated_at = $3::timestamptz
      where id = $1::uuid and status = 'ACTIVE' returning id`,
    values: [profile.id, profile.status, profile.updatedAt],
  });
  if (moved.length !== 1) throw new Error('A profile was not in the state it was thought to be in.');
}

/** Writes the bank apps that hold an alias. */
export async function writeApps(
  tx: Tx,
  profile: Pick<Profile, 'id' | 'details' | 'label' | 'updatedAt'>,
): Promise<void> {
  await tx.query({
    name: 'write-profile-apps',
    text: 'update profile set details = $2::jsonb, label = $3::text, updated_at = $4::timestamptz where id = $1::uuid',
    values: [profile.id, JSON.stringify(profile.details), profile.label, profile.updatedAt],
  });
}
