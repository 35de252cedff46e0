import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { BankFile } from '../../src/kernel/db/generated/prisma/client.ts';
import { withHyphens } from '../../src/kernel/ids.ts';
import { createLog } from '../../src/kernel/log.ts';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { applyBankAnswers } from '../../src/payouts/apply-bank-answer.ts';
import { payoutSweeps } from '../../src/payouts/jobs.ts';
import { returningIban } from '../../src/payouts/model.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { type Movement, readMovements } from '../../src/payouts/sql/read-movements.ts';
import { readTypes } from '../payments/read-records.ts';
import { findXmlFaults } from '../statements/validate-xml.ts';
import { createShop } from '../support/factories.ts';
import { usePayoutWorld } from './world.ts';

const world = await usePayoutWorld();

/** What the worker does again and again, at a moment. */
async function sweepAt(moment: string): Promise<void> {
  await world.payAt(moment);
  await sendPayouts(world.payouts);
  await answerAsBank(world.payouts);
}

describe('A payout', () => {
  it('goes to the bank half an hour before the session, and is booked with it', async () => {
    const shop = await world.openShop();
    await world.sell(shop);
    const states: (string | undefined)[] = [];
    for (const time of ['06:00', '08:59', '09:00', '09:29', '09:30']) {
      await sweepAt(`2026-11-27T${time}:00+01:00`);
      states.push((await world.payoutsOf(shop.id))[0]?.status);
    }
    expect(states).toEqual(['SCHEDULED', 'SCHEDULED', 'SENT', 'SENT', 'SETTLED']);
    expect((await readTypes(world.database, shop.id)).filter((type) => type.startsWith('PAYOUT'))).toEqual([
      ...['PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SETTLED'],
    ]);
    expect((await world.payoutsOf(shop.id))[0]).toMatchObject({
      sentAt: new Date('2026-11-27T09:00:00+01:00'),
      settledAt: new Date('2026-11-27T09:30:00+01:00'),
    });
  });
});

/** The files that were made, oldest first. */
async function files(): Promise<
  Pick<BankFile, 'id' | 'currency' | 'sessionAt' | 'transactions' | 'sum' | 'content'>[]
> {
  return world.database.prisma.bankFile.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

const idsIn = (content: string): string[] =>
  [...content.matchAll(/<EndToEndId>(.*?)<\/EndToEndId>/g)].map(([, id]) => withHyphens(id ?? '') ?? '');

describe('An answer of the bank that fits no payout', () => {
  it('is an alarm without the words of the bank, which may name people', async () => {
    const lines: string[] = [];
    const deps = { clock: world.clock, log: createLog('info', { write: (line: string) => void lines.push(line) }) };
    const answer = { payoutId: randomUUID(), kind: 'returned', reason: 'KONTO JANA KOWALSKIEGO' } as const;
    await inTransaction(world.database, (tx) => applyBankAnswers(tx, deps, [answer]));
    const { payoutId } = answer;
    const written = { level: 50, time: expect.any(Number), pid: process.pid };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...written, payoutId, answer: 'returned', msg: 'what the bank says fits no payout' },
    ]);
  });
});

