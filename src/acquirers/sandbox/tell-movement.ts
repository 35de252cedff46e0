import { inTransaction } from '../../kernel/db/database.ts';
import type { Simulation } from './deps.ts';
import { lastMovementState, movementAnswerOf, movementScriptNamed, type SandboxMovement } from './movement-outcomes.ts';
import { signNotification } from './sign-notification.ts';
import { lockMovement, moveMovement } from './sql/keep-movements.ts';

/**
 * Brings a movement to its end and tells the gateway. Throws when the gateway did not take the notification, so that the
 * job is tried again; the movement then has its end already.
 */
export async function tellMovement(simulation: Simulation, reference: string): Promise<void> {
  const { behaviour, deliver } = simulation;
  const movement = await finishMovement(simulation, reference);
  if (!movement) return;
  const answer = movementAnswerOf(behaviour.movementCodes, movement);
  const notification = signNotification(simulation, { about: movement.kind, reference, answer });
  const { times = 1 } = movementScriptNamed(movement.script);
  for (let time = 0; time < times; time += 1) await deliver(behaviour.name, notification);
}

function finishMovement(
  { behaviour, clock, database }: Simulation,
  reference: string,
): Promise<SandboxMovement | undefined> {
  return inTransaction(database, async (tx) => {
    const movement = await lockMovement(tx, { acquirer: behaviour.name, reference });
    if (movement?.status !== 'PENDING') return movement;
    const status = lastMovementState(movement.script);
    await moveMovement(tx, { reference, status, at: clock.now(movement) });
    return { ...movement, status };
  });
}
