import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { StartOrder } from '../port.ts';
import type { PayerPage, Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/** What the simulated banks say when there is no transfer. imoje documents no codes for banks, so these are our own. */
export const refusals = {
  PBL_DECLINED: 'PAYER_DECLINED',
  PBL_NOT_CONFIRMED: 'NOT_CONFIRMED',
} as const satisfies Record<string, DeclineReason>;

/** What they say when they cannot give back. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'PBL_TRANSFER_UNKNOWN',
  AMOUNT_EXCEEDED: 'PBL_RETURN_EXCEEDED',
  TOO_LATE: 'PBL_RETURN_LATE',
  IMPOSSIBLE: 'PBL_RETURN_IMPOSSIBLE',
};

/** Everything that can happen to a transfer: the payer decides on the page of his bank, unless the bank is out of order. */
export const scripts = {
  BY_PAYER: { told: 'by-payer', end: 'paid' },
  BY_PAYER_TOLD_TWICE: { told: 'by-payer', end: 'paid', times: 2 },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'paid' },
  FAILED: { told: 'later', end: 'failed' },
} as const satisfies Record<string, Script>;

/** The page of the bank; a payer who leaves it open has half an hour. */
export const page: PayerPage = {
  kind: 'bank',
  refusedCode: 'PBL_DECLINED',
  lapsedCode: 'PBL_NOT_CONFIRMED',
  lapses: { ms: 30 * 60_000 },
};

/** What each title of a payment does; with any other the payer decides. */
const scriptOfTitle: ReadonlyMap<string, keyof typeof scripts> = new Map([
  // A provider error (imoje protocol, section 12).
  ['TEST-100010', 'FAILED'],
  // Ours, as for refunds.
  ['TEST-100012', 'UNKNOWN_THEN_SETTLED'],
  ['TEST-100013', 'BY_PAYER_TOLD_TWICE'],
]);

/** Chooses what happens to a transfer. */
export function scriptFor({ title }: Pick<StartOrder, 'title'>): keyof typeof scripts {
  return scriptOfTitle.get(title) ?? 'BY_PAYER';
}
