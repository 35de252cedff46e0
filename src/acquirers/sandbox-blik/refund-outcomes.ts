import type { RefundAnswer } from '../port.ts';
import type { OrderStatus } from './model.ts';

/** The scheme's words for "no" to a refund that the simulator uses (imoje protocol, section 11). */
export const refundRefusals = {
  'BLK-ERROR-210017': 'transaction not found',
  'BLK-ERROR-210019': 'transfer impossible',
  'BLK-ERROR-210020': 'return late',
  'BLK-ERROR-210021': 'return amount exceeded',
} as const;

export type RefundRefusalCode = keyof typeof refundRefusals;

/** What the simulated bank does with a refund. */
export type RefundScript = {
  /**
   * When the outcome becomes known: in the answer to the call; by notification after the shop's delay, or two days
   * later; or only to whoever asks, since the call is never answered.
   */
  readonly told: 'at-once' | 'later' | 'days-later' | 'when-asked';
  readonly end: 'settled' | RefundRefusalCode;
  /** How often the same notification is sent. */
  readonly times?: 2;
};

/** Everything that can happen to a refund (docs/test-codes.md). */
export const refundScripts = {
  SETTLED: { told: 'later', end: 'settled' },
  REFUSED: { told: 'at-once', end: 'BLK-ERROR-210020' },
  REFUSED_LATE: { told: 'days-later', end: 'BLK-ERROR-210019' },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'settled' },
  TOLD_TWICE: { told: 'later', end: 'settled', times: 2 },
  ORDER_UNKNOWN: { told: 'at-once', end: 'BLK-ERROR-210017' },
  AMOUNT_EXCEEDED: { told: 'at-once', end: 'BLK-ERROR-210021' },
} as const satisfies Record<string, RefundScript>;

export type RefundScriptName = keyof typeof refundScripts;

/** What each note of a refund does; with any other it settles. */
const scriptOfNote: ReadonlyMap<string, RefundScriptName> = new Map([
  ['TEST-100010', 'REFUSED'],
  ['TEST-100011', 'REFUSED_LATE'],
  ['TEST-100012', 'UNKNOWN_THEN_SETTLED'],
  ['TEST-100013', 'TOLD_TWICE'],
]);

/** How long the bank takes to find out that it cannot give the money back after all: two days. */
export const lateRefusal = { ms: 2 * 24 * 3_600_000 };

/** What the simulated bank knows of the order that is to be given back. */
export type RefundedOrder = {
  readonly status: OrderStatus;
  readonly amount: bigint;
  /** What it has given back of it already, or promised to. */
  readonly refunded: bigint;
};

/** Chooses what happens to a refund: the bank's own count comes first, then the note. */
export function refundScriptFor(
  refund: { readonly amount: bigint; readonly note: string },
  order: RefundedOrder | undefined,
): RefundScriptName {
  if (!order) return 'ORDER_UNKNOWN';
  const left = order.status === 'SETTLED' ? order.amount - order.refunded : 0n;
  if (refund.amount > left) return 'AMOUNT_EXCEEDED';
  return scriptOfNote.get(refund.note) ?? 'SETTLED';
}

/** Looks a script up. */
export function refundScriptNamed(name: RefundScriptName): RefundScript {
  return refundScripts[name];
}

/** What the simulated bank knows of a refund. */
export type SandboxRefund = {
  readonly reference: string;
  readonly orderReference: string;
  readonly merchantId: string;
  readonly amount: bigint;
  readonly script: RefundScriptName;
  readonly status: RefundState;
  readonly delayMs: number;
  /** By the merchant's clock, as all times here. */
  readonly createdAt: Date;
};

export type RefundState = 'PENDING' | 'SETTLED' | 'REJECTED';

/** The state in which a refund is remembered first: over already, unless its outcome is for later. */
export function firstRefundState(script: RefundScriptName): RefundState {
  const { told } = refundScriptNamed(script);
  return told === 'at-once' || told === 'when-asked' ? lastRefundState(script) : 'PENDING';
}

/** The state in which a refund ends. */
export function lastRefundState(script: RefundScriptName): RefundState {
  return refundScriptNamed(script).end === 'settled' ? 'SETTLED' : 'REJECTED';
}

/** What the bank says of a refund. */
export function refundAnswerOf(refund: Pick<SandboxRefund, 'status' | 'script'>): RefundAnswer {
  if (refund.status === 'PENDING') return { kind: 'pending' };
  const { end } = refundScriptNamed(refund.script);
  return end === 'settled' ? { kind: 'settled' } : { kind: 'rejected', code: end };
}