describe('What is sent', () => {
  it('is a file for each currency and session, with the address of the merchant', async () => {
    const before = (await files()).length;
    const shop = await world.openShop();
    await world.database.pool.query(
      `update merchant set name = 'Żółw & Syn', street = 'Łąkowa 7', postal_code = '90-001', city = 'Łódź' where id = $1`,
      [shop.merchantId],
    );
    const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
    for (const one of [shop, sister]) await world.sell(one);
    await world.sell(shop, 20_000n, 'EUR');
    await world.payAt('2026-12-02T06:00:00+01:00');
    expect(await world.sendAt('2026-12-02T06:00:00+01:00')).toBe(1);
    expect(await world.sendAt('2026-12-02T09:00:00+01:00')).toBe(1);
    const [inEuro, inZloty, ...more] = (await files()).slice(before);
    expect(more).toEqual([]);
    expect(inEuro).toMatchObject({
      ...{ currency: 'EUR', sessionAt: new Date('2026-12-02T23:59:59+01:00'), transactions: 1, sum: 19_720n },
      content: expect.stringMatching(/<Dt>2026-12-02<\/Dt>.*<Nm>Zolw \+ Syn<\/Nm>.*<TwnNm>Lodz<\/TwnNm>/s),
    });
    expect(inZloty).toMatchObject({
      ...{ currency: 'PLN', sessionAt: new Date('2026-12-02T09:30:00+01:00'), transactions: 2, sum: 19_720n },
      content: expect.stringMatching(/<Nm>Żółw \+ Syn<\/Nm><PstlAdr><StrtNm>Łąkowa 7<.*<TwnNm>Łódź<\/TwnNm>/s),
    });
    const payouts = [...(await world.payoutsOf(shop.id)), ...(await world.payoutsOf(sister.id))];
    for (const { id, currency, bankFileId } of payouts) {
      const file = currency === 'EUR' ? inEuro : inZloty;
      expect([bankFileId, idsIn(file?.content ?? '').includes(id)]).toEqual([file?.id, true]);
    }
    expect(await findXmlFaults(inZloty?.content ?? '', '../statements/pain001.xsd')).toEqual([]);
    await answerAsBank(world.payouts);
  });

  it('is answered by a simulated bank in the sandbox alone', () => {
    const names = (mode: 'sandbox' | 'production', folder?: string): string[] =>
      payoutSweeps({ ...world.payouts, bankFiles: { ...world.payouts.bankFiles, folder } }, mode).map(
        ({ name }) => name,
      );
    expect(names('production')).toEqual(['payouts', 'payouts to send']);
    expect(names('production', '/files')).toEqual(['payouts', 'payouts to send', 'bank files to write']);
    expect(names('sandbox', '/files')).toEqual([...names('production', '/files'), 'bank of the sandbox']);
  });

  it('fills several files when there is too much for one', async () => {
    const before = (await files()).length;
    const shop = await world.openShop();
    const shops = [shop];
    while (shops.length < 5) {
      shops.push((await createShop(world.database, { merchantId: shop.merchantId })).shop);
    }
    for (const one of shops) await world.sell(one);
    await world.payAt('2026-12-03T06:00:00+01:00');
    world.goTo('2026-12-03T09:00:00+01:00');
    const bankFiles = { ...world.payouts.bankFiles, transactionsMax: 2 };
    expect(await sendPayouts({ ...world.payouts, bankFiles })).toEqual({ made: 3, withoutAccount: [] });
    const made = (await files()).slice(before);
    expect(made.map(({ transactions }) => transactions).sort()).toEqual([1, 2, 2]);
    expect(new Set(made.flatMap(({ content }) => idsIn(content))).size).toBe(5);
  });

  it('waits, and is told, as long as there is no account to pay it from; late, it goes with the next session', async () => {
    const shop = await world.openShop();
    await world.sell(shop);
    await world.payAt('2026-12-04T06:00:00+01:00');
    world.goTo('2026-12-04T09:00:00+01:00');
    const deps = { ...world.payouts, bankFiles: { ...world.payouts.bankFiles, accounts: {} } };
    expect(await sendPayouts(deps)).toEqual({ made: 0, withoutAccount: ['PLN'] });
    const sweep = payoutSweeps(deps, 'production').find(({ name }) => name === 'payouts to send');
    await sweep?.work();
    await sweep?.work();
    expect(world.alarms.splice(0)).toEqual([
      'payouts stay SCHEDULED: set SETTLEMENT_ACCOUNT_PLN to the account they are paid from',
    ]);
    expect(await world.payoutsOf(shop.id)).toMatchObject([{ status: 'SCHEDULED', bankFileId: null }]);
    expect(await world.sendAt('2026-12-04T10:00:00+01:00')).toBe(1);
    const expectedAt = new Date('2026-12-04T13:30:00+01:00');
    expect(await world.payoutsOf(shop.id)).toMatchObject([{ status: 'SENT', expectedAt }]);
    expect((await files()).at(-1)).toMatchObject({ sessionAt: expectedAt });
  });
});

it('A payout to the account of the sandbox that is closed comes back', async () => {
  const shop = await world.openShop();
  await world.database.pool.query('update payout_account set iban = $2 where merchant_id = $1', [
    shop.merchantId,
    returningIban,
  ]);
  await world.sell(shop);
  await sweepAt('2026-12-07T06:00:00+01:00');
  await sweepAt('2026-12-07T09:30:00+01:00');
  expect(await world.payoutsOf(shop.id)).toMatchObject([{ status: 'RETURNED', returnReason: 'AC04' }]);
  expect(await world.balanceOf(shop.id)).toBe(9_860n);
});

it('The movements of a payout sum to its net, page by page', async () => {
  const shop = await world.openShop();
  const sale = await world.sell(shop, 50_000n, 'HUF');
  await world.sell(shop, 2_077n, 'HUF');
  await world.payAt('2026-12-08T06:00:00+01:00');
  await world.refund(sale, { amount: 100n });
  const { refund } = await world.refund(sale, { amount: 200n });
  await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'rejected', code: 'x' } });
  await world.sell(shop, 3_333n, 'HUF');
  await world.sell(shop, 4_444n, 'HUF');
  await world.payAt('2026-12-09T06:00:00+01:00');
  const payouts = await world.payoutsOf(shop.id);
  expect(payouts).toHaveLength(2);
  for (const payout of payouts) {
    const movements: Movement[] = [];
    let page: Movement[];
    do {
      const { source, number } = movements.at(-1) ?? { source: 0, number: 0n };
      [page = []] = await readMovements(world.database, [{ payout, source, number, limit: 2 }]);
      movements.push(...page);
    } while (page.length > 0);
    expect(movements.reduce((sum, { amount }) => sum + amount, 0n)).toBe(payout.net);
    expect(movements.map(({ kind }) => kind)).toEqual(
      payout === payouts[0]
        ? ['SALE', 'SALE', 'COMMISSION', 'COMMISSION', 'CARRIED_OUT']
        : [
            ...['REFUND', 'REFUND', 'REFUND_REJECTED', 'SALE', 'SALE', 'COMMISSION', 'COMMISSION'],
            ...['CARRIED_IN', 'CARRIED_OUT'],
          ],
    );
  }
});
