import type { JobHandlers } from '../../kernel/jobs/handler.ts';
import type { PayerPages } from '../payer-page.ts';
import type { Acquirer, AcquirerAnswer, MovementAnswer, MovementOrder, StartOrder } from '../port.ts';
import { acceptMovement } from './accept-movement.ts';
import { acceptOrder } from './accept-order.ts';
import { cancelOrder } from './cancel-order.ts';
import { decideOrder, findPayerOrder } from './decide-order.ts';
import type { SandboxDeps, Simulation } from './deps.ts';
import { sandboxJobs } from './jobs.ts';
import { answerOf, type Behaviour, scriptNamed } from './model.ts';
import { movementAnswerOf, movementScriptNamed } from './movement-outcomes.ts';
import { verifyNotification } from './sign-notification.ts';
import { findMovement } from './sql/keep-movements.ts';
import { readDay } from './sql/read-day.ts';
import { findOrder } from './store.ts';

/** A simulated acquirer: the port, the jobs that drive it, and the page on which its payers decide. */
export type SandboxAcquirer = Acquirer & PayerPages & { readonly jobs: JobHandlers };

/**
 * Makes a simulated acquirer out of how it behaves. It keeps its orders and movements in tables of its own, so it
 * remembers them when the gateway dies, and it lives by timers, so the merchant's sandbox clock drives it. It tells
 * outcomes as a real acquirer does: late, by a signed notification, once or more often.
 */
export function createSandboxAcquirer(deps: SandboxDeps, behaviour: Behaviour): SandboxAcquirer {
  const simulation: Simulation = { ...deps, behaviour };
  const { name: acquirer, channels, capabilities, unavailability } = behaviour;
  return {
    name: acquirer,
    channels,
    capabilities,
    unavailability,
    start: (order, signal) => start(simulation, order, signal),
    status: async (reference) => {
      const order = await findOrder(deps.database, { acquirer, reference });
      return order ? answerOf(simulation, order) : { kind: 'unheard' };
    },
    cancel: (reference) => cancelOrder(simulation, reference),
    move: (order, signal) => move(simulation, order, signal),
    movementStatus: async (reference) => {
      const known = await findMovement(deps.database, { acquirer, reference });
      return known ? movementAnswerOf(behaviour.movementCodes, known) : { kind: 'unheard' };
    },
    readNotification: (notification) => verifyNotification(simulation, notification),
    dayFile: (span) => readDay(deps.database, acquirer, span),
    jobs: sandboxJobs(simulation),
    findPayerOrder: (reference) => findPayerOrder(simulation, reference),
    decideOrder: (wish) => decideOrder(simulation, wish),
  };
}

async function start(simulation: Simulation, order: StartOrder, signal: AbortSignal): Promise<AcquirerAnswer> {
  signal.throwIfAborted();
  const taken = await acceptOrder(simulation, order);
  const { told } = scriptNamed(simulation.behaviour, taken.script);
  return told === 'when-asked' ? silence(signal) : answerOf(simulation, taken);
}

async function move(simulation: Simulation, order: MovementOrder, signal: AbortSignal): Promise<MovementAnswer> {
  signal.throwIfAborted();
  const taken = await acceptMovement(simulation, order);
  const { told } = movementScriptNamed(taken.script);
  return told === 'when-asked' ? silence(signal) : movementAnswerOf(simulation.behaviour.movementCodes, taken);
}

/** Never answers: it ends when the caller gives up. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
