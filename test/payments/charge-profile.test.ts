import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import type { Payment, Profile } from '../../src/kernel/db/generated/prisma/client.ts';
import { hashInput } from '../../src/kernel/idempotency.ts';
import { type ChargeProfileInput, chargeProfile } from '../../src/payments/charge-profile.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { deactivateProfile } from '../../src/profiles/deactivate-profile.ts';
import { profileJobs } from '../../src/profiles/jobs.ts';
import { holderOf } from '../../src/profiles/model.ts';
import { readProfilesOfCustomer } from '../../src/profiles/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, createPayment, createPaymentDeps, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { readTypes } from './read-records.ts';
import { openWorld, type World } from './world.ts';

const customerId = 'customer-1';
const expiry = { month: 12, year: 2029 };
const instrument = { token: randomUUID(), brand: 'VISA', last4: '1111', expiry } as const;
const paid: AcquirerAnswer = { kind: 'settled', amount: 1234n };

let world: World;
let shop: Shop;

beforeAll(async () => {
  world = await openWorld(['oneclick', 'recurring', 'blik', 'blik_oneclick']);
});
afterEach(async () => {
  world.acquirer.onStart(undefined);
  world.acquirer.started.length = 0;
  expect(await brokenInvariants(world.database)).toEqual([]);
});
afterAll(() => world.close());

const profilesOf = (id: string) => readProfilesOfCustomer(world.database, { shopIds: [id], customerId });
const wishesLeft = async () =>
  (await world.database.pool.query<{ count: bigint }>('select count(*) from profile_wish')).rows[0]?.count;

/** Pays for the first time by a card that is to be stored; nothing is known of the outcome yet. */
async function begin(documents: { customerId?: string } = { customerId }) {
  shop = await world.openShop();
  const payment = await createPayment(world.deps, shop, { documents });
  const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), method: 'CARD', channel: 'oneclick' } as const;
  const card = { token: instrument.token, fingerprint: 'a card', instrument };
  const { transaction } = await startTransaction(world.deps, { shop, source: 'WEB' }, { ...wish, card });
  return { payment, transaction };
}

async function store(): Promise<Profile> {
  const { transaction } = await begin();
  await tellAnswer(world.deps, transaction.id, paid);
  const [profile] = await profilesOf(shop.id);
  if (!profile) throw new Error('Nothing was stored.');
  world.acquirer.started.length = 0;
  return profile;
}

function charge(profile: Profile, changes: Partial<ChargeProfileInput> = {}, deps = world.deps) {
  const prepare = { clock: deps.clock, acquirers: deps.acquirers, addressRule: 'any' } as const;
  const usual = { shopId: profile.shopId, profileId: profile.id, idempotencyKey: randomUUID() };
  const wish = { ...usual, amount: 1234n, currency: 'PLN', orderId: 'NEXT/1', ...changes } as const;
  return chargeProfile({ payments: deps, prepare }, { actor: actorOf(shop), source: 'API' }, wish);
}

/** Registers a BLIK alias of the customer, who calls himself so at that time, or renews it. */
async function registerAlias(firstName: string): Promise<Profile> {
  const customer = { firstName, lastName: 'Kowalski', email: `${firstName}@payer.example` };
  const payment = await createPayment(world.deps, shop, { customer, documents: { customerId } });
  const apps = [{ key: 'app-1', label: 'Bank app' }];
  world.acquirer.onStart({ kind: 'settled', amount: payment.amount, apps });
  const wish = { paymentId: payment.id, idempotencyKey: randomUUID(), method: 'BLIK', blikCode: '123456' } as const;
  await startTransaction(world.deps, { shop, source: 'API' }, { ...wish, channel: 'blik_oneclick' });
  world.acquirer.started.length = 0;
  const [alias] = await profilesOf(shop.id);
  if (!alias) throw new Error('Nothing was registered.');
  return alias;
}

const paymentsOf = async (id: string): Promise<Payment['status'][]> => {
  const text = 'select status from payment where shop_id = $1 order by status';
  return (await world.database.pool.query<Payment>(text, [id])).rows.map(({ status }) => status);
};

