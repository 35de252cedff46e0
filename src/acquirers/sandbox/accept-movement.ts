import { after } from '../../kernel/clock.ts';
import { inTransaction, type Tx } from '../../kernel/db/database.ts';
import { setTimers, type Timer } from '../../kernel/jobs/timers.ts';
import type { MovementOrder } from '../port.ts';
import type { Simulation } from './deps.ts';
import { authorization, scriptNamed, timerKinds } from './model.ts';
import {
  firstMovementState,
  lateRefusal,
  type MovedOrder,
  movementScriptFor,
  movementScriptNamed,
  type SandboxMovement,
} from './movement-outcomes.ts';
import { insertMovement, lockMovement, sumMovements } from './sql/keep-movements.ts';
import { lockOrder, moveOrders } from './store.ts';

/**
 * Takes a movement and sets the timer for its outcome; one that was taken before is given as it is now. The order is
 * held meanwhile, so that together no more is promised than there is.
 */
export function acceptMovement(simulation: Simulation, wish: MovementOrder): Promise<SandboxMovement> {
  const { behaviour, clock, database } = simulation;
  const now = clock.now(wish);
  return inTransaction(database, async (tx) => {
    const taken = newMovement(wish, await readOrder(tx, simulation, { wish, now }), now);
    if (await insertMovement(tx, behaviour.name, taken)) {
      await setTimers(tx, timersFor(simulation, taken));
      // What is left of the order is free again, and cannot be captured any more.
      const isReleased = wish.kind === 'void' && taken.status === 'SETTLED';
      if (isReleased) await moveOrders(tx, [{ reference: wish.transaction, status: 'RELEASED', code: null, at: now }]);
      return taken;
    }
    const earlier = await lockMovement(tx, { acquirer: behaviour.name, reference: taken.reference });
    if (!earlier) throw new Error('Another simulated acquirer was given this reference.');
    return earlier;
  });
}

async function readOrder(
  tx: Tx,
  { behaviour }: Simulation,
  { wish, now }: { readonly wish: MovementOrder; readonly now: Date },
): Promise<MovedOrder | undefined> {
  const acquirer = behaviour.name;
  const order = await lockOrder(tx, { acquirer, reference: wish.transaction });
  if (!order) return undefined;
  const script = scriptNamed(behaviour, order.script);
  const { captured, taken, refunded } = await sumMovements(tx, { acquirer, orderReference: wish.transaction });
  const own = order.status === 'SETTLED' ? order.amount : taken;
  // What came by transfers the gateway may know from a statement alone.
  const settled = behaviour.allotAccount && wish.settled > own ? wish.settled : own;
  const isAuthorized = order.status === 'AUTHORIZED' && now < after(order.updatedAt, authorization);
  return {
    authorized: isAuthorized ? order.amount - captured : 0n,
    refundable: settled - refunded,
    capture: script.capture,
    void: script.void,
  };
}

function newMovement(wish: MovementOrder, order: MovedOrder | undefined, now: Date): SandboxMovement {
  const script = movementScriptFor(wish, order);
  const { reference, kind, merchantId, amount, currency } = wish;
  return {
    ...{ reference, kind, merchantId, amount, currency, script },
    orderReference: wish.transaction,
    status: firstMovementState(script),
    delayMs: wish.sandboxDelayMs,
    createdAt: now,
  };
}

function timersFor({ behaviour }: Simulation, movement: SandboxMovement): Timer[] {
  const { reference: subject, merchantId, createdAt } = movement;
  const kind = timerKinds(behaviour).tellMovement;
  switch (movementScriptNamed(movement.script).told) {
    case 'later':
      return [{ kind, subject, merchantId, dueAt: after(createdAt, { ms: movement.delayMs }) }];
    case 'days-later':
      return [{ kind, subject, merchantId, dueAt: after(createdAt, lateRefusal) }];
    case 'at-once':
    case 'when-asked':
      return [];
  }
}
