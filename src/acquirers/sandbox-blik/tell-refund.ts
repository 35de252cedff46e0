import { inTransaction } from '../../kernel/db/database.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { acquirerName } from './model.ts';
import { lastRefundState, refundAnswerOf, refundScriptNamed, type SandboxRefund } from './refund-outcomes.ts';
import { signNotification } from './sign-notification.ts';
import { lockRefund, moveRefund } from './sql/keep-refunds.ts';

/**
 * Brings a refund to its end and tells the gateway. Throws when the gateway did not take the notification, so that the
 * job is tried again; the refund then has its end already.
 */
export async function tellRefund(deps: SandboxBlikDeps, reference: string): Promise<void> {
  const refund = await finishRefund(deps, reference);
  if (!refund) return;
  const answer = refundAnswerOf(refund);
  const notification = signNotification(deps.secret, { about: 'refund', reference, answer });
  const { times = 1 } = refundScriptNamed(refund.script);
  for (let time = 0; time < times; time += 1) await deps.deliver(acquirerName, notification);
}

function finishRefund(deps: SandboxBlikDeps, reference: string): Promise<SandboxRefund | undefined> {
  return inTransaction(deps.database, async (tx) => {
    const refund = await lockRefund(tx, reference);
    if (refund?.status !== 'PENDING') return refund;
    const status = lastRefundState(refund.script);
    await moveRefund(tx, { reference, status, at: deps.clock.now(refund) });
    return { ...refund, status };
  });
}
