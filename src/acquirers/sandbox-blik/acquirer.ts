import type { JobHandlers } from '../../kernel/jobs/handler.ts';
import type { Acquirer, AcquirerAnswer, RefundAnswer, RefundOrder, StartOrder } from '../port.ts';
import { acceptOrder } from './accept-order.ts';
import { acceptRefund } from './accept-refund.ts';
import { cancelOrder } from './cancel-order.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { sandboxBlikJobs } from './jobs.ts';
import { acquirerName, answerOf } from './model.ts';
import { scriptNamed } from './outcomes.ts';
import { refundAnswerOf, refundScriptNamed } from './refund-outcomes.ts';
import { verifyNotification } from './sign-notification.ts';
import { findRefund } from './sql/keep-refunds.ts';
import { findOrder } from './store.ts';

/**
 * Makes the simulated BLIK acquirer: the code alone says what happens (domain: sandbox outcomes), and
 * the note alone what happens to a refund. It keeps its orders and refunds in tables of its own, so it remembers them when the gateway dies, and it lives by timers, so the merchant's sandbox clock
 * drives it. It tells outcomes as a real acquirer does: late, by a signed notification, once or more often.
 */
export function createSandboxBlik(deps: SandboxBlikDeps): Acquirer & { readonly jobs: JobHandlers } {
  return {
    name: acquirerName,
    channels: ['blik'],
    start: (order, signal) => start(deps, order, signal),
    status: async (reference) => {
      const order = await findOrder(deps.database, reference);
      return order ? answerOf(order) : { kind: 'unheard' };
    },
    cancel: (reference) => cancelOrder(deps, reference),
    refund: (order, signal) => refund(deps, order, signal),
    refundStatus: async (reference) => {
      const known = await findRefund(deps.database, reference);
      return known ? refundAnswerOf(known) : { kind: 'unheard' };
    },
    readNotification: (notification) => verifyNotification(deps.secret, notification),
    jobs: sandboxBlikJobs(deps),
  };
}

async function start(deps: SandboxBlikDeps, order: StartOrder, signal: AbortSignal): Promise<AcquirerAnswer> {
  signal.throwIfAborted();
  const taken = await acceptOrder(deps, order);
  return scriptNamed(taken.script).told === 'when-asked' ? silence(signal) : answerOf(taken);
}

async function refund(deps: SandboxBlikDeps, order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer> {
  signal.throwIfAborted();
  const taken = await acceptRefund(deps, order);
  return refundScriptNamed(taken.script).told === 'when-asked' ? silence(signal) : refundAnswerOf(taken);
}

/** Never answers: it ends when the caller gives up. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
