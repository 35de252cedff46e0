import { after } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import { setTimers, type Timer } from '../../kernel/jobs/timers.ts';
import type { StartOrder } from '../port.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { confirmation, firstStatus, type SandboxOrder, timerKinds } from './model.ts';
import { scriptFor, scriptNamed } from './outcomes.ts';
import { insertOrder, lockOrder } from './store.ts';

/** Takes an order and sets the timer for its outcome; one that was taken before is given as it is now. */
export function acceptOrder(
  deps: Pick<SandboxBlikDeps, 'database' | 'clock'>,
  order: StartOrder,
): Promise<SandboxOrder> {
  const taken = newOrder(order, deps.clock.now(order));
  return inTransaction(deps.database, async (tx) => {
    if (await insertOrder(tx, taken)) {
      await setTimers(tx, timersFor(taken));
      return taken;
    }
    const earlier = await lockOrder(tx, taken.reference);
    if (!earlier) throw new Error('Another simulated acquirer was given this reference.');
    return earlier;
  });
}

function newOrder(order: StartOrder, now: Date): SandboxOrder {
  const script = scriptFor(order, now);
  return {
    reference: order.reference,
    merchantId: order.merchantId,
    amount: order.amount,
    script,
    status: firstStatus(script),
    delayMs: order.sandboxDelayMs,
    createdAt: now,
  };
}

function timersFor(order: SandboxOrder): Timer[] {
  const { reference: subject, merchantId, createdAt } = order;
  switch (scriptNamed(order.script).told) {
    case 'later':
      return [{ kind: timerKinds.tell, subject, merchantId, dueAt: after(createdAt, { ms: order.delayMs }) }];
    case 'confirmation-over':
      return [{ kind: timerKinds.confirmationOver, subject, merchantId, dueAt: after(createdAt, confirmation) }];
    case 'at-once':
    case 'when-asked':
    case 'after-cancel':
      return [];
  }
}