describe('A card', () => {
  it('is stored by the first payment that has its money, and not before', async () => {
    const { transaction } = await begin();
    expect(await profilesOf(shop.id)).toEqual([]);
    await tellAnswer(world.deps, transaction.id, paid);
    expect(await profilesOf(shop.id)).toMatchObject([
      {
        ...{ customerId, kind: 'ONE_CLICK', method: 'CARD', status: 'ACTIVE', label: '****1111' },
        ...{ token: instrument.token, firstTransactionId: transaction.id },
        details: { brand: 'VISA', expiry, firstName: 'Jan', lastName: 'Kowalski' },
      },
    ]);
    expect(await readTypes(world.database, shop.id, 3)).toEqual([
      'TRANSACTION_SETTLED',
      'PAYMENT_SETTLED',
      'PROFILE_ACTIVE',
    ]);
    expect(await wishesLeft()).toBe(0n);
  });

  it('is stored once the money is reserved', async () => {
    const { transaction } = await begin();
    await tellAnswer(world.deps, transaction.id, { kind: 'authorized', amount: 1234n });
    expect(await profilesOf(shop.id)).toHaveLength(1);
    await tellAnswer(world.deps, transaction.id, paid);
    expect(await profilesOf(shop.id)).toHaveLength(1);
  });

  it('is not stored when it is refused, and its token is forgotten', async () => {
    const { transaction } = await begin();
    await tellAnswer(world.deps, transaction.id, { kind: 'rejected', reason: 'ISSUER_DECLINED', code: 'CODE_05' });
    expect(await profilesOf(shop.id)).toEqual([]);
    expect(await wishesLeft()).toBe(0n);
  });

  it('cannot be stored for a customer without a name', async () => {
    await expect(begin({})).rejects.toMatchObject({ code: 'INVALID_INPUT', field: ['customerId'] });
    expect(world.acquirer.started).toEqual([]);
    expect(await readTypes(world.database, shop.id, 0)).toEqual(['PAYMENT_CREATED']);
  });

  it('ends with its last month', async () => {
    const profile = await store();
    const left = Date.UTC(2030, 0, 1) - world.clock.now().getTime();
    const jobs = profileJobs(world.deps);
    expect(await world.letPass({ ms: left - 7_200_000 }, jobs)).not.toContain('expire-profile');
    expect(await world.letPass({ ms: 7_200_000 }, jobs)).toContain('expire-profile');
    expect(await profilesOf(shop.id)).toMatchObject([{ status: 'EXPIRED' }]);
    await expect(charge(profile)).rejects.toMatchObject({ code: 'PROFILE_NOT_ACTIVE' });
    world.clock.pass({ ms: -left });
  });
});

