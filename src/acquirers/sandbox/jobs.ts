import { type JobHandlers, textOf } from '../../kernel/jobs/handler.ts';
import type { Simulation } from './deps.ts';
import { timerKinds } from './model.ts';
import { tellMovement } from './tell-movement.ts';
import { lapseOrder, tellOutcome } from './tell-outcome.ts';

/** What a simulated acquirer does later: it tells outcomes, of orders and of movements. */
export function sandboxJobs(simulation: Simulation): JobHandlers {
  const kinds = timerKinds(simulation.behaviour);
  return {
    [kinds.tell]: (payload) => tellOutcome(simulation, textOf(payload, 'subject')),
    [kinds.confirmationOver]: (payload) => tellOutcome(simulation, textOf(payload, 'subject')),
    [kinds.lapse]: (payload) => lapseOrder(simulation, textOf(payload, 'subject')),
    [kinds.tellMovement]: (payload) => tellMovement(simulation, textOf(payload, 'subject')),
  };
}
