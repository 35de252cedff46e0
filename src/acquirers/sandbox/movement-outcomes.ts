import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';
import type { MovementAnswer, MovementKind } from '../port.ts';

/** What a simulated acquirer says when it refuses a movement, by the reason. */
export type MovementCodes = {
  readonly ORDER_UNKNOWN: string;
  readonly AMOUNT_EXCEEDED: string;
  /** It is too late for it: an authorisation that has run out, a return the bank takes no more. */
  readonly TOO_LATE: string;
  /** The payer's account cannot be reached. */
  readonly IMPOSSIBLE: string;
};

/** What a simulated acquirer does with a movement. */
export type MovementScript = {
  /**
   * When the outcome becomes known: in the answer to the call; by notification after the shop's delay, or two days
   * later; or only to whoever asks, since the call is never answered.
   */
  readonly told: 'at-once' | 'later' | 'days-later' | 'when-asked';
  readonly end: 'settled' | keyof MovementCodes;
  /** How often the same notification is sent. */
  readonly times?: 2;
};

/** Everything that can happen to a movement (docs/test-codes.md). */
export const movementScripts = {
  SETTLED: { told: 'later', end: 'settled' },
  SETTLED_AT_ONCE: { told: 'at-once', end: 'settled' },
  REFUSED: { told: 'at-once', end: 'TOO_LATE' },
  REFUSED_LATE: { told: 'days-later', end: 'IMPOSSIBLE' },
  UNKNOWN_THEN_SETTLED: { told: 'when-asked', end: 'settled' },
  TOLD_TWICE: { told: 'later', end: 'settled', times: 2 },
  ORDER_UNKNOWN: { told: 'at-once', end: 'ORDER_UNKNOWN' },
  AMOUNT_EXCEEDED: { told: 'at-once', end: 'AMOUNT_EXCEEDED' },
} as const satisfies Record<string, MovementScript>;

export type MovementScriptName = keyof typeof movementScripts;

/** What each note of a refund does; with any other it settles. */
const scriptOfNote: ReadonlyMap<string, MovementScriptName> = new Map([
  ['TEST-100010', 'REFUSED'],
  ['TEST-100011', 'REFUSED_LATE'],
  ['TEST-100012', 'UNKNOWN_THEN_SETTLED'],
  ['TEST-100013', 'TOLD_TWICE'],
]);

/** How long a bank takes to find out that it cannot give the money back after all: two days. */
export const lateRefusal = { ms: 2 * 24 * 3_600_000 };

/** What the acquirer knows of the order that a movement is about. */
export type MovedOrder = {
  /** What is authorised and neither captured nor run out. */
  readonly authorized: bigint;
  /** What was taken, and not given back or promised to be. */
  readonly refundable: bigint;
  /** What its script says of captures and voids. */
  readonly capture: MovementScriptName | undefined;
  readonly void: MovementScriptName | undefined;
};

/** Chooses what happens to a movement: the acquirer's own count comes first, then the order's script or the note. */
export function movementScriptFor(
  movement: { readonly kind: MovementKind; readonly amount: bigint; readonly note: string },
  order: MovedOrder | undefined,
): MovementScriptName {
  if (!order) return 'ORDER_UNKNOWN';
  if (movement.kind === 'refund') {
    return movement.amount > order.refundable ? 'AMOUNT_EXCEEDED' : (scriptOfNote.get(movement.note) ?? 'SETTLED');
  }
  if (order.authorized === 0n) return 'REFUSED';
  if (movement.amount > order.authorized) return 'AMOUNT_EXCEEDED';
  return movement.kind === 'capture' ? (order.capture ?? 'SETTLED') : (order.void ?? 'SETTLED_AT_ONCE');
}

/** Looks a script up. */
export function movementScriptNamed(name: MovementScriptName): MovementScript {
  return movementScripts[name];
}

/** What a simulated acquirer knows of a movement. */
export type SandboxMovement = {
  readonly reference: string;
  readonly kind: MovementKind;
  readonly orderReference: string;
  readonly merchantId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly script: MovementScriptName;
  readonly status: MovementState;
  readonly delayMs: number;
  /** By the merchant's clock, as all times here. */
  readonly createdAt: Date;
};

export type MovementState = 'PENDING' | 'SETTLED' | 'REJECTED';

/** The state in which a movement is remembered first: over already, unless its outcome is for later. */
export function firstMovementState(script: MovementScriptName): MovementState {
  const { told } = movementScriptNamed(script);
  return told === 'at-once' || told === 'when-asked' ? lastMovementState(script) : 'PENDING';
}

/** The state in which a movement ends. */
export function lastMovementState(script: MovementScriptName): MovementState {
  return movementScriptNamed(script).end === 'settled' ? 'SETTLED' : 'REJECTED';
}

/** What the acquirer says of a movement. */
export function movementAnswerOf(
  codes: MovementCodes,
  movement: Pick<SandboxMovement, 'status' | 'script'>,
): MovementAnswer {
  if (movement.status === 'PENDING') return { kind: 'pending' };
  const { end } = movementScriptNamed(movement.script);
  return end === 'settled' ? { kind: 'settled' } : { kind: 'rejected', code: codes[end] };
}
