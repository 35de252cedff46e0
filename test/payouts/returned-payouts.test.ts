import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { type AppliedBankAnswer, applyBankAnswers } from '../../src/payouts/apply-bank-answer.ts';
import { cancelPayout } from '../../src/payouts/cancel-payout.ts';
import { resumePayouts } from '../../src/payouts/resume-payouts.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createPayment, createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

let world: PayoutWorld;
const operator = { keyId: randomUUID(), name: 'Anna Nowak' };

beforeAll(async () => {
  world = await openPayoutWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  expect(world.alarms.splice(0)).toEqual([]);
});

afterAll(() => world.close());

/** The day of the next run; the stories follow each other in time. */
let day = Temporal.PlainDate.from('2027-01-10');

/** Goes to the next business day and runs its payouts. */
async function runNext(): Promise<void> {
  do day = day.add({ days: 1 });
  while (day.dayOfWeek > 5);
  await world.payAt(`${day}T06:00:00+01:00`);
}

/** Hands over what waits. */
const send = (): Promise<number> => world.sendAt(`${day}T09:00:00+01:00`);
const tell = (...answers: Parameters<typeof applyBankAnswers>[2]): Promise<readonly AppliedBankAnswer[]> =>
  inTransaction(world.database, (tx) => applyBankAnswers(tx, world.payouts, answers));
const back = (payout: Payout | undefined) =>
  ({ payoutId: payout?.id ?? '', kind: 'returned', reason: 'AC04' }) as const;
const resume = (payoutId: string, reason = ' the bank was wrong '): Promise<Payout> =>
  inTransaction(world.database, (tx) => resumePayouts(tx, { clock: world.clock, operator }, { payoutId, reason }));
const last = async (owner: string): Promise<Payout> => (await world.payoutsOf(owner)).at(-1) as Payout;
const netsOf = async (owner: string): Promise<string[]> =>
  (await world.payoutsOf(owner)).map(({ status, net }) => `${status} ${net}`);

/** A shop whose payout of 98.60 PLN came back. */
async function openReturned(): Promise<{ readonly shop: Shop; readonly returned: Payout }> {
  const shop = await world.openShop();
  await world.sell(shop);
  await runNext();
  await send();
  await tell(back(await last(shop.id)));
  return { shop, returned: await last(shop.id) };
}

const changeAccount = (merchantId: string, iban: string) =>
  world.database.pool.query('update payout_account set iban = $2 where merchant_id = $1', [merchantId, iban]);

