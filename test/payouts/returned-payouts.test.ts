import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { changePayoutAccount } from '../../src/contracts/change-payout-account.ts';
import { openContracts } from '../../src/contracts/open-contracts.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createSeal } from '../../src/kernel/seal.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { type AppliedBankAnswer, applyBankAnswers } from '../../src/payouts/apply-bank-answer.ts';
import { cancelPayout } from '../../src/payouts/cancel-payout.ts';
import { payoutSweeps } from '../../src/payouts/jobs.ts';
import { resumePayouts } from '../../src/payouts/resume-payouts.ts';
import { findHoldingPayouts } from '../../src/payouts/sql/find-waiting-payouts.ts';
import { createShopFinder } from '../../src/shops/find-shop.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createPayment, createShop } from '../support/factories.ts';
import { usePayoutWorld } from './world.ts';

const world = await usePayoutWorld();
const operator = { keyId: randomUUID(), name: 'Anna Nowak' };

const secret = 'a secret for tests only, long enough to be one';
const contracts = () => {
  const { database, clock } = world;
  const rules = { keyMode: 'test', activationHours: 4, coolingDays: 2 } as const;
  return openContracts({
    ...rules,
    database,
    clock,
    shops: createShopFinder(database),
    seal: createSeal(secret),
    secret,
  });
};

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
const cancel = (payoutId: string): Promise<Payout> =>
  inTransaction(world.database, (tx) => {
    const wish = { payoutId, code: 'AC01', reason: 'no such account' };
    return cancelPayout(tx, { clock: world.clock, operator }, wish);
  });
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
    await cancel((await last(shop.id)).id);
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

describe('A payout that waits for its file to an account from which one came back', () => {
  const opened = async () => {
    const shop = await world.openShop();
    const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
    await world.sell(shop);
    await runNext();
    await send();
    const first = await last(shop.id);
    for (const one of [shop, sister]) await world.sell(one);
    await runNext();
    await tell(back(first));
    return { shop, sister, first };
  };

  it('is in no file until an operator says that the account may be paid to again; the log says once why', async () => {
    const { shop, sister, first } = await opened();
    const stranger = await world.openShop();
    await world.sell(stranger);
    const lines: unknown[] = [];
    const log = createLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
    const look = payoutSweeps({ ...world.payouts, log }, 'production').find(({ name }) => name === 'payouts to send');
    world.goTo(`${day}T09:00:00+01:00`);
    await look?.work();
    await look?.work();
    expect([await netsOf(shop.id), await netsOf(sister.id)]).toEqual([
      ['RETURNED 9860', 'SCHEDULED 9860'],
      ['SCHEDULED 9860'],
    ]);
    const told = lines.filter((line) => (line as { payoutId?: string }).payoutId === first.id);
    expect(told).toMatchObject([
      {
        payouts: 2,
        msg: 'payouts stay SCHEDULED: one to their account came back, so they wait for resumePayouts, or are cancelled',
      },
    ]);
    await resume(first.id);
    await look?.work();
    expect([(await last(shop.id)).status, (await last(sister.id)).status]).toEqual(['SENT', 'SENT']);
    await tell(
      ...[await last(shop.id), await last(sister.id)].map(({ id }) => ({ payoutId: id, kind: 'booked' as const })),
    );
  });

  it('is told of however many accounts wait that nobody has decided on for long', async () => {
    const [, newest] = [await opened(), await opened()];
    expect((await findHoldingPayouts(world.database, 1)).map(({ id }) => id)).toEqual([newest.first.id]);
  });

  it('is cancelled, or waits on, when its merchant names another account', async () => {
    const { shop, sister } = await opened();
    await changeAccount(shop.merchantId, 'PL27114020040000300201355387');
    expect(await send()).toBe(0);
    for (const one of [shop, sister]) await cancel((await last(one.id)).id);
    await runNext();
    expect(await send()).toBe(1);
    expect([(await last(shop.id)).net, (await last(sister.id)).net]).toEqual([19_720n, 9_860n]);
    await tell(
      ...[await last(shop.id), await last(sister.id)].map(({ id }) => ({ payoutId: id, kind: 'booked' as const })),
    );
  });
});

const requested = async (merchantId: string, iban: string): Promise<string> => {
  const id = randomUUID();
  await world.database.pool.query(
    `insert into payout_account_change (id, merchant_id, idempotency_key, input_hash, currency, iban, status,
      in_force_from, created_at, updated_at) values ($1::uuid, $2, $1::text, '', 'PLN', $3, 'REQUESTED', $4, $4, $4)`,
    [id, merchantId, iban, world.clock.now()],
  );
  return id;
};

describe('An account from which a payout came back', () => {
  const other = 'PL27114020040000300201355387';
  it.each(['in force', 'late'])('is paid to again once its merchant names it anew, with the job %s', async (job) => {
    const { shop, returned } = await openReturned();
    const change = async (iban: string, isLate: boolean): Promise<void> => {
      const id = await requested(shop.merchantId, iban);
      if (!isLate) await changePayoutAccount(contracts(), id);
    };
    await change(other, false);
    await runNext();
    await send();
    await tell({ payoutId: (await last(shop.id)).id, kind: 'booked' });
    await world.sell(shop);
    await change(returned.iban, job === 'late');
    expect((await world.payoutsOf(shop.id))[0]?.resumedAt).toEqual(job === 'late' ? null : world.clock.now());
    await runNext();
    expect(await netsOf(shop.id)).toEqual(['RETURNED 9860', 'SETTLED 9860', 'SCHEDULED 9860']);
    expect((await last(shop.id)).iban).toBe(returned.iban);
    await cancel((await last(shop.id)).id);
  });
});

describe('A change of the payout account whose job is late', () => {
  it('lets what came back before it be paid, and not what came back since', async () => {
    const { shop, returned } = await openReturned();
    await resume(returned.id);
    await runNext();
    await send();
    const [, second] = (await world.payoutsOf(shop.id)) as [Payout, Payout];
    const changeId = await requested(shop.merchantId, returned.iban);
    world.clock.pass({ ms: 1_000 });
    // Sent to the account before the change was asked for, it comes back after the moment from which that is in force.
    await tell(back(second));
    await world.sell(shop);
    await runNext();
    expect(await netsOf(shop.id)).toEqual(['RETURNED 9860', 'RETURNED 9860']);
    await changePayoutAccount(contracts(), changeId);
    expect((await last(shop.id)).resumedAt).toBeNull();
    await runNext();
    expect(await netsOf(shop.id)).toEqual(['RETURNED 9860', 'RETURNED 9860']);
  });

  it('lets be paid what came back at its very moment', async () => {
    const { shop, returned } = await openReturned();
    const changeId = await requested(shop.merchantId, returned.iban);
    await changePayoutAccount(contracts(), changeId);
    expect((await last(shop.id)).resumedAt).toEqual(world.clock.now());
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

  it('by another clock than that of its merchant', async () => {
    const { shop, returned } = await openReturned();
    await world.database.pool.query('update merchant set clock_offset_ms = 3600000 where id = $1', [shop.merchantId]);
    expect((await resume(returned.id)).resumedAt).toEqual(world.clock.now({ clockOffsetMs: 3_600_000 }));
  });

  it('by one that is none, or without a reason', async () => {
    await expect(resume(randomUUID())).rejects.toThrow('There is no payout with this id.');
    await expect(resume(randomUUID(), ' ')).rejects.toThrow('reason must have 1 to 500 characters, not 0.');
  });
});
