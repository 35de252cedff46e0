import type { Outcome } from '../../kernel/batch.ts';
import { after } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import { setTimers, type Timer } from '../../kernel/jobs/timers.ts';
import type { StartOrder } from '../port.ts';
import type { SandboxParts, Simulation } from './deps.ts';
import { type Behaviour, confirmation, firstEnd, type SandboxOrder, scriptNamed, timerKinds } from './model.ts';
import { insertOrders, lockOrders } from './store.ts';

/** Takes an order and sets the timer for its outcome; one that was taken before is given as it is now. */
export async function acceptOrder(simulation: Simulation, order: StartOrder): Promise<SandboxOrder> {
  const now = simulation.clock.now(order);
  const script = await simulation.behaviour.scriptFor(order, now);
  return simulation.accepting.submit(newOrder(simulation, order, { script, now }));
}

/** Takes a batch of orders in one transaction. */
export function acceptOrders(
  { behaviour, database }: SandboxParts,
  orders: readonly SandboxOrder[],
): Promise<Outcome<SandboxOrder>[]> {
  return inTransaction(database, async (tx) => {
    const fresh = await insertOrders(tx, behaviour.name, orders);
    const firsts = [...fresh].flatMap((taken) => orders.find(({ reference }) => reference === taken) ?? []);
    await setTimers(
      tx,
      firsts.flatMap((order) => timersFor(behaviour, order)),
    );
    const known = new Map(firsts.map((order) => [order.reference, order]));
    const repeated = orders.map(({ reference }) => reference).filter((reference) => !fresh.has(reference));
    const earlier = repeated.length > 0 ? await lockOrders(tx, behaviour.name, repeated) : [];
    for (const order of earlier) known.set(order.reference, order);
    return orders.map(({ reference }) => {
      const value = known.get(reference);
      if (!value) throw new Error('Another simulated acquirer was given this reference.');
      return { value };
    });
  });
}

function newOrder(
  { behaviour }: Simulation,
  order: StartOrder,
  chosen: { readonly script: string; readonly now: Date },
): SandboxOrder {
  const { reference, merchantId, channel, amount, currency, captureMode, returnUrl, shopName } = order;
  return {
    ...{ reference, merchantId, channel, amount, currency, captureMode, returnUrl, shopName },
    ...firstEnd(scriptNamed(behaviour, chosen.script), captureMode),
    script: chosen.script,
    delayMs: order.sandboxDelayMs,
    createdAt: chosen.now,
    updatedAt: chosen.now,
  };
}

function timersFor(behaviour: Behaviour, order: SandboxOrder): Timer[] {
  const { reference: subject, merchantId, createdAt } = order;
  const kinds = timerKinds(behaviour);
  switch (scriptNamed(behaviour, order.script).told) {
    case 'later':
      return [{ kind: kinds.tell, subject, merchantId, dueAt: after(createdAt, { ms: order.delayMs }) }];
    case 'confirmation-over':
      return [{ kind: kinds.confirmationOver, subject, merchantId, dueAt: after(createdAt, confirmation) }];
    case 'by-payer':
      if (!behaviour.page) throw new Error('A simulated acquirer without a page cannot wait for the payer.');
      return [{ kind: kinds.lapse, subject, merchantId, dueAt: after(createdAt, behaviour.page.lapses) }];
    case 'at-once':
    case 'when-asked':
    case 'after-cancel':
      return [];
  }
}
