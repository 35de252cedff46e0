import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { stopOrder } from '../../src/payments/stop-order.ts';
import { actorOf, tellAnswer } from '../support/factories.ts';
import { openWorld, paid, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterEach(() => {
  world.acquirer.stopped.length = 0;
  world.acquirer.onStop(undefined);
});

afterAll(() => world.close());

async function cancelledAttempt(): Promise<{ id: string; amount: bigint }> {
  const shop = await world.openShop();
  const { transaction, payment } = await startedPayment(world, shop);
  await cancelPayment(world.deps, actorOf(shop), payment.id);
  return transaction;
}

describe('An order', () => {
  it('is stopped soon after its attempt was cancelled', async () => {
    const { id } = await cancelledAttempt();
    expect(await world.letPass({ ms: 0 })).toEqual(['stop-order']);
    expect(world.acquirer.stopped).toEqual([id]);
  });

  it('is stopped by a later try when the acquirer did not answer', async () => {
    const { id } = await cancelledAttempt();
    world.acquirer.onStop(new Error('time-out'));
    await expect(stopOrder(world.deps, id)).rejects.toThrow('time-out');
    world.acquirer.onStop(undefined);
    await stopOrder(world.deps, id);
    expect(world.acquirer.stopped).toEqual([id]);
    await world.letPass({ ms: 0 });
  });

  it('is not stopped once the money has come after all', async () => {
    const { id, amount } = await cancelledAttempt();
    await tellAnswer(world.deps, id, paid({ amount }));
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toEqual([]);
  });

  it('is not stopped while its attempt runs, nor when there is none', async () => {
    const { transaction } = await startedPayment(world, await world.openShop());
    await stopOrder(world.deps, transaction.id);
    await stopOrder(world.deps, randomUUID());
    expect(world.acquirer.stopped).toEqual([]);
  });
});
