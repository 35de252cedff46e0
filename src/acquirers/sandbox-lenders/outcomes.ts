import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { StartOrder } from '../port.ts';
import type { PayerPage, Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/** What the simulated lenders say when there is no credit. imoje documents no codes for lenders, so these are our own. */
export const refusals = {
  LENDER_DECLINED: 'PAYER_DECLINED',
  LENDER_NOT_CONFIRMED: 'NOT_CONFIRMED',
  LENDER_REFUSED: 'ISSUER_DECLINED',
} as const satisfies Record<string, DeclineReason>;

/** What they say when they cannot give back. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'LENDER_ORDER_UNKNOWN',
  AMOUNT_EXCEEDED: 'LENDER_RETURN_EXCEEDED',
  TOO_LATE: 'LENDER_RETURN_LATE',
  IMPOSSIBLE: 'LENDER_RETURN_REFUSED',
};

/** Everything that can happen to an application: the payer decides on the page of the lender, unless that is out of order. */
export const scripts = {
  BY_PAYER: { told: 'by-payer', end: 'paid' },
  BY_PAYER_TOLD_TWICE: { told: 'by-payer', end: 'paid', times: 2 },
  REFUSED_BY_LENDER: { told: 'by-payer', end: { code: 'LENDER_REFUSED' } },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'paid' },
  FAILED: { told: 'later', end: 'failed' },
} as const satisfies Record<string, Script>;

/** The page of the lender; a payer who leaves it open has half an hour. */
export const page: PayerPage = {
  kind: 'lender',
  refusedCode: 'LENDER_DECLINED',
  lapsedCode: 'LENDER_NOT_CONFIRMED',
  lapses: { ms: 30 * 60_000 },
};

/** What each title of a payment does; with any other the payer decides. */
const scriptOfTitle: ReadonlyMap<string, keyof typeof scripts> = new Map([
  // A provider error (imoje protocol, section 12).
  ['TEST-100010', 'FAILED'],
  // Ours, the first two as for banks.
  ['TEST-100012', 'UNKNOWN_THEN_SETTLED'],
  ['TEST-100013', 'BY_PAYER_TOLD_TWICE'],
  ['TEST-100014', 'REFUSED_BY_LENDER'],
]);

/** Chooses what happens to an application. */
export function scriptFor({ title }: Pick<StartOrder, 'title'>): keyof typeof scripts {
  return scriptOfTitle.get(title) ?? 'BY_PAYER';
}
