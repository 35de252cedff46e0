import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, dayOf, nextBusinessDay } from '../../src/calendar/model.ts';
import { advanceClock } from '../../src/contracts/advance-clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { createPayment, giveKey, startBlik } from '../graphql/world.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Access, type Applicant, type ContractWorld, type Outcome, openWorld } from './world.ts';

let gateway: TestGateway;
let world: ContractWorld;

beforeAll(async () => {
  gateway = await startTestGateway();
  world = openWorld(gateway);
});

afterAll(() => gateway.stop());

const select = 'clock advanced';
const day = 86_400_000;

const advance = (until: string, key: string): Promise<Outcome> => world.run('advanceClock', { until }, { key, select });
const later = (moment: string, ms: number): string => new Date(Date.parse(moment) + ms).toISOString();
const clockOf = async (key: string): Promise<string> => String((await world.mine(key, 'clock')).clock);
const offsetOf = async (id: string): Promise<bigint> =>
  (await gateway.database.prisma.merchant.findUniqueOrThrow({ where: { id } })).clockOffsetMs;

/** Signs, and lets the clock of the applicant go on until the contract takes effect. */
async function open(): Promise<Applicant & Access> {
  const applicant = await world.apply();
  const signed = (await world.sign(applicant)) as { application?: { activeFrom: string } };
  const until = signed.application?.activeFrom;
  const moved = await world.run('advanceApplicationClock', { ...applicant, until }, { select });
  expect(moved).toMatchObject({ clock: until, advanced: true });
  await world.becomes(applicant, 'ACTIVE');
  return { ...applicant, ...((await world.claim(applicant)) as unknown as Access) };
}

type PayoutShown = { readonly status: string; readonly sendAt: string; readonly expectedAt: string };

async function payoutOf({ shopId, apiKey: key }: Access): Promise<PayoutShown | undefined> {
  const query = `{ payouts(shopId: "${shopId}") { edges { node { status sendAt expectedAt } } } }`;
  const { data } = await ask<{ payouts: { edges: { node: PayoutShown }[] } }>(gateway, query, { key });
  return data.payouts.edges[0]?.node;
}

const becomes = (merchant: Access, status: string): Promise<void> =>
  expect.poll(async () => (await payoutOf(merchant))?.status, { timeout: 10_000 }).toBe(status);

const settledOf = async ({ shopId, apiKey: key }: Access): Promise<number> => {
  const query = `{ payments(shopId: "${shopId}", filter: { status: [SETTLED] }) { edges { node { id } } } }`;
  const { data } = await ask<{ payments: { edges: object[] } }>(gateway, query, { key });
  return data.payments.edges.length;
};

describe('A merchant of the sandbox', () => {
  it('goes from the signature to the money on his account without waiting for a day', async () => {
    const merchant = await open();
    const { shopId, apiKey: key } = merchant;
    await startBlik(gateway, { key, paymentId: await createPayment(gateway, { key, shopId, mark: 'clock' }) });
    await expect.poll(() => settledOf(merchant), { timeout: 10_000 }).toBe(1);
    const morning = at(nextBusinessDay('POLAND', dayOf(new Date(await clockOf(key)))), { hour: 6 }).toISOString();
    expect(await advance(morning, key)).toMatchObject({ advanced: true });
    await becomes(merchant, 'SCHEDULED');
    const { sendAt = '', expectedAt = '' } = (await payoutOf(merchant)) ?? {};
    await advance(sendAt, key);
    await becomes(merchant, 'SENT');
    expect(await payoutOf(merchant)).toMatchObject({ expectedAt });
    await advance(expectedAt, key);
    await becomes(merchant, 'SETTLED');
  });
});

