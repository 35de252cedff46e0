import { after } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import { clearTimers, setTimers } from '../../kernel/jobs/timers.ts';
import type { PayerDecision, PayerOrder } from '../payer-page.ts';
import type { Simulation } from './deps.ts';
import { lastEnd, type OrderEnd, scriptNamed, timerKinds } from './model.ts';
import { findOrder, lockOrder, moveOrders } from './store.ts';

/** Finds an order that a payer decides on a page; undefined when there is none. */
export async function findPayerOrder(simulation: Simulation, reference: string): Promise<PayerOrder | undefined> {
  const { behaviour, database } = simulation;
  const order = await findOrder(database, { acquirer: behaviour.name, reference });
  if (!order || !behaviour.page || scriptNamed(behaviour, order.script).told !== 'by-payer') return undefined;
  return { ...order, kind: behaviour.page.kind, isOpen: order.status === 'PENDING' };
}

/**
 * Takes the payer's decision about an order. The outcome is told after the shop's delay, while he is on his way back; after
 * several delays where the page says so. What was decided before stays as it is.
 */
export async function decideOrder(
  simulation: Simulation,
  wish: { readonly reference: string; readonly decision: PayerDecision },
): Promise<void> {
  const { behaviour, clock, database } = simulation;
  await inTransaction(database, async (tx) => {
    const order = await lockOrder(tx, { acquirer: behaviour.name, reference: wish.reference });
    const script = order && scriptNamed(behaviour, order.script);
    if (order?.status !== 'PENDING' || script?.told !== 'by-payer' || !behaviour.page) return;
    const now = clock.now(order);
    const refused: OrderEnd = { status: 'REJECTED', code: behaviour.page.refusedCode };
    const end = wish.decision === 'approve' ? lastEnd(script, order.captureMode) : refused;
    await moveOrders(tx, [{ ...end, reference: wish.reference, at: now }]);
    const { tell, lapse } = timerKinds(behaviour);
    const { reference: subject, merchantId } = order;
    const ms = order.delayMs * (behaviour.page.delays ?? 1);
    await clearTimers(tx, [{ kind: lapse, subject }]);
    await setTimers(tx, [{ kind: tell, subject, merchantId, dueAt: after(now, { ms }) }]);
  });
}
