import { after } from '../../kernel/clock.ts';
import type { AcquirerAnswer } from '../port.ts';
import { type RefusalCode, refusals, type ScriptName, scriptNamed } from './outcomes.ts';

/** The name under which the gateway knows this acquirer, and the owner of its ledger accounts. */
export const acquirerName = 'sandbox-blik';

/** Kinds of the timers that drive the simulated bank; their subjects are references of orders. */
export const timerKinds = { tell: 'sandbox-blik-tell', confirmationOver: 'sandbox-blik-confirmation-over' } as const;

/** Kind of the timer by which the end of a refund is told; its subject is the reference of the refund. */
export const tellRefundTimer = 'sandbox-blik-tell-refund';

/** How long the payer has to confirm in the bank app: 60 seconds (domain: methods). */
export const confirmation = { ms: 60_000 };

/** How long after a cancellation the money that was on its way is told (domain: sandbox outcomes). */
export const lateMoney = { ms: 5_000 };

/** What the simulated bank knows of an order. */
export type SandboxOrder = {
  readonly reference: string;
  readonly merchantId: string;
  readonly amount: bigint;
  readonly script: ScriptName;
  readonly status: OrderStatus;
  readonly delayMs: number;
  /** By the merchant's clock, as all times here. */
  readonly createdAt: Date;
};

export type OrderStatus = 'PENDING' | 'CANCELLED' | 'SETTLED' | 'REJECTED';

/** The state in which an order is remembered first: over already, unless its outcome is for later. */
export function firstStatus(script: ScriptName): OrderStatus {
  const { told } = scriptNamed(script);
  return told === 'at-once' || told === 'when-asked' ? lastStatus(script) : 'PENDING';
}

/** The state in which an order ends when nobody stops it. */
export function lastStatus(script: ScriptName): OrderStatus {
  return scriptNamed(script).end === 'settled' ? 'SETTLED' : 'REJECTED';
}

/** Says whether an order can still come to its end: one that was cancelled cannot, unless its money was on its way. */
export function mayFinish(order: Pick<SandboxOrder, 'status' | 'script'>): boolean {
  return order.status === 'PENDING' || (order.status === 'CANCELLED' && isOnItsWay(order));
}

/**
 * What the bank says of an order. One that was stopped in time counts as refused with the general code: the scheme has
 * no word of its own for it, and our attempt is over anyway.
 */
export function answerOf(order: SandboxOrder): AcquirerAnswer {
  if (mayFinish(order)) return { kind: 'pending', confirmUntil: after(order.createdAt, confirmation) };
  if (order.status === 'SETTLED') return { kind: 'settled', amount: order.amount };
  const { end } = scriptNamed(order.script);
  return rejected(order.status === 'CANCELLED' || end === 'settled' ? 'BLK-ERROR-210000' : end);
}

/** The refusal that a code of the scheme stands for. */
export function rejected(code: RefusalCode): AcquirerAnswer {
  return { kind: 'rejected', reason: refusals[code], code };
}

function isOnItsWay(order: Pick<SandboxOrder, 'script'>): boolean {
  return scriptNamed(order.script).told === 'after-cancel';
}
