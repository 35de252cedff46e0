import type { Payment, Profile, ProfileWish } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { CustomerUnnamed, ProfileNotActive } from '../profiles/errors.ts';
import { customerIdOf, type Instrument, isStoring, toWish } from '../profiles/model.ts';
import type { Channel } from '../shops/model.ts';

type StoringStart = {
  readonly channel: Channel;
  readonly profileId: string | undefined;
  readonly instrument: Instrument | undefined;
  readonly entryPage: string | undefined;
};

/**
 * Demands that the instrument which an attempt charges is active.
 * @param profiles as they are under the lock of their shop: what a wish brought along may be a second old.
 * @throws NotFound or ProfileNotActive.
 */
export function requireProfile(
  profiles: ReadonlyMap<string, Profile>,
  { profileId }: Pick<StoringStart, 'profileId'>,
): void {
  if (profileId === undefined) return;
  const profile = profiles.get(profileId);
  if (!profile) throw new NotFound('No stored instrument has this id.', ['profileId']);
  if (profile.status !== 'ACTIVE') throw new ProfileNotActive(profile.status);
}

/**
 * Says what an attempt stores: the card that was entered, or the alias that the BLIK code registers, under the name of the
 * payment's customer. Undefined when it stores nothing, or card or code are not there yet.
 * @throws CustomerUnnamed when the channel stores and the payment names no customer.
 */
export function storedBy(
  { channel, profileId, instrument, entryPage }: StoringStart,
  { payment, transactionId }: { readonly payment: Payment; readonly transactionId: string },
): ProfileWish | undefined {
  if (!isStoring(channel) || profileId !== undefined) return undefined;
  const customerId = customerIdOf(payment);
  if (customerId === undefined) throw new CustomerUnnamed(channel);
  if (entryPage !== undefined || (channel !== 'blik_oneclick' && !instrument)) return undefined;
  return toWish({ transactionId, channel, payment, customerId }, instrument);
}
