import { after } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import { setTimers, type Timer } from '../../kernel/jobs/timers.ts';
import type { RefundOrder } from '../port.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { tellRefundTimer } from './model.ts';
import {
  firstRefundState,
  lateRefusal,
  type RefundedOrder,
  refundScriptFor,
  refundScriptNamed,
  type SandboxRefund,
} from './refund-outcomes.ts';
import { insertRefund, lockRefund, sumRefunds } from './sql/keep-refunds.ts';
import { lockOrder } from './store.ts';

/**
 * Takes a refund and sets the timer for its outcome; one that was taken before is given as it is now. The order is held
 * meanwhile, so that together no more is promised than was taken.
 */
export function acceptRefund(
  deps: Pick<SandboxBlikDeps, 'database' | 'clock'>,
  wish: RefundOrder,
): Promise<SandboxRefund> {
  const now = deps.clock.now(wish);
  return inTransaction(deps.database, async (tx) => {
    const order = await lockOrder(tx, wish.transaction);
    const taken = newRefund(wish, order && { ...order, refunded: await sumRefunds(tx, wish.transaction) }, now);
    if (await insertRefund(tx, { ...taken, currency: wish.currency })) {
      await setTimers(tx, timersFor(taken));
      return taken;
    }
    const earlier = await lockRefund(tx, taken.reference);
    if (!earlier) throw new Error('Another simulated acquirer was given this reference.');
    return earlier;
  });
}

function newRefund(wish: RefundOrder, order: RefundedOrder | undefined, now: Date): SandboxRefund {
  const script = refundScriptFor(wish, order);
  return {
    reference: wish.reference,
    orderReference: wish.transaction,
    merchantId: wish.merchantId,
    amount: wish.amount,
    script,
    status: firstRefundState(script),
    delayMs: wish.sandboxDelayMs,
    createdAt: now,
  };
}

function timersFor(refund: SandboxRefund): Timer[] {
  const { reference: subject, merchantId, createdAt } = refund;
  switch (refundScriptNamed(refund.script).told) {
    case 'later':
      return [{ kind: tellRefundTimer, subject, merchantId, dueAt: after(createdAt, { ms: refund.delayMs }) }];
    case 'days-later':
      return [{ kind: tellRefundTimer, subject, merchantId, dueAt: after(createdAt, lateRefusal) }];
    case 'at-once':
    case 'when-asked':
      return [];
  }
}