describe('A payout that came back', () => {
  it.each(['SENT', 'SETTLED'] as const)(
    'when it was %s is owed again, and paid once another account is in force',
    async (state) => {
      const shop = await world.openShop();
      await world.sell(shop);
      await runNext();
      await send();
      const payout = await last(shop.id);
      if (state === 'SETTLED') await tell({ payoutId: payout.id, kind: 'booked' });
      expect((await tell(back(payout), back(payout))).map(({ changed }) => changed)).toEqual([true, false]);
      expect(await world.balanceOf(shop.id)).toBe(9_860n);
      await world.sell(shop, 700n);
      await runNext();
      await runNext();
      expect(await netsOf(shop.id)).toEqual(['RETURNED 9860']);
      await changeAccount(shop.merchantId, 'PL27114020040000300201355387');
      await runNext();
      expect(await netsOf(shop.id)).toEqual(['RETURNED 9860', 'SCHEDULED 10550']);
      expect(await last(shop.id)).toMatchObject({
        ...{ gross: 700n, returned: 9_860n, commission: 10n, iban: 'PL27114020040000300201355387' },
      });
      await send();
      await tell({ payoutId: (await last(shop.id)).id, kind: 'booked' });
    },
  );

  it('is paid again to the same account when an operator says so; one that then comes back holds it anew', async () => {
    const { shop, returned } = await openReturned();
    const resumed = await resume(returned.id);
    expect(resumed).toEqual({ ...returned, resumedAt: world.clock.now() });
    world.clock.pass({ ms: 1_000 });
    expect(await resume(returned.id)).toEqual(resumed);
    expect(await last(shop.id)).toEqual(resumed);
    const { rows } = await world.database.pool.query('select actor, action, data from audit_entry where subject = $1', [
      `payout:${returned.id}`,
    ]);
    const data = { reason: 'the bank was wrong', payouts: 1 };
    expect(rows).toEqual([{ actor: `operator:${operator.keyId}`, action: 'RESUME_PAYOUTS', data }]);
    await runNext();
    expect(await netsOf(shop.id)).toEqual(['RETURNED 9860', 'SCHEDULED 9860']);
    await send();
    await tell(back(await last(shop.id)));
    await runNext();
    expect(await netsOf(shop.id)).toEqual(['RETURNED 9860', 'RETURNED 9860']);
    await resume((await last(shop.id)).id);
  });

  it('keeps other shops of its merchant from the account as well, in its currency alone, and no other merchant', async () => {
    const { shop, returned } = await openReturned();
    const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
    const stranger = await world.openShop();
    await world.database.pool.query(
      `insert into payout_account (id, merchant_id, currency, iban, valid_from, created_at)
      select gen_random_uuid(), merchant_id, 'HUF', iban, valid_from, created_at from payout_account
      where merchant_id = $1 and currency = 'PLN' on conflict do nothing`,
      [shop.merchantId],
    );
    for (const one of [sister, stranger]) await world.sell(one);
    await world.sell(shop, 100_000n, 'HUF');
    await runNext();
    expect(await netsOf(sister.id)).toEqual([]);
    expect(await netsOf(stranger.id)).toEqual(['SCHEDULED 9860']);
    expect((await world.payoutsOf(shop.id)).map(({ currency }) => currency)).toEqual(['PLN', 'HUF']);
    await resume(returned.id);
    await runNext();
    expect(await netsOf(sister.id)).toEqual(['SCHEDULED 9860']);
  });

  it('or was cancelled keeps the next one from the same account', async () => {
    const shop = await world.openShop();
    await world.sell(shop);
    await runNext();
    const { id: payoutId } = await last(shop.id);
    const wish = { payoutId, code: 'AC01', reason: 'no such account' };
    await inTransaction(world.database, (tx) => cancelPayout(tx, { clock: world.clock, operator }, wish));
    await runNext();
    expect(await netsOf(shop.id)).toEqual(['RETURNED 9860']);
  });

  it('to a recipient of baskets is not made again each day; the shop is paid', async () => {
    const shop = await world.openShop();
    const sell = async (): Promise<void> => {
      const shares = [{ account: '72105000028166973380325415', amount: 6_000n, label: 'Firma' }];
      const payment = await createPayment(world.deps, shop, { amount: 10_000n, shares });
      world.acquirer.onStart({ kind: 'settled', amount: 10_000n });
      const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' } } as const;
      await startTransaction(
        world.deps,
        { shop, source: 'WEB' },
        { paymentId: payment.id, idempotencyKey: randomUUID(), ...card },
      );
    };
    await sell();
    await runNext();
    await send();
    const { id } = await world.database.prisma.recipient.findFirstOrThrow({ where: { merchantId: shop.merchantId } });
    const paid = await last(id);
    await tell({ payoutId: (await last(shop.id)).id, kind: 'booked' }, back(paid));
    await sell();
    await runNext();
    await runNext();
    expect([(await netsOf(id)).length, (await netsOf(shop.id)).length]).toEqual([1, 2]);
    expect(await world.balanceOf(id)).toBeGreaterThan(paid.net);
    await resume(paid.id);
    await runNext();
    expect((await last(id)).returned).toBe(paid.net);
    expect(await world.balanceOf(id)).toBe(0n);
  });
});

describe('An operator cannot say that an account is paid to again', () => {
  it('by a payout that has not come back', async () => {
    const shop = await world.openShop();
    await world.sell(shop);
    await runNext();
    const payout = await last(shop.id);
    await expect(resume(payout.id)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: 'The payout is SCHEDULED: only one that is RETURNED keeps others from its account.',
    });
    expect(await last(shop.id)).toEqual(payout);
  });

  it('by one that is none, or without a reason', async () => {
    await expect(resume(randomUUID())).rejects.toThrow('There is no payout with this id.');
    await expect(resume(randomUUID(), ' ')).rejects.toThrow('reason must have 1 to 500 characters, not 0.');
  });
});
