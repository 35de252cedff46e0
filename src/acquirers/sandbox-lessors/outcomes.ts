import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { StartOrder } from '../port.ts';
import type { PayerPage, Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/** What the simulated lessor says when there is no lease. imoje documents no codes for leases, so these are our own. */
export const refusals = {
  LEASE_DECLINED: 'PAYER_DECLINED',
  LEASE_NOT_APPLIED: 'NOT_CONFIRMED',
  LEASE_REFUSED: 'ISSUER_DECLINED',
} as const satisfies Record<string, DeclineReason>;

/** What it says when it cannot give back. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'LEASE_UNKNOWN',
  AMOUNT_EXCEEDED: 'LEASE_RETURN_EXCEEDED',
  TOO_LATE: 'LEASE_RETURN_LATE',
  IMPOSSIBLE: 'LEASE_RETURN_REFUSED',
};

/** Everything that can happen to an application: the company decides on the page of the lessor, unless that is out of order. */
export const scripts = {
  BY_PAYER: { told: 'by-payer', end: 'paid' },
  BY_PAYER_TOLD_TWICE: { told: 'by-payer', end: 'paid', times: 2 },
  REFUSED_BY_LESSOR: { told: 'by-payer', end: { code: 'LEASE_REFUSED' } },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'paid' },
  FAILED: { told: 'later', end: 'failed' },
} as const satisfies Record<string, Script>;

/** The page of the lessor; papers for an application take days to gather, and its decision takes longer than a bank's. */
export const page: PayerPage = {
  kind: 'lessor',
  refusedCode: 'LEASE_DECLINED',
  lapsedCode: 'LEASE_NOT_APPLIED',
  lapses: { ms: 7 * 24 * 3_600_000 },
  delays: 30,
};

/** What each title of a payment does; with any other the company decides. */
const scriptOfTitle: ReadonlyMap<string, keyof typeof scripts> = new Map([
  // A provider error (imoje protocol, section 12).
  ['TEST-100010', 'FAILED'],
  // Ours, as for lenders.
  ['TEST-100012', 'UNKNOWN_THEN_SETTLED'],
  ['TEST-100013', 'BY_PAYER_TOLD_TWICE'],
  ['TEST-100014', 'REFUSED_BY_LESSOR'],
]);

/** Chooses what happens to an application. */
export function scriptFor({ title }: Pick<StartOrder, 'title'>): keyof typeof scripts {
  return scriptOfTitle.get(title) ?? 'BY_PAYER';
}