describe('A charge', () => {
  it('pays a payment of its own with the stored card, of which nobody is asked anything', async () => {
    const profile = await store();
    world.acquirer.onStart(paid);
    const { transaction, payment, replayed } = await charge(profile);
    expect(replayed).toBe(false);
    expect(transaction).toMatchObject({ status: 'SETTLED', channel: 'oneclick', profileId: profile.id, amount: 1234n });
    expect(payment).toMatchObject({ status: 'SETTLED', orderId: 'NEXT/1', customerFirstName: 'Jan' });
    expect(world.acquirer.started).toMatchObject([{ cardToken: instrument.token, stored: true, amount: 1234n }]);
    expect(await profilesOf(shop.id)).toHaveLength(1);
  });

  it('that is sent again under its key takes nothing more, even once the card is ended', async () => {
    const profile = await store();
    world.acquirer.onStart(paid);
    const first = await charge(profile, { idempotencyKey: 'again' });
    await deactivateProfile(world.deps, actorOf(shop), { profileId: profile.id });
    const second = await charge(profile, { idempotencyKey: 'again' });
    expect([second.replayed, second.transaction.id]).toEqual([true, first.transaction.id]);
    await expect(charge(profile, { idempotencyKey: 'again', amount: 1n })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(world.acquirer.started).toHaveLength(1);
  });

  it('that is sent again under its key takes nothing more, though its alias was renewed by a payer with another name', async () => {
    shop = await world.openShop();
    const alias = await registerAlias('Jan');
    world.acquirer.onStart(paid);
    const first = await charge(alias, { idempotencyKey: 'again' });
    expect((await registerAlias('Janina')).id).toBe(alias.id);
    const second = await charge(alias, { idempotencyKey: 'again', profileId: alias.id.toUpperCase() });
    expect([second.replayed, second.transaction.id]).toEqual([true, first.transaction.id]);
    for (const change of [{ amount: 1n }, { appKey: 'app-1' }, { payerIp: '192.0.2.7' }]) {
      await expect(charge(alias, { idempotencyKey: 'again', ...change })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
    }
    expect(world.acquirer.started).toEqual([]);
  });

  it('by an alias that is renewed before it is sent leaves the new one as it is, though the bank declines the old', async () => {
    shop = await world.openShop();
    const alias = await registerAlias('Jan');
    const declined = { kind: 'rejected', reason: 'ALIAS_DECLINED', code: 'BLK-ERROR-210003' } as const;
    // The payer pays by a code just after the alias was read, and its new one is there when the charge is decided.
    const admit = async () => {
      await registerAlias('Jan');
      world.acquirer.onStart(declined);
    };
    const { transaction } = await charge(alias, {}, { ...world.deps, attempts: { ...world.deps.attempts, admit } });
    expect(transaction).toMatchObject({ status: 'REJECTED', reason: 'ALIAS_DECLINED' });
    expect(world.acquirer.started).toMatchObject([{ alias: { name: alias.token } }]);
    const [renewed] = await profilesOf(shop.id);
    expect(renewed).toMatchObject({ id: alias.id, status: 'ACTIVE' });
    expect(renewed?.token).not.toBe(alias.token);
    await charge(alias);
    expect(await profilesOf(shop.id)).toMatchObject([{ id: alias.id, status: 'EXPIRED' }]);
    expect(await wishesLeft()).toBe(0n);
  });

  it('that an earlier version made is still known under its key', async () => {
    const profile = await store();
    world.acquirer.onStart(paid);
    const first = await charge(profile, { idempotencyKey: 'before' });
    // By the payment with its holder, and under the key of the payment.
    const { firstName, lastName, email } = holderOf(profile);
    const hash = hashInput({
      ...{ idempotencyKey: 'before', amount: 1234n, currency: 'PLN', orderId: 'NEXT/1', documents: { customerId } },
      ...{ customer: { firstName, lastName, email }, methods: ['CARD'], preselectChannel: 'oneclick' },
    });
    const { pool } = world.database;
    await pool.query('update payment set input_hash = $2 where id = $1', [first.payment.id, hash]);
    await pool.query(`update transaction set idempotency_key = 'before' where id = $1`, [first.transaction.id]);
    const second = await charge(profile, { idempotencyKey: 'before' });
    expect([second.replayed, second.transaction.id]).toEqual([true, first.transaction.id]);
    await expect(charge(profile, { idempotencyKey: 'before', payerIp: '192.0.2.7' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(world.acquirer.started).toHaveLength(1);
  });

  it('has nothing to do with the keys of starts, whichever came first', async () => {
    const profile = await store();
    const [one, other] = [await createPayment(world.deps, shop), await createPayment(world.deps, shop)];
    await startBlik(world.deps, shop, { paymentId: one.id, idempotencyKey: 'order-1' });
    world.acquirer.onStart(paid);
    expect(await charge(profile, { idempotencyKey: 'order-1' })).toMatchObject({ replayed: false });
    expect(await charge(profile, { idempotencyKey: 'order-2' })).toMatchObject({ replayed: false });
    const started = await startBlik(world.deps, shop, { paymentId: other.id, idempotencyKey: 'order-2' });
    expect(started).toMatchObject({ replayed: false, payment: { id: other.id } });
    expect(await paymentsOf(shop.id)).toEqual(['PENDING', 'SETTLED', 'SETTLED', 'SETTLED', 'SETTLED']);
  });

  it('under the key of a payment is refused, and leaves no payment behind', async () => {
    const profile = await store();
    await createPayment(world.deps, shop, { idempotencyKey: 'order-1' });
    const before = await paymentsOf(shop.id);
    await expect(charge(profile, { idempotencyKey: 'order-1' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await paymentsOf(shop.id)).toEqual(before);
  });

  it('that is refused is an answer', async () => {
    const profile = await store();
    world.acquirer.onStart({ kind: 'rejected', reason: 'ISSUER_DECLINED', code: 'CODE_05' });
    expect((await charge(profile)).transaction).toMatchObject({ status: 'REJECTED', acquirerCode: 'CODE_05' });
    expect(await profilesOf(shop.id)).toMatchObject([{ status: 'ACTIVE' }]);
  });

  it('without an answer is UNKNOWN until the acquirer is asked', async () => {
    const profile = await store();
    world.acquirer.onStart({ kind: 'silent' });
    const { transaction } = await charge(profile);
    expect(transaction.status).toBe('UNKNOWN');
    world.acquirer.onAsk(paid);
    await world.letPass({ ms: 15_000 });
    expect(await readTypes(world.database, shop.id, 10)).toEqual(['TRANSACTION_SETTLED', 'PAYMENT_SETTLED']);
  });

  it('of an ended card makes no payment', async () => {
    const profile = await store();
    await deactivateProfile(world.deps, actorOf(shop), { profileId: profile.id });
    const before = await readTypes(world.database, shop.id, 0);
    await expect(charge(profile)).rejects.toMatchObject({ code: 'PROFILE_NOT_ACTIVE', field: ['profileId'] });
    expect(await readTypes(world.database, shop.id, 0)).toEqual(before);
  });

  it('is not for another shop of the merchant, nor for a stranger', async () => {
    const profile = await store();
    await expect(charge(profile, { shopId: randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const mine = shop;
    shop = await world.openShop();
    await expect(charge(profile)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    shop = mine;
  });
});

describe('Deactivating', () => {
  it('is told once, however often it is ordered', async () => {
    const profile = await store();
    for (let times = 0; times < 3; times++) {
      expect(await deactivateProfile(world.deps, actorOf(shop), { profileId: profile.id })).toMatchObject({
        status: 'DEACTIVATED',
      });
    }
    const types = await readTypes(world.database, shop.id, 0);
    expect(types.filter((type) => type === 'PROFILE_DEACTIVATED')).toHaveLength(1);
  });
});

describe('On real connections', () => {
  const others: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const other of others) await other.close();
  });

  /** Gateways of their own on the same database. */
  function gateways(count: number) {
    return Array.from({ length: count }, () => {
      const database = openDatabase({ url: world.url, connectionsMax: 3 });
      others.push(database);
      return createPaymentDeps(database, { clock: world.clock, acquirers: [world.acquirer] });
    });
  }

  it('one key charges once, through four gateways', async () => {
    const profile = await store();
    world.acquirer.onStart(paid);
    const ends = await Promise.all(gateways(4).map((deps) => charge(profile, { idempotencyKey: 'race' }, deps)));
    expect(new Set(ends.map(({ transaction }) => transaction.id)).size).toBe(1);
    expect(world.acquirer.started).toHaveLength(1);
  });

  it('a charge beside a deactivation is made or refused, and none is made after it', async () => {
    const profile = await store();
    world.acquirer.onStart(paid);
    const [one, two, three, four] = gateways(4);
    const charges = [one, two, three].map((deps) => charge(profile, {}, deps));
    const [ended, ...ends] = await Promise.allSettled([
      deactivateProfile(four ?? world.deps, actorOf(shop), { profileId: profile.id }),
      ...charges,
    ]);
    expect(ended).toMatchObject({ value: { status: 'DEACTIVATED' } });
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(refused).toEqual(refused.map(() => 'PROFILE_NOT_ACTIVE'));
    expect(world.acquirer.started).toHaveLength(ends.length - refused.length);
    const numbers = await inTransaction(world.database, (tx) =>
      tx.query<{ number: bigint; type: string }>({
        name: 'test-read-numbers',
        text: 'select number, type from event where shop_id = $1::uuid order by number',
        values: [shop.id],
      }),
    );
    const end = numbers.findIndex(({ type }) => type === 'PROFILE_DEACTIVATED');
    expect(numbers.slice(end).filter(({ type }) => type === 'TRANSACTION_PENDING')).toEqual([]);
  });
});
