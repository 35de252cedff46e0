import { after } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import { setTimers, type Timer } from '../../kernel/jobs/timers.ts';
import type { StartOrder } from '../port.ts';
import type { Simulation } from './deps.ts';
import { confirmation, firstEnd, type SandboxOrder, scriptNamed, timerKinds } from './model.ts';
import { insertOrder, lockOrder } from './store.ts';

/** Takes an order and sets the timer for its outcome; one that was taken before is given as it is now. */
export async function acceptOrder(simulation: Simulation, order: StartOrder): Promise<SandboxOrder> {
  const { behaviour, clock, database } = simulation;
  const now = clock.now(order);
  const taken = newOrder(simulation, order, { script: await behaviour.scriptFor(order, now), now });
  return inTransaction(database, async (tx) => {
    if (await insertOrder(tx, behaviour.name, taken)) {
      await setTimers(tx, timersFor(simulation, taken));
      return taken;
    }
    const earlier = await lockOrder(tx, { acquirer: behaviour.name, reference: taken.reference });
    if (!earlier) throw new Error('Another simulated acquirer was given this reference.');
    return earlier;
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

function timersFor({ behaviour }: Simulation, order: SandboxOrder): Timer[] {
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
