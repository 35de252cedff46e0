import { after } from '../../kernel/clock.ts';
import { inTransaction, type Tx } from '../../kernel/db/database.ts';
import { clearTimers, setTimers } from '../../kernel/jobs/timers.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { lateMoney, type SandboxOrder, timerKinds } from './model.ts';
import { scriptNamed } from './outcomes.ts';
import { lockOrder, moveOrder } from './store.ts';

/**
 * Stops an order that is still pending, so that no money is taken for it. What has ended stays as it is, but money that
 * was taken without a word is told now, since nobody will ask any more. Doing it again changes nothing.
 */
export function cancelOrder(deps: Pick<SandboxBlikDeps, 'database' | 'clock'>, reference: string): Promise<void> {
  return inTransaction(deps.database, async (tx) => {
    const order = await lockOrder(tx, reference);
    if (!order) return;
    const now = deps.clock.now(order);
    const { told } = scriptNamed(order.script);
    if (order.status === 'SETTLED' && told === 'when-asked') await tellAt(tx, order, now);
    if (order.status !== 'PENDING') return;
    await moveOrder(tx, { reference, status: 'CANCELLED', at: now });
    await clearTimers(
      tx,
      Object.values(timerKinds).map((kind) => ({ kind, subject: reference })),
    );
    if (told === 'after-cancel') await tellAt(tx, order, after(now, lateMoney));
  });
}

function tellAt(tx: Tx, order: SandboxOrder, dueAt: Date): Promise<void> {
  const { reference, merchantId } = order;
  return setTimers(tx, [{ kind: timerKinds.tell, subject: reference, merchantId, dueAt }]);
}
