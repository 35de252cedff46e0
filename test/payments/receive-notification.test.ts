import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AcquirerNotification, NotificationRejected } from '../../src/acquirers/port.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { type NotificationDeps, receiveNotification } from '../../src/payments/receive-notification.ts';
import { blikAcquirer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { noBooks, readBooks, readTypes } from './read-records.ts';
import { createToldAcquirer } from './told-acquirer.ts';
import { openWorld, paymentNow, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

function message(reference: string, kind = 'settled', amount = 1_234): AcquirerNotification {
  return { headers: new Headers(), body: JSON.stringify({ reference, kind, amount: String(amount) }) };
}

/** Nothing here is about refunds. */
const hearing = (deps: PaymentDeps): NotificationDeps => ({
  ...deps,
  hearMovement: {
    capture: () => Promise.reject(new Error('No capture was expected.')),
    void: () => Promise.reject(new Error('No void was expected.')),
    refund: () => Promise.reject(new Error('No refund was expected.')),
  },
});

describe('A notification of an acquirer', () => {
  it('settles the attempt it is about, however often it comes', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    for (const _ of [1, 2, 3]) await receiveNotification(hearing(world.deps), blikAcquirer, message(transaction.id));
    expect((await paymentNow(world.database, payment.id)).status).toBe('SETTLED');
    expect((await readBooks(world.database, shop.id)).balance).toBe(1_234);
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_SETTLED', 'PAYMENT_SETTLED']);
  });

  it('is not taken from an acquirer that nobody knows', async () => {
    const unknown = receiveNotification(hearing(world.deps), 'nobody', message(randomUUID()));
    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['', 'ORDER-1', '123', randomUUID()])('is not found by the reference "%s"', async (reference) => {
    const lost = receiveNotification(hearing(world.deps), blikAcquirer, message(reference));
    await expect(lost).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('cannot say that there is no answer', async () => {
    const { transaction } = await startedPayment(world, await world.openShop());
    const silent = receiveNotification(hearing(world.deps), blikAcquirer, message(transaction.id, 'silent'));
    await expect(silent).rejects.toThrow(NotificationRejected);
  });

  it('is not taken about the order of another acquirer, though it is genuine', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    const other = createToldAcquirer(['blik'], 'other-acquirer');
    const deps = { ...world.deps, acquirers: new Map([...world.deps.acquirers, [other.name, other]]) };
    const foreign = receiveNotification(hearing(deps), other.name, message(transaction.id));
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await paymentNow(world.database, payment.id)).status).toBe('PENDING');
    expect(await readBooks(world.database, shop.id)).toEqual(noBooks);
  });

  it('leaves every invariant as it was', async () => {
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
