import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import type { ProfileStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a profile event keeps: the profile's state as it was then. */
export type ProfileFactData = { readonly profile: { readonly status: ProfileStatus } };

/** The fact that a profile has come into its present state. */
export function profileFact(profile: Profile, at: Date): Fact {
  const data: ProfileFactData = { profile: { status: profile.status } };
  return { shopId: profile.shopId, type: `PROFILE_${profile.status}`, at, profileId: profile.id, data };
}
