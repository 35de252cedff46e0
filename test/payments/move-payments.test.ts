import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payment } from '../../src/kernel/db/generated/prisma/client.ts';
import { PaymentStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { mayMovePayment } from '../../src/payments/model.ts';
import { movePayments, type PaymentMove } from '../../src/payments/sql/move-payments.ts';
import { createPayment } from '../support/factories.ts';
import { openWorld, paymentNow, type World } from './world.ts';

let world: World;
let fresh: Payment;

beforeAll(async () => {
  world = await openWorld();
  fresh = await createPayment(world.deps, await world.openShop());
});

afterAll(() => world.close());

const statuses = Object.values(PaymentStatus);
const move = (...moves: PaymentMove[]): Promise<void> => inTransaction(world.database, (tx) => movePayments(tx, moves));

describe('A payment', () => {
  it('is not moved against the table of states, from wherever to wherever', async () => {
    for (const was of statuses) {
      for (const status of statuses.filter((to) => !mayMovePayment(was, to))) {
        const words = `cannot move from ${was} to ${status}`;
        await expect(move({ was, row: { ...fresh, status } })).rejects.toThrow(words);
      }
    }
    expect((await paymentNow(world.database, fresh.id)).status).toBe('NEW');
  });

  it('is not moved when it is in another state than thought', async () => {
    const at = new Date('2026-03-02T12:00:00.000Z');
    for (const was of ['PENDING', 'AUTHORIZED', 'CANCELLED', 'EXPIRED'] as const) {
      const wrong = move({ was, row: { ...fresh, status: 'SETTLED', settledAt: at } });
      await expect(wrong).rejects.toThrow('was not in the state it was thought to be in');
    }
    expect((await paymentNow(world.database, fresh.id)).status).toBe('NEW');
  });

  it('is moved once when two want it at the same time', async () => {
    const payment = await createPayment(world.deps, await world.openShop());
    const cancel = (): Promise<void> => move({ was: 'NEW', row: { ...payment, status: 'CANCELLED' } });
    const results = await Promise.allSettled([cancel(), cancel(), cancel()]);
    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});
