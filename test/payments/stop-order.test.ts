import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { expireAuthorization } from '../../src/payments/expire-authorization.ts';
import { stopOrder } from '../../src/payments/stop-order.ts';
import { actorOf, tellAnswer } from '../support/factories.ts';
import { authorize, transactionNow, voidAll } from './authorized.ts';
import { openWorld, paid, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterEach(() => {
  world.acquirer.stopped.length = 0;
  world.acquirer.onStop(undefined);
  world.acquirer.onMove(undefined);
  world.acquirer.onAsk({ kind: 'unheard' });
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

  it('of an authorisation that has ended is stopped again until the acquirer says what became of it', async () => {
    const { transaction } = await authorize(world);
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    await expireAuthorization(world.deps, transaction.id);
    // It does not answer just when it is asked whether the money is released.
    world.acquirer.onAsk(new Error('time-out'));
    await expect(stopOrder(world.deps, transaction.id)).rejects.toThrow('time-out');
    world.acquirer.onAsk({ kind: 'authorized', amount: transaction.amount });
    await expect(stopOrder(world.deps, transaction.id)).rejects.toThrow('has not released');
    world.acquirer.onAsk({ kind: 'pending' });
    await expect(stopOrder(world.deps, transaction.id)).rejects.toThrow('has not released');
    world.acquirer.onAsk({ kind: 'rejected', reason: 'GENERAL', code: 'released' });
    expect(await world.letPass({ ms: 0 })).toContain('stop-order');
    expect(world.acquirer.stopped).toEqual(Array.from({ length: 4 }, () => transaction.id));
    expect(await world.letPass({ ms: 24 * 3_600_000 })).not.toContain('stop-order');
    expect(await transactionNow(world, transaction.id)).toMatchObject({ status: 'EXPIRED' });
  });

  it('of an authorisation that ended just now is so too, unlike one whose timer asks again', async () => {
    world.acquirer.onMove({ kind: 'settled' });
    const authorized = await authorize(world);
    await voidAll(world, authorized);
    const { id } = await cancelledAttempt();
    world.acquirer.onAsk(new Error('time-out'));
    await expect(stopOrder(world.deps, authorized.transaction.id)).rejects.toThrow('time-out');
    await stopOrder(world.deps, id);
    expect(world.acquirer.stopped).toEqual([authorized.transaction.id, id]);
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
