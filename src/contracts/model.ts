import { dayOf, midnight, nextBusinessDay } from '../calendar/model.ts';
import type { Merchant } from '../kernel/db/generated/prisma/client.ts';

/** The jobs of contracts, and the kinds of their timers; the subject is the merchant, the shop, or the change. */
export const timers = {
  activateMerchant: 'activate-merchant',
  activateShop: 'activate-shop',
  endContract: 'end-contract',
  changePayoutAccount: 'change-payout-account',
} as const;

/** The job by which payouts catch up with a clock that was moved; its payload is `{subject}`, the merchant. */
export const clockAdvancedJob = 'clock-advanced';

/** How far a merchant's clock may be ahead of the machine's, in days. */
export const clockDaysMax = 400;

/** How a merchant is settled; there is no other way, and it cannot be changed (features F21, F23). */
export const settlement = 'NEXT_BUSINESS_DAY' as const;

/** What the keys are called that are handed over when the contract has taken effect. */
export const firstKeyName = 'First key';

const noticeDays = 30;

/**
 * When a contract ends of which notice is given: with the thirtieth day after this one, at midnight in Warsaw (the day of
 * the notice does not count: Civil Code, article 111).
 */
export function noticeEnd(noticeAt: Date): Date {
  return midnight(dayOf(noticeAt).add({ days: noticeDays + 1 }));
}

/**
 * When a change of the payout account is in force: after so many whole business days, at midnight in Warsaw, so that
 * whoever did not want it has time to take it back.
 */
export function coolingEnd(requestedAt: Date, businessDays: number): Date {
  let day = dayOf(requestedAt);
  for (let count = 0; count < businessDays; count += 1) day = nextBusinessDay('POLAND', day);
  return midnight(day.add({ days: 1 }));
}

/** A merchant as the verbs of contracts know him, by his own clock. */
export type ContractHolder = Pick<
  Merchant,
  'id' | 'status' | 'legalForm' | 'reviewDueAt' | 'heldReason' | 'clockOffsetMs'
>;
