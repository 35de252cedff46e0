/** What the simulated acquirer does with a card, in plain words; docs/test-codes.md says what each means. */
export const cardOutcomes = [
  'AUTHORIZED',
  'CHALLENGE_AUTHORIZED',
  'FRICTIONLESS_AUTHORIZED',
  'REFUSED',
  'CHALLENGE_REFUSED',
  'PROVIDER_ERROR',
  'AUTHORIZED_PROFILE_REJECTED',
  'CHALLENGE_PROFILE_REJECTED',
  'AUTHORIZED_PROFILE_ERROR',
  'INSUFFICIENT_FUNDS',
  'CARD_EXPIRED',
  'CARD_INVALID',
  'SOFT_DECLINE_AUTHORIZED',
  'SOFT_DECLINE_FAILED',
  'UNKNOWN_THEN_AUTHORIZED',
  'UNKNOWN_THEN_REFUSED',
  'TOLD_TWICE',
  'CAPTURE_REFUSED',
  'CAPTURE_UNKNOWN_THEN_SETTLED',
  'VOID_UNKNOWN_THEN_SETTLED',
  'PAID_LATE',
] as const;

export type CardOutcome = (typeof cardOutcomes)[number];

/** The published numbers of the sandbox. They belong to nobody, so they may be written down. */
export const testCards: Readonly<Record<string, CardOutcome>> = {
  // Imoje protocol, section 12.
  4111111111111111: 'AUTHORIZED',
  4485201817664006: 'AUTHORIZED_PROFILE_REJECTED',
  4444333322221111: 'REFUSED',
  4012001037141112: 'CHALLENGE_AUTHORIZED',
  4749601201390567: 'CHALLENGE_PROFILE_REJECTED',
  4934403892699132: 'CHALLENGE_REFUSED',
  4012001007002005: 'PROVIDER_ERROR',
  4282513338596268: 'AUTHORIZED_PROFILE_ERROR',
  // Mastercard, of both its ranges.
  5555555555554444: 'AUTHORIZED',
  2223000048400011: 'AUTHORIZED',
  // Ours: before the check digit stand the issuer's code, or digits like those of the BLIK codes with the same outcome.
  4000000000000515: 'INSUFFICIENT_FUNDS',
  4000000000000549: 'CARD_EXPIRED',
  4000000000000143: 'CARD_INVALID',
  4000000000000655: 'SOFT_DECLINE_AUTHORIZED',
  4000000000000663: 'SOFT_DECLINE_FAILED',
  4000000007000005: 'UNKNOWN_THEN_AUTHORIZED',
  4000000007000013: 'UNKNOWN_THEN_REFUSED',
  4000000007000021: 'TOLD_TWICE',
  4000000007000039: 'PAID_LATE',
  4000000007000104: 'CAPTURE_REFUSED',
  4000000007000112: 'CAPTURE_UNKNOWN_THEN_SETTLED',
  4000000007000120: 'VOID_UNKNOWN_THEN_SETTLED',
  4000000007000302: 'FRICTIONLESS_AUTHORIZED',
  5200000007000307: 'FRICTIONLESS_AUTHORIZED',
};

/** What the sandbox does with a card number. One that is not published may be somebody's: its issuer "does not know" it. */
export function outcomeOf(number: string): CardOutcome {
  return Object.hasOwn(testCards, number) ? (testCards[number] as CardOutcome) : 'CARD_INVALID';
}
