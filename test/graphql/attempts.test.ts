import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { createAttemptGuard } from '../../src/payments/guard-attempts.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Outcome, runMutation } from './run-mutation.ts';
import { createPayment } from './world.ts';

/** The bank refuses this code in its answer to the call. */
const wrongCode = '700005';
const rejected = { __typename: 'StartTransactionSuccess', transaction: { status: 'REJECTED' } };

let one: TestGateway;
/** Another process on the same database. */
let other: TestGateway;

beforeAll(async () => {
  one = await startTestGateway({ role: 'api' });
  const { databaseUrl, dataDir } = one.config;
  other = await startTestGateway({ role: 'api', databaseUrl, dataDir });
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

const newPayment = () => {
  const { apiKey: key, shopId } = one.demo;
  return createPayment(one, { key, shopId, mark: randomUUID() });
};

/** A shop tries to pay with a code that is wrong. */
function tryToPay(
  gateway: TestGateway,
  given: { paymentId: string; payerIp?: string; idempotencyKey?: string },
): Promise<Outcome> {
  const input = { idempotencyKey: randomUUID(), ...given, method: 'BLIK', blik: { code: wrongCode } };
  const select = 'transaction { status }';
  return runMutation(gateway, { name: 'startTransaction', input, select, key: gateway.demo.apiKey });
}

const limited = async (gateway: TestGateway) => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith('bramka_limited_total{'));
};

describe('startTransaction', () => {
  it('lets one payment be tried ten times in a minute by all processes together', async () => {
    const paymentId = await newPayment();
    for (const gateway of [one, other, one, other, one, other, one, other, one, other]) {
      expect(await tryToPay(gateway, { paymentId })).toEqual(rejected);
    }
    for (const gateway of [one, other]) {
      expect(await tryToPay(gateway, { paymentId })).toEqual({
        __typename: 'Refusal',
        code: 'RATE_LIMITED',
        message: expect.stringMatching(/^This payment was tried too often; try again in \d+ seconds\.$/),
        field: null,
      });
      expect(await limited(gateway)).toEqual(['bramka_limited_total{limit="attempts_payment",effect="refused"} 1']);
    }
    expect(await tryToPay(one, { paymentId: await newPayment() })).toEqual(rejected);
  });

  it('counts a refused attempt once, however often its call is repeated', async () => {
    const input = { paymentId: await newPayment(), payerIp: '203.0.113.11', idempotencyKey: randomUUID() };
    for (const gateway of [one, other, one]) expect(await tryToPay(gateway, input)).toEqual(rejected);
    const { rows } = await one.database.pool.query(
      "select points from abuse_count where key = 'attempts_address:' || $1 || ' ' || $2",
      [one.demo.shopId, input.payerIp],
    );
    expect(rows).toEqual([{ points: 1 }]);
  });

  it('stops the payer that a shop names after 60 refusals, at this shop alone, and no other payer', async () => {
    const payerIp = '203.0.113.9';
    for (let time = 0; time < 4; time += 1) {
      expect(await tryToPay(one, { paymentId: await newPayment(), payerIp })).toEqual(rejected);
    }
    // The others are noted without the pauses that they would bring.
    const guard = createAttemptGuard({
      database: one.database,
      log: createLog('silent'),
      metrics: createMetrics(),
      pause: async () => undefined,
    });
    const { shopId } = one.demo;
    const refused = { shopId, paymentId: randomUUID(), method: 'BLIK', addressSeen: false, address: payerIp } as const;
    for (let time = 0; time < 56; time += 1) await guard.noteRefusal({ ...refused, reason: 'CODE_INVALID' });
    expect(await tryToPay(other, { paymentId: await newPayment(), payerIp })).toMatchObject({
      code: 'RATE_LIMITED',
      message: "Too many attempts from this payer's address were refused; try again in 60 minutes.",
      field: null,
    });
    expect(await limited(other)).toContain('bramka_limited_total{limit="attempts_address",effect="refused"} 1');
    expect(await tryToPay(other, { paymentId: await newPayment(), payerIp: '203.0.113.10' })).toEqual(rejected);
    expect(await tryToPay(other, { paymentId: await newPayment() })).toEqual(rejected);
    await guard.admit({ ...refused, shopId: randomUUID() });
    await guard.admit({ ...refused, addressSeen: true });
  });
});
