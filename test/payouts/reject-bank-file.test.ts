import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import { applyBankAnswers, type BankAnswer } from '../../src/payouts/apply-bank-answer.ts';
import { BankFileFinal } from '../../src/payouts/errors.ts';
import { rejectBankFile } from '../../src/payouts/reject-bank-file.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readTypes } from '../payments/read-records.ts';
import { createShop } from '../support/factories.ts';
import { usePayoutWorld } from './world.ts';

const world = await usePayoutWorld();
const operator = { keyId: randomUUID(), name: 'Anna Nowak' };

const reject = (bankFileId: string, reason = 'FF01 invalid file format'): Promise<void> =>
  inTransaction(world.database, (tx) => rejectBankFile(tx, { clock: world.clock, operator }, { bankFileId, reason }));
const tell = (answer: BankAnswer): Promise<unknown> =>
  inTransaction(world.database, (tx) => applyBankAnswers(tx, world.payouts, [answer]));

/** Two shops whose payouts are sent in one file at 9:00. */
async function send(day: string): Promise<{ shops: readonly Shop[]; fileId: string }> {
  const shop = await world.openShop();
  const shops = [shop, (await createShop(world.database, { merchantId: shop.merchantId })).shop];
  for (const one of shops) await world.sell(one);
  await world.payAt(`${day}T06:00:00+01:00`);
  expect(await world.sendAt(`${day}T09:00:00+01:00`)).toBe(1);
  const [payout] = await payoutsOf(shops);
  return { shops, fileId: payout?.bankFileId ?? '' };
}

const payoutsOf = async (shops: readonly Shop[]): Promise<Payout[]> =>
  (await Promise.all(shops.map(({ id }) => world.payoutsOf(id)))).flat();

const fileOf = (id: string) => world.database.prisma.bankFile.findUniqueOrThrow({ where: { id } });

describe('A file that the bank refused', () => {
  it('gives its payouts back, which go into another one for the next session', async () => {
    const { shops, fileId } = await send('2026-11-27');
    world.goTo('2026-11-27T09:10:00+01:00');
    await reject(fileId, ' FF01 invalid file format ');
    expect(await fileOf(fileId)).toMatchObject({
      ...{ status: 'REJECTED', rejectionReason: 'FF01 invalid file format', rejectedAt: world.clock.now() },
    });
    const waiting = { status: 'SCHEDULED', bankFileId: null, sentAt: null, updatedAt: world.clock.now() };
    expect(await payoutsOf(shops)).toMatchObject([waiting, waiting]);
    expect(await world.sendAt('2026-11-27T09:10:00+01:00')).toBe(1);
    const [first, second] = await payoutsOf(shops);
    expect([first?.status, first?.bankFileId === fileId, first?.bankFileId]).toEqual([
      ...['SENT', false, second?.bankFileId],
    ]);
    expect((await readTypes(world.database, shops[0]?.id ?? '')).filter((type) => type.startsWith('PAYOUT'))).toEqual([
      ...['PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SCHEDULED', 'PAYOUT_SENT'],
    ]);
    const entry = await world.database.prisma.auditEntry.findFirst({ orderBy: { sequence: 'desc' } });
    expect(entry).toMatchObject({
      ...{ action: 'REJECT_BANK_FILE', subject: `bank_file:${fileId}`, actor: `operator:${operator.keyId}` },
      data: { reason: 'FF01 invalid file format', payouts: 2 },
    });
    for (const { id: payoutId } of await payoutsOf(shops)) await tell({ payoutId, kind: 'booked' });
  });

  it('is refused once: the second time says so, and changes nothing', async () => {
    const { fileId, shops } = await send('2026-11-30');
    const outcomes = await Promise.allSettled([reject(fileId), reject(fileId)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await world.sendAt('2026-11-30T09:00:00+01:00');
    const before = await payoutsOf(shops);
    await expect(reject(fileId)).rejects.toThrow(BankFileFinal);
    expect(await payoutsOf(shops)).toEqual(before);
    for (const { id: payoutId } of before) await tell({ payoutId, kind: 'booked' });
  });

  it.each([
    ['2026-12-01', 'SETTLED', { kind: 'booked' }],
    ['2026-12-02', 'RETURNED', { kind: 'returned', reason: 'AC04' }],
  ] as const)(
    'cannot be one of which a payout was executed (%s, %s): no money goes twice',
    async (day, state, answer) => {
      const { shops, fileId } = await send(day);
      const [payout, other] = await payoutsOf(shops);
      await tell({ payoutId: payout?.id ?? '', ...answer });
      await expect(reject(fileId)).rejects.toThrow(`its payout ${payout?.id} is ${state}`);
      expect(await fileOf(fileId)).toMatchObject({ status: 'MADE', rejectedAt: null });
      expect((await payoutsOf(shops))[1]).toEqual(other);
      await tell({ payoutId: other?.id ?? '', kind: 'booked' });
    },
  );

  it('cannot be one of which a payout is booked at the same moment', async () => {
    const { shops, fileId } = await send('2026-12-04');
    const [payout] = await payoutsOf(shops);
    const answer = { payoutId: payout?.id ?? '', kind: 'booked' } as const;
    const [rejected] = await Promise.allSettled([reject(fileId), tell(answer)]);
    const status = (await payoutsOf(shops))[0]?.status;
    expect([rejected.status, status]).toEqual(
      rejected.status === 'fulfilled' ? ['fulfilled', 'SCHEDULED'] : ['rejected', 'SETTLED'],
    );
    // What the bank booked although all was refused is an alarm.
    expect(world.alarms.splice(0).length).toBe(rejected.status === 'fulfilled' ? 1 : 0);
  });

  it.each([
    ['', 'reason must say why the bank refused the file.'],
    ['x'.repeat(501), 'reason must have 1 to 500 characters, not 501.'],
  ])('needs a reason: %j is none', async (reason, sentence) => {
    await expect(reject(randomUUID(), reason)).rejects.toThrow(sentence);
  });

  it('must exist', async () => {
    await expect(reject(randomUUID())).rejects.toThrow('There is no bank file with this id.');
  });
});
