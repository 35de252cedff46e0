import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AcquirerNotification, NotificationRejected } from '../../src/acquirers/port.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import { receiveNotification } from '../../src/payments/receive-notification.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createPayment, startBlik } from '../support/factories.ts';
import { attemptNow, createSandboxGateway, secret } from './sandbox-gateway.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

const amount = 10_000n;

/** A message with its signature, as this file understands the two. */
function signed(body: string, key = secret): AcquirerNotification {
  const signature = createHmac('sha256', key).update(body).digest('hex');
  return { headers: new Headers({ 'x-sandbox-signature': signature }), body };
}

describe('A notification of the simulated acquirer', () => {
  it('changes nothing when it was signed with another secret', async () => {
    const gateway = await createSandboxGateway(database);
    const payment = await createPayment(gateway.deps, gateway.shop, { amount });
    const { transaction } = await startBlik(gateway.deps, gateway.shop, { paymentId: payment.id });
    const reference = transaction.id;
    const body = JSON.stringify({
      acquirer: 'sandbox-blik',
      about: 'transaction',
      reference,
      status: 'SETTLED',
      amount: '10000',
    });
    const forged = receiveNotification(gateway.notifications, 'sandbox-blik', signed(body, 'another secret'));
    await expect(forged).rejects.toThrow(NotificationRejected);
    expect((await attemptNow(database, reference)).transaction.status).toBe('PENDING');
    await receiveNotification(gateway.notifications, 'sandbox-blik', signed(body));
    expect((await attemptNow(database, reference)).transaction.status).toBe('SETTLED');
  });

  it('must say exactly what it has to say', async () => {
    const { acquirer, clock } = await createSandboxGateway(database);
    const [acquirerName, reference] = ['sandbox-blik', newId(clock.now())];
    const order = { acquirer: acquirerName, about: 'transaction', reference };
    const settled = { ...order, status: 'SETTLED', amount: '10000' };
    const refunded = { acquirer: acquirerName, about: 'refund', reference, status: 'SETTLED' };
    const wrong = [
      { ...settled, amount: 10_000 },
      { ...settled, amount: '-10000' },
      { ...settled, amount: '1e4' },
      { ...settled, amount: '0' },
      { ...settled, reference: 'x' },
      { ...settled, status: 'PENDING' },
      { ...settled, more: true },
      { ...settled, about: 'refund' },
      { ...settled, about: 'dispute' },
      { ...settled, about: undefined },
      { ...settled, acquirer: undefined },
      { ...settled, acquirer: 'sandbox-cards' },
      { ...order, status: 'REJECTED', code: 'BLK-ERROR-999999' },
      // Each of the two has codes of its own.
      { ...order, status: 'REJECTED', code: 'BLK-ERROR-210021' },
      { ...refunded, about: 'transaction' },
      { ...refunded, status: 'PENDING' },
      { ...refunded, status: 'REJECTED' },
      { ...refunded, status: 'REJECTED', code: 'BLK-ERROR-210015' },
      [settled],
      null,
    ];
    expect(acquirer.readNotification(signed(JSON.stringify(settled)))).toEqual({
      about: 'transaction',
      reference,
      answer: { kind: 'settled', amount },
    });
    expect(acquirer.readNotification(signed(JSON.stringify(refunded)))).toEqual({
      about: 'refund',
      reference,
      answer: { kind: 'settled' },
    });
    for (const message of wrong) {
      expect(() => acquirer.readNotification(signed(JSON.stringify(message)))).toThrow(NotificationRejected);
    }
    expect(() => acquirer.readNotification(signed('no JSON'))).toThrow(NotificationRejected);
  });
});
