import { inTransaction } from '../../kernel/db/database.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { acquirerName, answerOf, lastStatus, mayFinish, type SandboxOrder } from './model.ts';
import { scriptNamed } from './outcomes.ts';
import { signNotification } from './sign-notification.ts';
import { lockOrder, moveOrder } from './store.ts';

/**
 * Brings an order to its end and tells the gateway. An order that was stopped in time has nothing to tell. Throws when
 * the gateway did not take the notification, so that the job is tried again; the order then has its end already.
 */
export async function tellOutcome(deps: SandboxBlikDeps, reference: string): Promise<void> {
  const order = await finishOrder(deps, reference);
  if (!order) return;
  const notification = signNotification(deps.secret, { about: 'transaction', reference, answer: answerOf(order) });
  const { times = 1 } = scriptNamed(order.script);
  for (let time = 0; time < times; time += 1) await deps.deliver(acquirerName, notification);
}

/** Gives the order in its last state; undefined when there is none, or when it was stopped before. */
function finishOrder(deps: SandboxBlikDeps, reference: string): Promise<SandboxOrder | undefined> {
  return inTransaction(deps.database, async (tx) => {
    const order = await lockOrder(tx, reference);
    if (!order) return undefined;
    if (!mayFinish(order)) return order.status === 'CANCELLED' ? undefined : order;
    const status = lastStatus(order.script);
    await moveOrder(tx, { reference, status, at: deps.clock.now(order) });
    return { ...order, status };
  });
}
