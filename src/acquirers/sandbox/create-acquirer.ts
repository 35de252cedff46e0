import { createLane } from '../../kernel/batch.ts';
import type { JobHandlers } from '../../kernel/jobs/handler.ts';
import type { PayerPages } from '../payer-page.ts';
import type { Acquirer, AcquirerAnswer, MovementAnswer, MovementOrder, StartOrder } from '../port.ts';
import { acceptMovement } from './accept-movement.ts';
import { acceptOrder, acceptOrders } from './accept-order.ts';
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
import { finishOrders } from './tell-outcome.ts';

/** A simulated acquirer: the port, the jobs that drive it, and the page on which its payers decide. */
export type SandboxAcquirer = Acquirer & PayerPages & { readonly jobs: JobHandlers };

/**
 * Makes a simulated acquirer out of how it behaves. It keeps its orders and movements in tables of its own, so it
 * remembers them when the gateway dies, and it lives by timers, so the merchant's sandbox clock drives it. It tells
 * outcomes as a real acquirer does: late, by a signed notification, once or more often.
 */
export function createSandboxAcquirer(deps: SandboxDeps, behaviour: Behaviour): SandboxAcquirer {
  const parts = { ...deps, behaviour };
  const simulation: Simulation = {
    ...parts,
    accepting: createLane((orders) => acceptOrders(parts, orders)),
    finishing: createLane((wishes) => finishOrders(parts, wishes)),
  };
  const { name: acquirer, channels, capabilities, unavailability, allotAccount } = behaviour;
  return {
    name: acquirer,
    channels,
    capabilities,
    unavailability,
    ...(allotAccount && { allotAccount }),
    start: (order, signal) => answerWithin(signal, () => start(simulation, order)),
    status: (reference, signal) => answerWithin(signal, () => status(simulation, reference)),
    cancel: (reference, signal) => answerWithin(signal, () => cancelOrder(simulation, reference)),
    move: (order, signal) => answerWithin(signal, () => move(simulation, order)),
    movementStatus: (reference, signal) => answerWithin(signal, () => movementStatus(simulation, reference)),
    readNotification: (notification) => verifyNotification(simulation, notification),
    dayFile: (span, signal) => answerWithin(signal, () => readDay(deps.database, acquirer, span)),
    jobs: sandboxJobs(simulation),
    findPayerOrder: (reference) => findPayerOrder(simulation, reference),
    decideOrder: (wish) => decideOrder(simulation, wish),
  };
}

async function start(simulation: Simulation, order: StartOrder): Promise<AcquirerAnswer> {
  const taken = await acceptOrder(simulation, order);
  const { told } = scriptNamed(simulation.behaviour, taken.script);
  return told === 'when-asked' ? silence() : answerOf(simulation, taken);
}

async function status(simulation: Simulation, reference: string): Promise<AcquirerAnswer> {
  const order = await findOrder(simulation.database, { acquirer: simulation.behaviour.name, reference });
  return order ? answerOf(simulation, order) : { kind: 'unheard' };
}

async function move(simulation: Simulation, order: MovementOrder): Promise<MovementAnswer> {
  const taken = await acceptMovement(simulation, order);
  const { told } = movementScriptNamed(taken.script);
  return told === 'when-asked' ? silence() : movementAnswerOf(simulation.behaviour.movementCodes, taken);
}

async function movementStatus({ behaviour, database }: Simulation, reference: string): Promise<MovementAnswer> {
  const known = await findMovement(database, { acquirer: behaviour.name, reference });
  return known ? movementAnswerOf(behaviour.movementCodes, known) : { kind: 'unheard' };
}

/** Never answers: the call ends when its caller gives up. */
function silence(): Promise<never> {
  return new Promise(() => {});
}

/**
 * Gives an answer, unless the caller gives up before: then the call fails with his reason, and what it began goes on, as
 * at an acquirer whose answer comes too late. Nothing is begun for who has given up already.
 */
async function answerWithin<Answer>(signal: AbortSignal, answer: () => Promise<Answer>): Promise<Answer> {
  signal.throwIfAborted();
  const patience = Promise.withResolvers<never>();
  const giveUp = (): void => patience.reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([answer(), patience.promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
