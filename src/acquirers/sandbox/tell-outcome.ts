import type { Outcome } from '../../kernel/batch.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Finish, SandboxParts, Simulation } from './deps.ts';
import { answerOf, lastEnd, mayFinish, type SandboxOrder, scriptNamed } from './model.ts';
import { signNotification } from './sign-notification.ts';
import { lockOrders, moveOrders, type OrderMove } from './store.ts';

/**
 * Brings an order to its end and tells the gateway. An order that was stopped in time, or released since, has nothing to
 * tell. Throws when the gateway did not take the notification, so that the job is tried again; the order then has its end
 * already.
 */
export async function tellOutcome(simulation: Simulation, reference: string): Promise<void> {
  const endOf: Finish['endOf'] = (script, { captureMode }) => lastEnd(script, captureMode);
  const order = await simulation.finishing.submit({ reference, endOf });
  if (order) await tell(simulation, order);
}

/** Ends an order that its payer has not decided in time, and tells the gateway; one that he has decided stays as it is. */
export async function lapseOrder(simulation: Simulation, reference: string): Promise<void> {
  const { page } = simulation.behaviour;
  if (!page) throw new Error('Orders of a simulated acquirer without a page do not lapse.');
  const endOf: Finish['endOf'] = () => ({ status: 'REJECTED', code: page.lapsedCode });
  const order = await simulation.finishing.submit({ reference, endOf });
  if (order) await tell(simulation, order);
}

async function tell(simulation: Simulation, order: SandboxOrder): Promise<void> {
  const { behaviour, deliver } = simulation;
  const { reference } = order;
  const word = { about: 'transaction', reference, answer: answerOf(simulation, order) } as const;
  const { times = 1 } = scriptNamed(behaviour, order.script);
  for (let time = 0; time < times; time += 1) await deliver(behaviour.name, signNotification(simulation, word));
}

/** Brings a batch of orders to their ends; gives each in its last state, and undefined where `Finish` says so. */
export function finishOrders(
  { behaviour, clock, database }: SandboxParts,
  wishes: readonly Finish[],
): Promise<Outcome<SandboxOrder | undefined>[]> {
  return inTransaction(database, async (tx) => {
    const references = wishes.map(({ reference }) => reference);
    const orders = new Map((await lockOrders(tx, behaviour.name, references)).map((order) => [order.reference, order]));
    const moves: OrderMove[] = [];
    const outcomes = wishes.map(({ reference, endOf }) => {
      const order = orders.get(reference);
      if (!order) return { value: undefined };
      const script = scriptNamed(behaviour, order.script);
      const isGivenUp = order.status === 'CANCELLED' || order.status === 'RELEASED';
      if (!mayFinish(order, script)) return { value: isGivenUp ? undefined : order };
      const [end, now] = [endOf(script, order), clock.now(order)];
      const ended = { ...order, ...end, updatedAt: now };
      // The next wish of the batch may be about the same order.
      orders.set(reference, ended);
      moves.push({ ...end, reference, at: now });
      return { value: ended };
    });
    await moveOrders(tx, moves);
    return outcomes;
  });
}
