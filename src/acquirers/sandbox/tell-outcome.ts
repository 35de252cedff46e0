import { inTransaction } from '../../kernel/db/database.ts';
import type { Simulation } from './deps.ts';
import { answerOf, lastEnd, mayFinish, type OrderEnd, type SandboxOrder, scriptNamed } from './model.ts';
import { signNotification } from './sign-notification.ts';
import { lockOrder, moveOrder } from './store.ts';

/**
 * Brings an order to its end and tells the gateway. An order that was stopped in time, or released since, has nothing to
 * tell. Throws when the gateway did not take the notification, so that the job is tried again; the order then has its end
 * already.
 */
export async function tellOutcome(simulation: Simulation, reference: string): Promise<void> {
  const order = await finishOrder(simulation, reference, (script, { captureMode }) => lastEnd(script, captureMode));
  if (order) await tell(simulation, order);
}

/** Ends an order that its payer has not decided in time, and tells the gateway; one that he has decided stays as it is. */
export async function lapseOrder(simulation: Simulation, reference: string): Promise<void> {
  const { page } = simulation.behaviour;
  if (!page) throw new Error('Orders of a simulated acquirer without a page do not lapse.');
  const order = await finishOrder(simulation, reference, () => ({ status: 'REJECTED', code: page.lapsedCode }));
  if (order) await tell(simulation, order);
}

async function tell(simulation: Simulation, order: SandboxOrder): Promise<void> {
  const { behaviour, deliver } = simulation;
  const { reference } = order;
  const word = { about: 'transaction', reference, answer: answerOf(simulation, order) } as const;
  const { times = 1 } = scriptNamed(behaviour, order.script);
  for (let time = 0; time < times; time += 1) await deliver(behaviour.name, signNotification(simulation, word));
}

/** Gives the order in its last state; undefined when there is none, or when it was stopped or released before. */
function finishOrder(
  { behaviour, clock, database }: Simulation,
  reference: string,
  endOf: (script: ReturnType<typeof scriptNamed>, order: SandboxOrder) => OrderEnd,
): Promise<SandboxOrder | undefined> {
  return inTransaction(database, async (tx) => {
    const order = await lockOrder(tx, { acquirer: behaviour.name, reference });
    if (!order) return undefined;
    const script = scriptNamed(behaviour, order.script);
    const isGivenUp = order.status === 'CANCELLED' || order.status === 'RELEASED';
    if (!mayFinish(order, script)) return isGivenUp ? undefined : order;
    const [end, now] = [endOf(script, order), clock.now(order)];
    await moveOrder(tx, { ...end, reference, at: now });
    return { ...order, ...end, updatedAt: now };
  });
}
