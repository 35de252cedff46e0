import type { Payment, Profile, ProfileWish } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { CustomerUnnamed, ProfileNotActive } from '../profiles/errors.ts';
import { chargeOf } from '../profiles/judge-alias.ts';
import { customerIdOf, type Instrument, isStoring, toWish } from '../profiles/model.ts';
import type { Channel } from '../shops/model.ts';

type StoringStart = {
  readonly channel: Channel;
  readonly token: string | undefined;
  readonly profileId: string | undefined;
  readonly appKey: string | undefined;
  readonly choosesApp: boolean;
  readonly instrument: Instrument | undefined;
  readonly entryPage: string | undefined;
};

/**
 * Demands that the instrument which an attempt charges is active, and gives it; undefined when it charges none.
 * @param profiles as they are under the lock of their shop: what a wish brought along may be a second old.
 * @throws NotFound or ProfileNotActive.
 */
export function requireProfile(
  profiles: ReadonlyMap<string, Profile>,
  { profileId }: Pick<StoringStart, 'profileId'>,
): Profile | undefined {
  if (profileId === undefined) return undefined;
  const profile = profiles.get(profileId);
  if (!profile) throw new NotFound('No stored instrument has this id.', ['profileId']);
  if (profile.status !== 'ACTIVE') throw new ProfileNotActive(profile.status);
  return profile;
}

/**
 * Says what is kept of an instrument until its attempt is decided: the card that was entered, or the alias that the BLIK code
 * registers, under the name of the payment's customer; or the alias that pays, since its bank may say that it works no more.
 * Undefined when there is nothing to keep, or card or code are not there yet.
 * @throws CustomerUnnamed when the channel stores and the payment names no customer.
 */
export function keptBy(
  { channel, token, appKey, choosesApp, instrument, entryPage }: StoringStart,
  moment: { readonly payment: Payment; readonly transactionId: string; readonly profile: Profile | undefined },
): ProfileWish | undefined {
  const { payment, transactionId, profile } = moment;
  if (profile) {
    const paysByAlias = profile.method === 'BLIK' && !choosesApp && token !== undefined;
    return paysByAlias ? chargeOf(profile, { transactionId, token, appKey }) : undefined;
  }
  if (!isStoring(channel)) return undefined;
  const customerId = customerIdOf(payment);
  if (customerId === undefined) throw new CustomerUnnamed(channel);
  if (entryPage !== undefined || (channel !== 'blik_oneclick' && !instrument)) return undefined;
  return toWish({ transactionId, channel, payment, customerId }, instrument);
}
