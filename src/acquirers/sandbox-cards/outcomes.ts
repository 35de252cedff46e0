import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { StartOrder } from '../port.ts';
import type { PayerPage, Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/** The codes with which the simulator refuses cards (imoje protocol, section 11), in the gateway's own words. */
export const refusals = {
  CODE_05: 'ISSUER_DECLINED',
  CODE_14: 'CARD_INVALID',
  CODE_51: 'INSUFFICIENT_FUNDS',
  CODE_54: 'CARD_EXPIRED',
  CODE_570: 'AUTHENTICATION_FAILED',
} as const satisfies Record<string, DeclineReason>;

/** Its words for "no" to a capture, void or refund. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'CODE_12',
  AMOUNT_EXCEEDED: 'CODE_13',
  TOO_LATE: 'CODE_57',
  IMPOSSIBLE: 'CODE_62',
};

/** Everything that can happen to a card, by the outcome that the vault keeps with its token (docs/test-codes.md). */
export const scripts = {
  AUTHORIZED: { told: 'at-once', end: 'paid' },
  AUTHORIZED_PROFILE_REJECTED: { told: 'at-once', end: 'paid' },
  AUTHORIZED_PROFILE_ERROR: { told: 'at-once', end: 'paid' },
  FRICTIONLESS_AUTHORIZED: { told: 'later', end: 'paid' },
  CHALLENGE_AUTHORIZED: { told: 'by-payer', end: 'paid' },
  CHALLENGE_PROFILE_REJECTED: { told: 'by-payer', end: 'paid' },
  CHALLENGE_REFUSED: { told: 'by-payer', end: refuse('CODE_05') },
  CHALLENGE_REFUSED_FOR_FUNDS: { told: 'by-payer', end: refuse('CODE_51') },
  SOFT_DECLINE_AUTHORIZED: { told: 'by-payer', end: 'paid', softDecline: 'CODE_SD' },
  SOFT_DECLINE_FAILED: { told: 'by-payer', end: refuse('CODE_570'), softDecline: 'CODE_SD' },
  REFUSED: { told: 'at-once', end: refuse('CODE_05') },
  INSUFFICIENT_FUNDS: { told: 'at-once', end: refuse('CODE_51') },
  CARD_EXPIRED: { told: 'at-once', end: refuse('CODE_54') },
  CARD_INVALID: { told: 'at-once', end: refuse('CODE_14') },
  PROVIDER_ERROR: { told: 'at-once', end: 'failed' },
  UNKNOWN_THEN_AUTHORIZED: { told: 'when-asked', end: 'paid' },
  UNKNOWN_THEN_REFUSED: { told: 'when-asked', end: refuse('CODE_05') },
  TOLD_TWICE: { told: 'later', end: 'paid', times: 2 },
  PAID_LATE: { told: 'after-cancel', end: 'paid' },
  CAPTURE_REFUSED: { told: 'at-once', end: 'paid', capture: 'REFUSED' },
  CAPTURE_UNKNOWN_THEN_SETTLED: { told: 'at-once', end: 'paid', capture: 'UNKNOWN_THEN_SETTLED' },
  VOID_UNKNOWN_THEN_SETTLED: { told: 'at-once', end: 'paid', void: 'UNKNOWN_THEN_SETTLED' },
} as const satisfies Record<string, Script>;

export type ScriptName = keyof typeof scripts;

/** The page of the issuer's challenge; one that is left open fails after ten minutes. */
export const page: PayerPage = {
  kind: 'challenge',
  refusedCode: 'CODE_570',
  lapsedCode: 'CODE_570',
  lapses: { ms: 10 * 60_000 },
};

/** A refused card is refused for want of money when the amount is this (imoje protocol, section 12). */
const wantOfMoneyAmount = 100n;

/** What happens to the later charges of a stored card, where that is not what happened to its first payment. */
const laterCharges: { readonly [name in ScriptName]?: ScriptName } = {
  AUTHORIZED_PROFILE_REJECTED: 'REFUSED',
  CHALLENGE_PROFILE_REJECTED: 'REFUSED',
  AUTHORIZED_PROFILE_ERROR: 'PROVIDER_ERROR',
  // Nobody is there to be challenged.
  CHALLENGE_AUTHORIZED: 'AUTHORIZED',
  SOFT_DECLINE_AUTHORIZED: 'AUTHORIZED',
};

/** Chooses what happens to an order that is paid with a card of this outcome; an unknown token is no card. */
export function scriptFor(
  outcome: string | undefined,
  { amount, stored }: Pick<StartOrder, 'amount' | 'stored'>,
): ScriptName {
  const known = isScript(outcome) ? outcome : 'CARD_INVALID';
  const name = (stored && laterCharges[known]) || known;
  if (amount !== wantOfMoneyAmount) return name;
  if (name === 'REFUSED') return 'INSUFFICIENT_FUNDS';
  return name === 'CHALLENGE_REFUSED' ? 'CHALLENGE_REFUSED_FOR_FUNDS' : name;
}

function isScript(name: string | undefined): name is ScriptName {
  return name !== undefined && Object.hasOwn(scripts, name);
}

function refuse(code: keyof typeof refusals): { readonly code: string } {
  return { code };
}