describe('A clock', () => {
  it('shows the moment, stays where it is when it was there before, and is in the audit log once', async () => {
    const { merchantId, apiKey: key } = await open();
    const until = later(await clockOf(key), 3 * day);
    expect(await advance(until, key)).toEqual({ __typename: 'AdvanceClockSuccess', clock: until, advanced: true });
    const offset = await offsetOf(merchantId);
    for (const moment of [until, later(until, -day), '2020-01-01T00:00:00Z']) {
      const again = await advance(moment, key);
      expect(again).toMatchObject({ advanced: false });
      expect(Date.parse(String(again.clock))).toBeGreaterThanOrEqual(Date.parse(until));
    }
    expect(await offsetOf(merchantId)).toBe(offset);
    expect(Date.parse(await clockOf(key))).toBeGreaterThanOrEqual(Date.parse(until));
    const { rows } = await gateway.database.pool.query(
      `select actor, data from audit_entry where merchant_id = $1 and action = 'ADVANCE_CLOCK' order by sequence`,
      [merchantId],
    );
    expect(rows).toHaveLength(2);
    expect(rows).toMatchObject([{ actor: 'applicant' }, { actor: expect.stringMatching(/^key:/), data: { until } }]);
  });

  it('is moved once by many calls at once, and no clock of others is', async () => {
    const other = await open();
    const { merchantId, apiKey: key } = await open();
    const before = await offsetOf(other.merchantId);
    const until = later(await clockOf(key), day);
    const all = await Promise.all(Array.from({ length: 8 }, () => advance(until, key)));
    expect(all.filter(({ advanced }) => advanced)).toHaveLength(1);
    expect(await offsetOf(other.merchantId)).toBe(before);
    expect(await offsetOf(merchantId)).toBeGreaterThan(0n);
  });

  it('counts at once for keys that end and for shops that are remembered', async () => {
    const { merchantId, shopId, apiKey: key } = await open();
    const now = await clockOf(key);
    const { secret } = await giveKey(gateway.database, { merchantId, expiresAt: new Date(later(now, day)) });
    await createPayment(gateway, { key: secret, shopId, mark: 'before' });
    await advance(later(now, 2 * day), secret);
    expect((await ask(gateway, '{ viewer { merchant { id } } }', { key: secret })).errors?.[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
    const id = await createPayment(gateway, { key, shopId, mark: 'after' });
    const { data } = await ask<{ payment: { createdAt: string } }>(gateway, `{ payment(id: "${id}") { createdAt } }`, {
      key,
    });
    expect(Date.parse(data.payment.createdAt)).toBeGreaterThanOrEqual(Date.parse(later(now, 2 * day)));
  });

  it('goes 400 days ahead of the real time and no further, and sells there', async () => {
    const { merchantId, shopId, apiKey: key } = await open();
    const before = await offsetOf(merchantId);
    const refused = await advance(new Date(Date.now() + 401 * day).toISOString(), key);
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', field: ['until'] });
    expect(await offsetOf(merchantId)).toBe(before);
    expect(await advance(new Date(Date.now() + 399 * day).toISOString(), key)).toMatchObject({ advanced: true });
    await startBlik(gateway, { key, paymentId: await createPayment(gateway, { key, shopId, mark: 'far' }) });
  });

  it('is moved by nobody who does not know the secret of the application', async () => {
    const { merchantId } = await world.apply();
    const wrong = { merchantId, secret: '0'.repeat(64), until: later(new Date().toISOString(), day) };
    expect(await world.run('advanceApplicationClock', wrong, { select })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await offsetOf(merchantId)).toBe(0n);
  });

  it('is not moved in production', async () => {
    const { merchantId } = await world.apply();
    const deps = { clock: { now: () => new Date() }, keyMode: 'live' } as const;
    const wish = { merchantId, by: 'applicant', until: new Date(Date.now() + day) };
    await expect(inTransaction(gateway.database, (tx) => advanceClock(tx, deps, wish))).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'Clocks are moved in the sandbox alone; in production wait until it is that late.',
    });
    expect(await offsetOf(merchantId)).toBe(0n);
  });
});
