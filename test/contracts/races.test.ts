import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateMerchant } from '../../src/contracts/activate-merchant.ts';
import { activateShop } from '../../src/contracts/activate-shop.ts';
import { changePayoutAccount } from '../../src/contracts/change-payout-account.ts';
import type { ContractDeps } from '../../src/contracts/deps.ts';
import { openContracts } from '../../src/contracts/open-contracts.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { createSeal } from '../../src/kernel/seal.ts';
import { createShopFinder } from '../../src/shops/find-shop.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type ContractWorld, type Outcome, openWorld } from './world.ts';

const secret = 'a secret for tests only, long enough to be one';
let gateway: TestGateway;
let world: ContractWorld;
let deps: ContractDeps;

beforeAll(async () => {
  // Without a worker: what falls due is done by hand, at the moment of the race.
  gateway = await startTestGateway({ role: 'api', secret });
  world = openWorld(gateway);
  const { database } = gateway;
  const rules = { keyMode: 'test', activationHours: 4, coolingDays: 2 } as const;
  const shops = createShopFinder(database);
  deps = openContracts({ ...rules, database, shops, clock: systemClock, seal: createSeal(secret), secret });
});

afterAll(() => gateway.stop());

/** Runs two deeds so that both are under way and wait for the shops of a merchant before either goes on, in this order. */
async function race<First, Second>(
  merchantId: string,
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<[First, Second]> {
  const { pool } = gateway.database;
  const waiting = async (): Promise<number> => {
    const text = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return (await pool.query(text)).rows.length;
  };
  const holder = await pool.connect();
  try {
    await holder.query('begin');
    const text = 'select 1 from shop_counter where shop_id in (select id from shop where merchant_id = $1) for update';
    await holder.query(text, [merchantId]);
    const one = first();
    await expect.poll(waiting, { timeout: 10_000, interval: 5 }).toBe(1);
    const other = second();
    await expect.poll(waiting, { timeout: 10_000, interval: 5 }).toBe(2);
    await holder.query('commit');
    return await Promise.all([one, other]);
  } finally {
    holder.release();
  }
}

const plansOf = (merchantId: string) => gateway.database.prisma.pricePlan.count({ where: { shop: { merchantId } } });

it('Two who claim the first keys at the same moment get them once, and one pair of keys is made', async () => {
  const applicant = await signed();
  await activateMerchant(deps, applicant.merchantId);
  const claim = () => world.claim(applicant);
  const [first, second] = await race(applicant.merchantId, claim, claim);
  expect([first.apiKey, second.code]).toEqual([expect.stringMatching(/^bk_test_/), 'ACCESS_CLAIMED']);
  expect(await gateway.database.prisma.apiKey.count({ where: { merchantId: applicant.merchantId } })).toBe(2);
});

async function signed() {
  const applicant = await world.apply();
  await world.sign(applicant);
  await world.pass(applicant.merchantId, 7);
  return applicant;
}

describe.each(['HOLD', 'REFUSE'])('%s and the moment at which it takes effect', (decision) => {
  it.each(['decision', 'activation'])('of an application: the %s comes first', async (winner) => {
    const applicant = await signed();
    const { merchantId } = applicant;
    const review = () => world.review(merchantId, decision, 'We look into it.');
    const activate = () => activateMerchant(deps, merchantId);
    if (winner === 'decision') {
      const [reviewed] = await race(merchantId, review, activate);
      const status = decision === 'HOLD' ? 'SIGNED' : 'REFUSED';
      expect(reviewed).toMatchObject({ application: { status } });
      expect([(await world.follow(applicant)).status, await plansOf(merchantId)]).toEqual([status, 0]);
    } else {
      const [, reviewed] = await race(merchantId, activate, review);
      expect(reviewed.code).toBe('WRONG_STATE');
      expect(await world.follow(applicant)).toMatchObject({ status: 'ACTIVE', heldReason: null, reason: null });
      expect(await plansOf(merchantId)).toBe(1);
    }
  });

  it.each(['decision', 'activation'])('of a further shop: the %s comes first', async (winner) => {
    const { merchantId, apiKey: key } = gateway.demo;
    const input = { idempotencyKey: randomUUID(), name: 'Noże', url: 'https://noze.example' };
    const submitted = await world.run('submitShop', input, { key, select: 'shop { id }' });
    const { id } = submitted.shop as { id: string };
    await world.pass(merchantId, 7);
    const plans = await plansOf(merchantId);
    const review = () => world.reviewShop(id, decision, 'We look into it.');
    const activate = () => activateShop(deps, id);
    if (winner === 'decision') {
      const [reviewed] = await race(merchantId, review, activate);
      const status = decision === 'HOLD' ? 'SUBMITTED' : 'REFUSED';
      expect(reviewed).toMatchObject({ shop: { status } });
      expect([await world.statusOf(id), await plansOf(merchantId)]).toEqual([status, plans]);
    } else {
      const [, reviewed] = await race(merchantId, activate, review);
      expect(reviewed.code).toBe('WRONG_STATE');
      expect([await world.statusOf(id), await plansOf(merchantId)]).toEqual(['ACTIVE', plans + 1]);
    }
  });
});

describe('A change of the payout account', () => {
  const iban = 'PL61109010140000071219812874';

  /** Asks for a change, and gives its id. */
  async function request(currency: string): Promise<string> {
    const input = { idempotencyKey: currency, currency, iban };
    const { demo } = gateway;
    const requested = await world.run('requestPayoutAccount', input, { key: demo.apiKey, select: 'change { id }' });
    return (requested.change as { id: string }).id;
  }

  /** The state of a change, and of each account in force whether it is the one that was asked for. */
  async function standingOf(id: string, currency: 'EUR' | 'USD' | 'PLN') {
    const { prisma } = gateway.database;
    const { status } = await prisma.payoutAccountChange.findUniqueOrThrow({ where: { id } });
    const { merchantId } = gateway.demo;
    const accounts = await prisma.payoutAccount.findMany({ where: { merchantId, currency, validUntil: null } });
    return [status, ...accounts.map((account) => account.iban === iban)];
  }

  it.each([
    ['cancelling', 'EUR'],
    ['its job', 'USD'],
  ] as const)('is in force, once, when it is cancelled at its moment: %s comes first', async (winner, currency) => {
    const { merchantId, apiKey: key } = gateway.demo;
    const id = await request(currency);
    await world.pass(merchantId, 7);
    const cancel = () => cancelChange(key, id);
    const change = () => changePayoutAccount(deps, id);
    const outcomes = await (winner === 'cancelling'
      ? race(merchantId, cancel, change)
      : race(merchantId, change, cancel));
    expect(outcomes).toContainEqual({ code: 'WRONG_STATE' });
    expect(await standingOf(id, currency)).toEqual(['IN_FORCE', true]);
  });

  it('stays cancelled when its job comes before its moment, and at it', async () => {
    const { merchantId, apiKey: key } = gateway.demo;
    const id = await request('PLN');
    const [cancelled] = await race(
      merchantId,
      () => cancelChange(key, id),
      () => changePayoutAccount(deps, id),
    );
    expect(cancelled).toEqual({ change: { status: 'CANCELLED' } });
    await world.pass(merchantId, 7);
    await changePayoutAccount(deps, id);
    expect(await standingOf(id, 'PLN')).toEqual(['CANCELLED', false]);
  });

  async function cancelChange(key: string, id: string): Promise<Outcome> {
    const success = '... on CancelPayoutAccountChangeSuccess { change { status } }';
    const query = `mutation($id: ID!) { cancelPayoutAccountChange(id: $id) { ${success} ... on Refusal { code } } }`;
    const answer = await ask<{ cancelPayoutAccountChange: Outcome }>(gateway, query, { variables: { id }, key });
    return answer.data.cancelPayoutAccountChange;
  }
});
