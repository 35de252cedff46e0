import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { StartOrder } from '../port.ts';
import type { PayerPage, Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/**
 * What the simulated wallet says when there is no money. The issuer of the card says it as of any card (imoje protocol, section
 * 11); imoje documents no codes for what happens in the app, so those are our own.
 */
export const refusals = {
  VISA_MOBILE_DECLINED: 'PAYER_DECLINED',
  VISA_MOBILE_UNCONFIRMED: 'NOT_CONFIRMED',
  CODE_05: 'ISSUER_DECLINED',
} as const satisfies Record<string, DeclineReason>;

/** Its words for "no" to a capture, void or refund: those of cards. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'CODE_12',
  AMOUNT_EXCEEDED: 'CODE_13',
  TOO_LATE: 'CODE_57',
  IMPOSSIBLE: 'CODE_62',
};

/** Everything that can happen to an order: the payer decides on the page of the wallet, unless that is out of order. */
export const scripts = {
  BY_PAYER: { told: 'by-payer', end: 'paid' },
  BY_PAYER_TOLD_TWICE: { told: 'by-payer', end: 'paid', times: 2 },
  REFUSED_BY_ISSUER: { told: 'by-payer', end: { code: 'CODE_05' } },
  UNKNOWN_THEN_AUTHORIZED: { told: 'when-asked', end: 'paid' },
  PAID_LATE: { told: 'after-cancel', end: 'paid' },
  FAILED: { told: 'later', end: 'failed' },
  CAPTURE_REFUSED: { told: 'by-payer', end: 'paid', capture: 'REFUSED' },
  CAPTURE_UNKNOWN_THEN_SETTLED: { told: 'by-payer', end: 'paid', capture: 'UNKNOWN_THEN_SETTLED' },
  VOID_UNKNOWN_THEN_SETTLED: { told: 'by-payer', end: 'paid', void: 'UNKNOWN_THEN_SETTLED' },
} as const satisfies Record<string, Script>;

/** The page of the wallet; one that is left open fails after ten minutes. */
export const page: PayerPage = {
  kind: 'wallet',
  refusedCode: 'VISA_MOBILE_DECLINED',
  lapsedCode: 'VISA_MOBILE_UNCONFIRMED',
  lapses: { ms: 10 * 60_000 },
};

/** What each title of a payment does; with any other the payer decides. */
const scriptOfTitle: ReadonlyMap<string, keyof typeof scripts> = new Map([
  // A provider error (imoje protocol, section 12).
  ['TEST-100010', 'FAILED'],
  // Ours, the first three as for lenders, the others as for cards.
  ['TEST-100012', 'UNKNOWN_THEN_AUTHORIZED'],
  ['TEST-100013', 'BY_PAYER_TOLD_TWICE'],
  ['TEST-100014', 'REFUSED_BY_ISSUER'],
  ['TEST-100015', 'CAPTURE_REFUSED'],
  ['TEST-100016', 'CAPTURE_UNKNOWN_THEN_SETTLED'],
  ['TEST-100017', 'VOID_UNKNOWN_THEN_SETTLED'],
  ['TEST-100018', 'PAID_LATE'],
]);

/** Chooses what happens to an order. */
export function scriptFor({ title }: Pick<StartOrder, 'title'>): keyof typeof scripts {
  return scriptOfTitle.get(title) ?? 'BY_PAYER';
}
