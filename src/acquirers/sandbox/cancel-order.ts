import { after } from '../../kernel/clock.ts';
import { inTransaction, type Tx } from '../../kernel/db/database.ts';
import { clearTimers, setTimers } from '../../kernel/jobs/timers.ts';
import type { Simulation } from './deps.ts';
import { lateMoney, type SandboxOrder, scriptNamed, timerKinds } from './model.ts';
import { lockOrder, moveOrders } from './store.ts';

/**
 * Stops an order that is still pending, so that no money is taken for it, and releases what is authorised. What has ended
 * stays as it is, but money that was taken without a word is told now, since nobody will ask any more. A bank's transfer
 * cannot be recalled: there the payer may go on. Doing it again changes nothing.
 */
export function cancelOrder(simulation: Simulation, reference: string): Promise<void> {
  const { behaviour, clock, database } = simulation;
  return inTransaction(database, async (tx) => {
    const order = await lockOrder(tx, { acquirer: behaviour.name, reference });
    if (!order) return;
    const now = clock.now(order);
    const { told } = scriptNamed(behaviour, order.script);
    const isDone = order.status === 'SETTLED' || order.status === 'AUTHORIZED';
    if (isDone && told === 'when-asked') await tellAt(tx, simulation, { order, dueAt: now });
    const mayStop = order.status === 'PENDING' && behaviour.capabilities.stopsOrders;
    if (!mayStop && order.status !== 'AUTHORIZED') return;
    const status = order.status === 'AUTHORIZED' ? 'RELEASED' : 'CANCELLED';
    await moveOrders(tx, [{ reference, status, code: null, at: now }]);
    const { tell, confirmationOver, lapse } = timerKinds(behaviour);
    await clearTimers(
      tx,
      [tell, confirmationOver, lapse].map((kind) => ({ kind, subject: reference })),
    );
    const isOnItsWay = status === 'CANCELLED' && told === 'after-cancel';
    if (isOnItsWay) await tellAt(tx, simulation, { order, dueAt: after(now, lateMoney) });
  });
}

function tellAt(
  tx: Tx,
  { behaviour }: Simulation,
  { order, dueAt }: { readonly order: SandboxOrder; readonly dueAt: Date },
): Promise<void> {
  const { reference, merchantId } = order;
  return setTimers(tx, [{ kind: timerKinds(behaviour).tell, subject: reference, merchantId, dueAt }]);
}
