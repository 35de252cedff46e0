import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import type { StartOrder } from '../port.ts';
import type { PayerPage, Script } from '../sandbox/model.ts';
import type { MovementCodes } from '../sandbox/movement-outcomes.ts';

/** What the simulated bank says when no money comes. imoje documents no codes for transfers, so these are our own. */
export const refusals = {
  WT_NOT_SENT: 'PAYER_DECLINED',
  WT_NOT_SENT_IN_TIME: 'NOT_CONFIRMED',
  WT_SENT_BACK: 'ISSUER_DECLINED',
} as const satisfies Record<string, DeclineReason>;

/** What it says when it cannot give back. */
export const movementCodes: MovementCodes = {
  ORDER_UNKNOWN: 'WT_TRANSFER_UNKNOWN',
  AMOUNT_EXCEEDED: 'WT_RETURN_EXCEEDED',
  TOO_LATE: 'WT_RETURN_LATE',
  IMPOSSIBLE: 'WT_RETURN_IMPOSSIBLE',
};

/** Everything that can happen to a transfer: the payer makes it on the page of the bank, unless that is out of order. */
export const scripts = {
  BY_PAYER: { told: 'by-payer', end: 'paid' },
  BY_PAYER_TOLD_TWICE: { told: 'by-payer', end: 'paid', times: 2 },
  SENT_BACK: { told: 'by-payer', end: { code: 'WT_SENT_BACK' } },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'paid' },
  FAILED: { told: 'later', end: 'failed' },
} as const satisfies Record<string, Script>;

/** The page on which the payer makes his transfer. An account waits for longer than any payment does: 15 months, and a month. */
export const page: PayerPage = {
  kind: 'transfer',
  goesHimself: true,
  refusedCode: 'WT_NOT_SENT',
  lapsedCode: 'WT_NOT_SENT_IN_TIME',
  lapses: { ms: 490 * 24 * 3_600_000 },
};

/** What each title of a payment does; with any other the payer makes his transfer. */
const scriptOfTitle: ReadonlyMap<string, keyof typeof scripts> = new Map([
  // A provider error (imoje protocol, section 12).
  ['TEST-100010', 'FAILED'],
  // Ours, as for lenders.
  ['TEST-100012', 'UNKNOWN_THEN_SETTLED'],
  ['TEST-100013', 'BY_PAYER_TOLD_TWICE'],
  ['TEST-100014', 'SENT_BACK'],
]);

/** Chooses what happens to a transfer. */
export function scriptFor({ title }: Pick<StartOrder, 'title'>): keyof typeof scripts {
  return scriptOfTitle.get(title) ?? 'BY_PAYER';
}
