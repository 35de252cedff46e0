import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import { cardOf, holderOf } from '../profiles/model.ts';

/** What of a stored instrument never changes once it is stored. */
export type WrittenProfile = Pick<Profile, 'id' | 'customerId' | 'kind' | 'label' | 'details'>;

/**
 * Makes what imoje calls a `paymentProfile` in notifications (protocol, section 4), with the keys in the documented order;
 * month and year are texts, and `isActive` is 1 or 0.
 */
export function imojeProfile(profile: WrittenProfile, about: { merchantId: string; isActive: boolean }): object {
  const { holder, card } = profileParts(profile, about);
  return { ...holder, ...card };
}

/** The parts of a `paymentProfile`, between which the REST door has the e-mail address. */
export function profileParts(profile: WrittenProfile, about: { merchantId: string; isActive: boolean }) {
  const { firstName, lastName } = holderOf(profile);
  const { brand = '', expiry } = cardOf(profile) ?? {};
  return {
    holder: {
      ...{ id: profile.id, merchantMid: about.merchantId, merchantCustomerId: profile.customerId },
      ...{ firstName, lastName },
    },
    card: {
      maskedNumber: profile.label,
      month: expiry ? String(expiry.month).padStart(2, '0') : '',
      year: expiry ? String(expiry.year) : '',
      organization: brand,
      isActive: about.isActive ? 1 : 0,
      profile: profile.kind,
    },
  };
}
