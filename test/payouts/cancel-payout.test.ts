import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import { withoutHyphens } from '../../src/kernel/ids.ts';
import type { Fault } from '../../src/ledger/model.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { noteResumed } from '../../src/merchants/sql/note-resumed.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { applyBankAnswers, type BankAnswer } from '../../src/payouts/apply-bank-answer.ts';
import { cancelPayout } from '../../src/payouts/cancel-payout.ts';
import { payoutSweeps } from '../../src/payouts/jobs.ts';
import { rejectBankFile } from '../../src/payouts/reject-bank-file.ts';
import { resumePayouts } from '../../src/payouts/resume-payouts.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { readMovements } from '../../src/payouts/sql/read-movements.ts';
import { createShopFinder } from '../../src/shops/find-shop.ts';
import type { Shop } from '../../src/shops/model.ts';
import { assignTransfer } from '../../src/transfers/assign-transfer.ts';
import { dismissTransfer } from '../../src/transfers/dismiss-transfer.ts';
import { readTypes } from '../payments/read-records.ts';
import { entryOf, ownAccount } from '../statements/entries.ts';
import { writeCamt } from '../statements/write-camt.ts';
import { createPayment, createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { entriesNow, tellOf } from '../transfers/world.ts';
import { usePayoutWorld } from './world.ts';

const world = await usePayoutWorld();
const operator = { keyId: randomUUID(), name: 'Anna Nowak' };

const cancel = (payoutId: string, wish: { readonly code?: string; readonly reason?: string } = {}): Promise<Payout> =>
  inTransaction(world.database, (tx) => {
    const { code, reason = 'the account does not exist' } = wish;
    return cancelPayout(tx, { clock: world.clock, operator }, { payoutId, code, reason });
  });
const reject = (bankFileId: string): Promise<void> =>
  inTransaction(world.database, (tx) =>
    rejectBankFile(tx, { clock: world.clock, operator }, { bankFileId, reason: 'AC01' }),
  );
const resume = (payoutId: string): Promise<Payout> =>
  inTransaction(world.database, (tx) =>
    resumePayouts(tx, { clock: world.clock, operator }, { payoutId, reason: 'the account is right' }),
  );
const changeAccount = (merchantId: string) =>
  world.database.pool.query('update payout_account set iban = $2 where merchant_id = $1', [
    merchantId,
    'PL27114020040000300201355387',
  ]);
const tell = (answer: BankAnswer): Promise<unknown> =>
  inTransaction(world.database, (tx) => applyBankAnswers(tx, world.payouts, [answer]));
const now = async ({ accountOwner, id }: Payout): Promise<Payout | undefined> =>
  (await world.payoutsOf(accountOwner)).find((each) => each.id === id);

/** Shops of one merchant, each with a payout that waits for its file, of 98.60 PLN unless more was sold. */
async function schedule(day: string, count = 1, sold?: bigint): Promise<Payout[]> {
  const shops: Shop[] = [await world.openShop()];
  const merchantId = shops[0]?.merchantId ?? '';
  while (shops.length < count) shops.push((await createShop(world.database, { merchantId })).shop);
  for (const shop of shops) await world.sell(shop, sold);
  await world.payAt(`${day}T06:00:00+01:00`);
  return (await Promise.all(shops.map(({ id }) => world.payoutsOf(id)))).flat();
}

/** One payout whose file the bank has refused. */
async function refuse(day: string, sold?: bigint): Promise<Payout> {
  const [payout] = (await schedule(day, 1, sold)) as [Payout];
  await world.sendAt(`${day}T09:00:00+01:00`);
  await reject((await now(payout))?.bankFileId ?? '');
  return payout;
}

const transfers = () => {
  const { database, clock, deps } = world;
  return { database, clock, log: deps.log, accounts: [ownAccount], folder: undefined };
};
const import_ = async (payout: Payout, direction: 'DEBIT' | 'CREDIT', amount = payout.net) => {
  const named = {
    amount,
    endToEndId: withoutHyphens(payout.id),
    title: 'Wypłata',
    bankReference: randomUUID().slice(0, 16),
  };
  const entries = [entryOf({ ...named, direction })];
  const { file } = await tellOf(transfers(), writeCamt('053.001.08', [{ account: ownAccount, entries }]));
  return (await entriesNow(world.database, file.id))[0];
};
const assign = (wish: Parameters<typeof assignTransfer>[2]) =>
  inTransaction(world.database, (tx) => assignTransfer(tx, { ...transfers(), operator }, wish));

describe('A payout that an operator cancels before it is sent', () => {
  it('is in no further file, and its money is on the balance again; the others are sent', async () => {
    const [wrong, other] = (await schedule('2026-11-27', 2)) as [Payout, Payout];
    await world.sendAt('2026-11-27T09:00:00+01:00');
    const refused = (await now(wrong))?.bankFileId ?? '';
    world.goTo('2026-11-27T09:10:00+01:00');
    await reject(refused);
    const cancelled = await cancel(wrong.id, { code: 'AC01', reason: ' the account does not exist ' });
    expect(cancelled).toMatchObject({
      ...{ id: wrong.id, status: 'RETURNED', returnReason: 'AC01', returnedAt: world.clock.now() },
      ...{ sentAt: null, settledAt: null, bankFileId: null },
    });
    expect(await now(wrong)).toEqual(cancelled);
    expect(await world.balanceOf(wrong.accountOwner)).toBe(wrong.net);
    // The other one goes to the same account, so it waits until that is said to be right.
    await resume(wrong.id);
    expect(await world.sendAt('2026-11-27T13:00:00+01:00')).toBe(1);
    const file = await world.database.prisma.bankFile.findFirstOrThrow({ where: { status: 'MADE' } });
    expect(file.transactions).toBe(1);
    expect(file.content).toContain(withoutHyphens(other.id));
    expect((await readTypes(world.database, wrong.accountOwner)).filter((type) => type.startsWith('PAYOUT'))).toEqual([
      ...['PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SCHEDULED', 'PAYOUT_RETURNED'],
    ]);
    const { rows } = await world.database.pool.query(
      `select actor, action, data from audit_entry where subject = $1 and action = 'CANCEL_PAYOUT'`,
      [`payout:${wrong.id}`],
    );
    const data = { reason: 'the account does not exist', code: 'AC01', amount: String(wrong.net), currency: 'PLN' };
    expect(rows).toEqual([{ actor: `operator:${operator.keyId}`, action: 'CANCEL_PAYOUT', data }]);
    await tell({ payoutId: other.id, kind: 'booked' });
  });

  it('is cancelled once: said again, it changes nothing', async () => {
    const [payout] = (await schedule('2026-11-30')) as [Payout];
    const [first, second] = await Promise.all([cancel(payout.id), cancel(payout.id, { code: 'AC04', reason: 'x' })]);
    expect(second).toEqual(first);
    world.clock.pass({ ms: 1_000 });
    expect(await cancel(payout.id, { code: 'AC04' })).toEqual(first);
    expect(await world.balanceOf(payout.accountOwner)).toBe(payout.net);
    const subject = `payout:${payout.id}`;
    expect(await world.database.prisma.auditEntry.count({ where: { subject } })).toBe(1);
  });

  it('is told as MS03, a reason that is not specified, when no code is given', async () => {
    const [payout] = (await schedule('2026-12-01')) as [Payout];
    expect((await cancel(payout.id)).returnReason).toBe('MS03');
  });

  it.each([
    ['2026-12-02', 'SENT', undefined],
    ['2026-12-03', 'SETTLED', { kind: 'booked' }],
    ['2026-12-04', 'RETURNED', { kind: 'returned', reason: 'AC04' }],
  ] as const)('is none that was sent (%s, %s)', async (day, state, answer) => {
    const [payout] = (await schedule(day)) as [Payout];
    await world.sendAt(`${day}T09:00:00+01:00`);
    if (answer) await tell({ payoutId: payout.id, ...answer });
    const before = await now(payout);
    await expect(cancel(payout.id)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: {
        SENT: `The payout is SENT with the bank file ${before?.bankFileId}: only one that is SCHEDULED can be cancelled. If the bank refused the whole file, say so by rejectBankFile first.`,
        SETTLED: 'The payout is SETTLED, as the bank has executed it: only one that is SCHEDULED can be cancelled.',
        RETURNED: 'The payout came back from the bank, and its money is on the balance already.',
      }[state],
    });
    expect(await now(payout)).toEqual(before);
    if (state === 'SENT') await tell({ payoutId: payout.id, kind: 'booked' });
  });

  it.each([
    ['no id of a payout', randomUUID(), {}, 'There is no payout with this id.'],
    ['no reason', undefined, { reason: ' ' }, 'reason must have 1 to 500 characters, not 0.'],
    ['a long reason', undefined, { reason: 'x'.repeat(501) }, 'reason must have 1 to 500 characters, not 501.'],
    [
      ...(['what is no code', undefined, { code: 'wrong account' }] as const),
      'code must be a return reason of ISO 20022, four capital letters and digits such as AC01, not "wrong account".',
    ],
  ])('is not known by %s', async (_, payoutId, wish, sentence) => {
    await expect(cancel(payoutId ?? randomUUID(), wish)).rejects.toThrow(sentence);
  });

  it('goes into a file or is cancelled when both happen at once, and never both', async () => {
    const payouts = await schedule('2026-12-07', 6);
    world.goTo('2026-12-07T09:00:00+01:00');
    const [, ...cancelled] = await Promise.allSettled([
      sendPayouts({ ...world.payouts, bankFiles: { ...world.payouts.bankFiles, transactionsMax: 2 } }),
      ...payouts.slice(0, 3).map(({ id }) => cancel(id)),
    ]);
    for (const { id } of payouts.slice(0, 3).filter((_, place) => cancelled[place]?.status === 'fulfilled'))
      await resume(id);
    await sendPayouts(world.payouts);
    for (const [place, payout] of payouts.entries()) {
      const { status, bankFileId } = (await now(payout)) as Payout;
      const isCancelled = cancelled[place]?.status === 'fulfilled';
      expect([status, bankFileId === null]).toEqual(isCancelled ? ['RETURNED', true] : ['SENT', false]);
      expect(await world.balanceOf(payout.accountOwner)).toBe(isCancelled ? payout.net : 0n);
      const files = await world.database.prisma.bankFile.count({
        where: { content: { contains: withoutHyphens(payout.id) } },
      });
      expect(files).toBe(isCancelled ? 0 : 1);
      if (!isCancelled) await tell({ payoutId: payout.id, kind: 'booked' });
    }
  });
});

describe('A payout that the bank may have executed with a file that it had refused', () => {
  it('is not cancelled while a held debit names it', async () => {
    const payout = await refuse('2026-12-08');
    const debit = await import_(payout, 'DEBIT');
    await expect(cancel(payout.id)).rejects.toThrow(
      `A held movement on our account names the payout ${payout.id}, so the bank may have executed it. Decide on it in heldTransfers first.`,
    );
    await assign({ entryId: debit?.id ?? '', payoutId: payout.id });
    expect((await now(payout))?.status).toBe('SETTLED');
    world.alarms.length = 0;
  });

  it('and was cancelled before its debit is told is no news in silence: debit and return are held, and undo each other', async () => {
    const payout = await refuse('2026-12-09');
    await cancel(payout.id);
    const debit = await import_(payout, 'DEBIT');
    expect(debit).toMatchObject({ status: 'HELD', reason: 'PAYOUT_NOT_SENT', payoutId: payout.id });
    const credit = await import_(payout, 'CREDIT');
    expect(credit).toMatchObject({ status: 'HELD', reason: 'PAYOUT_NOT_SENT', heldAmount: payout.net });
    await expect(assign({ entryId: credit?.id ?? '', payoutId: payout.id })).rejects.toThrow(
      'The payout was cancelled, and its money is on the balance: assign the debit with which the bank sent it to this transfer, with acceptFee if a bank kept a part.',
    );
    await assign({ entryId: debit?.id ?? '', heldTransferId: credit?.id ?? '' });
    const { rows } = await world.database.pool.query('select status from statement_entry where payout_id = $1', [
      payout.id,
    ]);
    expect(rows.filter(({ status }) => status === 'HELD')).toEqual([]);
    expect(await world.balanceOf(payout.accountOwner)).toBe(payout.net);
    expect(world.alarms.splice(0)).toHaveLength(2);
  });

  it('is paid once more by no run while its debit is held or not booked yet, to whichever account', async () => {
    const payout = await refuse('2026-12-10');
    await cancel(payout.id);
    const debit = await import_(payout, 'DEBIT');
    expect(world.alarms.splice(0)).toHaveLength(1);
    await expect(resume(payout.id)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `A held movement on our account names the payout ${payout.id} that came back from this account, so the bank may have executed it. Decide on it in heldTransfers first.`,
    });
    expect((await now(payout))?.resumedAt).toBeNull();
    await changeAccount(payout.merchantId);
    await world.payAt('2026-12-11T06:00:00+01:00');
    const held =
      'a balance is not paid out: a debit says that the bank executed a payout of it that was cancelled or came back, so assign it in heldTransfers to that payout, or to the transfer that brings the money back';
    expect(world.alarms.splice(0)).toEqual([held]);
    const book = `update statement_entry set status = $2::statement_entry_status, reason = $3::held_reason, payout_id = $4::uuid where id = $1::uuid`;
    await world.database.pool.query(book, [debit?.id, 'NEW', null, null]);
    await expect(resume(payout.id)).rejects.toThrow('A movement on our account that is not booked yet names');
    await world.payAt('2026-12-14T06:00:00+01:00');
    expect(world.alarms.splice(0)).toEqual([held]);
    await world.database.pool.query(book, [debit?.id, 'HELD', 'PAYOUT_NOT_SENT', payout.id]);
    expect(await world.payoutsOf(payout.accountOwner)).toHaveLength(1);
    const credit = await import_(payout, 'CREDIT');
    world.alarms.length = 0;
    await assign({ entryId: debit?.id ?? '', heldTransferId: credit?.id ?? '' });
    await world.payAt('2026-12-15T06:00:00+01:00');
    expect((await world.payoutsOf(payout.accountOwner))[1]).toMatchObject({ net: payout.net, status: 'SCHEDULED' });
    await cancel((await world.payoutsOf(payout.accountOwner))[1]?.id ?? '');
  });

  it('and is owed again by a payout that waits for its file goes into none with that while its debit is held', async () => {
    const payout = await refuse('2026-12-16');
    await cancel(payout.id);
    await changeAccount(payout.merchantId);
    await world.payAt('2026-12-17T06:00:00+01:00');
    const [, next] = (await world.payoutsOf(payout.accountOwner)) as [Payout, Payout];
    const debit = await import_(payout, 'DEBIT');
    await world.sendAt('2026-12-17T09:00:00+01:00');
    expect((await now(next))?.status).toBe('SCHEDULED');
    const credit = await import_(payout, 'CREDIT');
    await assign({ entryId: debit?.id ?? '', heldTransferId: credit?.id ?? '' });
    expect(await world.sendAt('2026-12-17T13:00:00+01:00')).toBe(1);
    expect((await now(next))?.status).toBe('SENT');
    await tell({ payoutId: next.id, kind: 'booked' });
    world.alarms.length = 0;
  });

  it('and comes back less a fee is done with by its debit and that transfer, and the fee is our cost', async () => {
    const payout = await refuse('2026-12-18');
    await cancel(payout.id);
    const debit = await import_(payout, 'DEBIT');
    const credit = await import_(payout, 'CREDIT', payout.net - 500n);
    const [entryId, heldTransferId] = [debit?.id ?? '', credit?.id ?? ''];
    const named =
      'The payout was cancelled, and its money is on the balance: assign the debit with which the bank sent it to this transfer, with acceptFee if a bank kept a part.';
    await expect(assign({ entryId: heldTransferId, payoutId: payout.id })).rejects.toThrow(named);
    await expect(assign({ entryId: heldTransferId, payoutId: payout.id, acceptFee: true })).rejects.toThrow(named);
    await expect(assign({ entryId, heldTransferId })).rejects.toThrow(
      'The bank took back 98.60 PLN, and only 93.60 PLN of this transfer is left on our account: find out which transfers it took back. If this is all that came back of a payout that was cancelled, say acceptFee.',
    );
    expect(await assign({ entryId, heldTransferId, acceptFee: true })).toMatchObject({
      ...{ status: 'BOOKED', reason: null, payoutId: payout.id },
    });
    const { rows } = await world.database.pool.query(
      `select e.status, e.held_amount, e.taken_back_amount, f.amount as fee from statement_entry e
      join posting f on f.payout_id = e.payout_id and f.kind = 'PAYOUT_FEE' where e.id = $1`,
      [heldTransferId],
    );
    expect(rows).toEqual([{ status: 'RETURNED', held_amount: 0n, taken_back_amount: payout.net - 500n, fee: 500n }]);
    expect(await world.balanceOf(payout.accountOwner)).toBe(payout.net);
    await resume(payout.id);
    expect(world.alarms.splice(0)).toHaveLength(2);
    // Executed a second time, it has its fee already.
    const again = [await import_(payout, 'DEBIT'), await import_(payout, 'CREDIT', payout.net - 600n)];
    const wish = { entryId: again[0]?.id ?? '', heldTransferId: again[1]?.id ?? '', acceptFee: true };
    await expect(assign(wish)).rejects.toThrow('The payout has its movement already.');
    await expect(assign({ entryId: again[0]?.id ?? '', payoutId: payout.id })).rejects.toThrow(
      'The payout has its movement already.',
    );
    world.alarms.length = 0;
  });

  it('has no fee that no bank keeps: of a transfer that brings next to nothing', async () => {
    const payout = await refuse('2026-12-21', 100_000n);
    await cancel(payout.id);
    const debit = await import_(payout, 'DEBIT');
    const stranger = await import_(payout, 'CREDIT', 1n);
    const wish = { entryId: debit?.id ?? '', heldTransferId: stranger?.id ?? '', acceptFee: true };
    await expect(assign(wish)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message:
        'Of this payout 985.99 PLN would be missing, and banks keep at most 400.00 PLN of one that comes back: look for what else came back of it, or whether this is another movement.',
    });
    const least = await import_(payout, 'CREDIT', payout.net - 40_000n);
    await assign({ ...wish, heldTransferId: least?.id ?? '' });
    expect(await brokenInvariants(world.database)).toEqual([]);
    world.alarms.length = 0;
  });

  it('has a fee that no other transfer changes which names it and is recalled', async () => {
    const payout = await refuse('2026-12-28');
    await cancel(payout.id);
    const debit = await import_(payout, 'DEBIT');
    const credit = await import_(payout, 'CREDIT', payout.net - 500n);
    const strangers = [await import_(payout, 'CREDIT', 1n), await import_(payout, 'CREDIT', 3n)];
    await assign({ entryId: debit?.id ?? '', heldTransferId: credit?.id ?? '', acceptFee: true });
    for (const stranger of strangers) {
      const recalled = await import_(payout, 'DEBIT', 1n);
      await assign({ entryId: recalled?.id ?? '', heldTransferId: stranger?.id ?? '' });
      expect(await brokenInvariants(world.database)).toEqual([]);
    }
    const faults: Fault[] = [];
    await verifyLedger(world.database.url, (fault) => faults.push(fault));
    expect(faults).toEqual([]);
    world.alarms.length = 0;
  });

  it('has a fee only with its whole debit, and a held transfer that brings less', async () => {
    const payout = await refuse('2026-12-29');
    const none =
      'A fee is accepted with heldTransferId only for the debit of a payout that was cancelled, and a transfer that is held as a whole and brings less back: leave acceptFee out.';
    const debit = await import_(payout, 'DEBIT');
    const [less, all] = [await import_(payout, 'CREDIT', payout.net - 1n), await import_(payout, 'CREDIT')];
    const entryId = debit?.id ?? '';
    await expect(assign({ entryId, heldTransferId: less?.id ?? '', acceptFee: true })).rejects.toThrow(none);
    await assign({ entryId, payoutId: payout.id });
    await assign({ entryId: all?.id ?? '', payoutId: payout.id });
    const cancelled = await refuse('2026-12-30');
    await cancel(cancelled.id);
    const its = await import_(cancelled, 'DEBIT');
    const whole = await import_(cancelled, 'CREDIT');
    const wish = { entryId: its?.id ?? '', acceptFee: true };
    await expect(assign({ ...wish, heldTransferId: whole?.id ?? '' })).rejects.toThrow(none);
    await expect(assign({ ...wish, transactionId: cancelled.id })).rejects.toThrow(
      'acceptFee goes with payoutId or heldTransferId.',
    );
    world.alarms.length = 0;
  });
});

describe('A cancelled payout that the bank has executed', () => {
  const dismiss = (entryId: string, notOfPayout?: boolean) =>
    inTransaction(world.database, (tx) =>
      dismissTransfer(tx, { ...transfers(), operator }, { entryId, reason: ' a fee ', notOfPayout }),
    );
  /** One that was cancelled after its file was refused, and the debit with which the bank executed it. */
  async function execute(day: string): Promise<{ readonly payout: Payout; readonly entryId: string }> {
    const payout = await refuse(day);
    await cancel(payout.id);
    // Others of these stories are held still, and each run says so.
    world.alarms.length = 0;
    const entryId = (await import_(payout, 'DEBIT'))?.id ?? '';
    expect(world.alarms.splice(0)).toEqual(['a movement on our account has to be looked into']);
    return { payout, entryId };
  }
  const lastOf = async ({ accountOwner }: Payout): Promise<Payout> =>
    (await world.payoutsOf(accountOwner)).at(-1) as Payout;
  const sell = async ({ accountOwner: id }: Payout, amount: bigint): Promise<void> => {
    const shop = await createShopFinder(world.database).find(id);
    await world.sell(shop as Shop, amount);
  };

  it('is SETTLED by its debit, its money is off the balance, and its account is paid to again', async () => {
    const { payout, entryId } = await execute('2027-01-04');
    const sentAt = (await world.database.prisma.bankFile.findFirstOrThrow({ orderBy: { createdAt: 'desc' } }))
      .createdAt;
    expect(await assign({ entryId, payoutId: payout.id })).toMatchObject({ status: 'BOOKED', payoutId: payout.id });
    const at = world.clock.now();
    expect(await now(payout)).toMatchObject({
      ...{ status: 'SETTLED', sentAt, settledAt: at, reinstatedAt: at, bankFileId: null },
      ...{ returnedAt: null, returnReason: null, resumedAt: null },
    });
    expect(await world.balanceOf(payout.accountOwner)).toBe(0n);
    expect((await readTypes(world.database, payout.accountOwner)).filter((type) => type.startsWith('PAYOUT'))).toEqual([
      ...['PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SCHEDULED', 'PAYOUT_RETURNED', 'PAYOUT_SETTLED'],
    ]);
    await sell(payout, 700n);
    await world.payAt('2027-01-05T06:00:00+01:00');
    expect(await lastOf(payout)).toMatchObject({ status: 'SCHEDULED', net: 690n, returned: 0n, carriedOut: 0n });
    await cancel((await lastOf(payout)).id);
    world.alarms.length = 0;
  });

  it('is a debt of its receiver when he was paid otherwise meanwhile, which later sales make good', async () => {
    const payout = await refuse('2027-01-07');
    await cancel(payout.id);
    await changeAccount(payout.merchantId);
    await world.payAt('2027-01-08T06:00:00+01:00');
    await world.sendAt('2027-01-08T09:00:00+01:00');
    await tell({ payoutId: (await lastOf(payout)).id, kind: 'booked' });
    const debit = await import_(payout, 'DEBIT');
    await assign({ entryId: debit?.id ?? '', payoutId: payout.id });
    expect(await world.balanceOf(payout.accountOwner)).toBe(-payout.net);
    expect(await brokenInvariants(world.database)).toEqual([]);
    await sell(payout, 5_000n);
    await world.payAt('2027-01-11T06:00:00+01:00');
    await sell(payout, 15_000n);
    await world.payAt('2027-01-12T06:00:00+01:00');
    const next = await lastOf(payout);
    expect(next).toMatchObject({ gross: 20_000n, returned: -payout.net, commission: 280n, net: 9_860n });
    expect(await world.payoutsOf(payout.accountOwner)).toHaveLength(3);
    const [page] = await readMovements(world.database, [{ payout: next, source: 0, number: 0n, limit: 10 }]);
    expect(page?.filter(({ payoutId }) => payoutId !== null)).toMatchObject([
      { kind: 'PAYOUT_REINSTATED', amount: -payout.net, payoutId: payout.id },
    ]);
    await cancel(next.id);
    world.alarms.length = 0;
  });

  it('is not booked while another payout of its receiver waits with that money, until that one is cancelled', async () => {
    const payout = await refuse('2027-01-13');
    await cancel(payout.id);
    await changeAccount(payout.merchantId);
    await world.payAt('2027-01-14T06:00:00+01:00');
    const next = await lastOf(payout);
    const entryId = (await import_(payout, 'DEBIT'))?.id ?? '';
    await expect(assign({ entryId, payoutId: payout.id })).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `The payout ${next.id} waits for its file and would pay its receiver a second time, who has 98.60 PLN less on his balance than this one has paid: cancel that one first (cancelPayout), and say resumePayouts afterwards if its account is right.`,
    });
    expect([(await now(payout))?.status, await world.balanceOf(payout.accountOwner)]).toEqual(['RETURNED', 0n]);
    await cancel(next.id);
    await assign({ entryId, payoutId: payout.id });
    await resume(next.id);
    expect([(await now(payout))?.status, await world.balanceOf(payout.accountOwner)]).toEqual(['SETTLED', 0n]);
    await world.payAt('2027-01-15T06:00:00+01:00');
    expect(await world.payoutsOf(payout.accountOwner)).toHaveLength(2);
    world.alarms.length = 0;
  });

  it('to a recipient of baskets is off his balance as well', async () => {
    const shop = await world.openShop();
    const shares = [{ account: '72105000028166973380325415', amount: 6_000n, label: 'Firma' }];
    const { id: paymentId } = await createPayment(world.deps, shop, { amount: 10_000n, shares });
    world.acquirer.onStart({ kind: 'settled', amount: 10_000n });
    const card = { method: 'CARD', card: { token: 'a token', fingerprint: 'a card' } } as const;
    const wish = { paymentId, idempotencyKey: randomUUID(), ...card };
    await startTransaction(world.deps, { shop, source: 'WEB' }, wish);
    await world.payAt('2027-01-18T06:00:00+01:00');
    const { id } = await world.database.prisma.recipient.findFirstOrThrow({ where: { merchantId: shop.merchantId } });
    const [payout] = (await world.payoutsOf(id)) as [Payout];
    await world.sendAt('2027-01-18T09:00:00+01:00');
    await reject((await now(payout))?.bankFileId ?? '');
    await cancel(payout.id);
    const debit = await import_(payout, 'DEBIT');
    expect(await world.balanceOf(id)).toBe(payout.net);
    await assign({ entryId: debit?.id ?? '', payoutId: payout.id });
    expect([(await now(payout))?.status, await world.balanceOf(id)]).toEqual(['SETTLED', 0n]);
    world.alarms.length = 0;
  });

  it.each([
    ['2027-01-19', 0n],
    ['2027-01-21', 500n],
  ])('may come back later as any other, on %s less %s', async (day, fee) => {
    const { payout, entryId } = await execute(day);
    await assign({ entryId, payoutId: payout.id });
    const credit = await import_(payout, 'CREDIT', payout.net - fee);
    if (fee > 0n) await assign({ entryId: credit?.id ?? '', payoutId: payout.id, acceptFee: true });
    expect(await now(payout)).toMatchObject({ status: 'RETURNED', returnReason: 'MS03', resumedAt: null });
    expect(await world.balanceOf(payout.accountOwner)).toBe(payout.net);
    world.alarms.length = 0;
  });

  it('is not dismissed without saying that the debit is another movement, so nobody is paid twice in passing', async () => {
    const { payout, entryId } = await execute('2027-01-22');
    await changeAccount(payout.merchantId);
    await expect(dismiss(entryId)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `The debit names the payout ${payout.id}, which was cancelled, so its money is on the balance and would be paid a second time: if the bank executed it, assign the debit to it (payoutId), or to the held transfer that brings the money back (heldTransferId). If it is another movement, a fee say, dismiss it with notOfPayout.`,
    });
    await world.payAt('2027-01-25T06:00:00+01:00');
    expect(await world.payoutsOf(payout.accountOwner)).toHaveLength(1);
    expect(await dismiss(entryId, true)).toMatchObject({ status: 'DISMISSED' });
    const { rows } = await world.database.pool.query('select data from audit_entry where subject = $1', [
      `transfer:${entryId}`,
    ]);
    expect(rows).toEqual([{ data: { reason: 'a fee', notOfPayout: payout.id } }]);
    await world.payAt('2027-01-26T06:00:00+01:00');
    await cancel((await lastOf(payout)).id);
    world.alarms.length = 0;
  });

  it('is none of another amount, and none that was in no file', async () => {
    const payout = await refuse('2027-01-27');
    await cancel(payout.id);
    const other = await import_(payout, 'DEBIT', payout.net - 1n);
    await expect(assign({ entryId: other?.id ?? '', payoutId: payout.id })).rejects.toThrow(
      'The payout is of another amount or currency.',
    );
    await dismiss(other?.id ?? '', true);
    const [unsent] = (await schedule('2027-01-28')) as [Payout];
    await cancel(unsent.id);
    const debit = await import_(unsent, 'DEBIT');
    await expect(assign({ entryId: debit?.id ?? '', payoutId: unsent.id })).rejects.toThrow(
      'The payout was never in a file for the bank, so this is none of its movements: assign it to what it is for, or dismiss it with notOfPayout.',
    );
    await dismiss(debit?.id ?? '', true);
    world.alarms.length = 0;
  });

  it('is decided on once, whatever is said of its debit at once, and whoever names its account anew', async () => {
    const { payout, entryId } = await execute('2027-01-29');
    const credit = await import_(payout, 'CREDIT');
    const said = await Promise.allSettled([
      assign({ entryId, payoutId: payout.id }),
      assign({ entryId, payoutId: payout.id }),
      assign({ entryId, heldTransferId: credit?.id ?? '' }),
      dismiss(entryId, true),
    ]);
    await inTransaction(world.database, (tx) => noteResumed(tx, { account: payout, at: world.clock.now() }));
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const isBooked = said.slice(0, 2).some(({ status }) => status === 'fulfilled');
    expect(await world.balanceOf(payout.accountOwner)).toBe(isBooked ? 0n : payout.net);
    expect((await now(payout))?.status).toBe(isBooked ? 'SETTLED' : 'RETURNED');
    world.alarms.length = 0;
  });

  it('has no word left of an account that is resumed at that moment', async () => {
    const { payout, entryId } = await execute('2027-02-01');
    await Promise.all([
      assign({ entryId, payoutId: payout.id }),
      inTransaction(world.database, (tx) => noteResumed(tx, { account: payout, at: world.clock.now() })),
    ]);
    expect(await now(payout)).toMatchObject({ status: 'SETTLED', resumedAt: null });
  });

  /** One that was executed, whose money is in the file of the next day as well: that file is refused once this is known. */
  async function payTwice(day: string, nextDay: string): Promise<{ readonly payout: Payout; readonly next: Payout }> {
    const payout = await refuse(day);
    await cancel(payout.id);
    await changeAccount(payout.merchantId);
    await world.payAt(`${nextDay}T06:00:00+01:00`);
    await world.sendAt(`${nextDay}T09:00:00+01:00`);
    const next = await lastOf(payout);
    const debit = await import_(payout, 'DEBIT');
    await assign({ entryId: debit?.id ?? '', payoutId: payout.id });
    await reject(next.bankFileId ?? '');
    world.alarms.length = 0;
    return { payout, next };
  }
  const look = () => payoutSweeps(world.payouts, 'production').find(({ name }) => name === 'payouts to send');

  it('keeps what went with a file that is refused afterwards out of the next one; an alarm says once to cancel that', async () => {
    const { payout, next } = await payTwice('2027-02-02', '2027-02-03');
    expect(await world.balanceOf(payout.accountOwner)).toBe(-payout.net);
    world.goTo('2027-02-03T13:00:00+01:00');
    const sweep = look();
    await sweep?.work();
    await sweep?.work();
    expect((await now(next))?.status).toBe('SCHEDULED');
    expect(world.alarms.splice(0)).toEqual([
      'a payout stays SCHEDULED: its receiver has had its money by one that was cancelled and executed all the same, so cancel it; otherwise it goes when his sales have made that good',
    ]);
    await cancel(next.id);
    expect(await world.balanceOf(payout.accountOwner)).toBe(0n);
    await sweep?.work();
  });

  it('keeps it no longer than until sales have made that good, and nothing that is made later', async () => {
    const { payout, next } = await payTwice('2027-02-04', '2027-02-05');
    await sell(payout, 5_000n);
    expect([await world.sendAt('2027-02-05T13:00:00+01:00'), (await now(next))?.status]).toEqual([0, 'SCHEDULED']);
    await sell(payout, 20_000n);
    expect([await world.sendAt('2027-02-05T13:05:00+01:00'), (await now(next))?.status]).toEqual([1, 'SENT']);
    await tell({ payoutId: next.id, kind: 'booked' });
    await world.payAt('2027-02-08T06:00:00+01:00');
    const made = await lastOf(payout);
    expect(made).toMatchObject({ gross: 25_000n, status: 'SCHEDULED' });
    // As by a refund that is ordered after the payout was made.
    const owe = (amount: bigint) =>
      world.database.pool.query(
        'update account_balance b set amount = amount - $2 from account a where a.id = b.account_id and a.owner = $1',
        [payout.accountOwner, amount],
      );
    await owe(1n);
    expect([await world.sendAt('2027-02-08T09:00:00+01:00'), (await now(made))?.status]).toEqual([1, 'SENT']);
    await owe(-1n);
    await tell({ payoutId: made.id, kind: 'booked' });
    world.alarms.length = 0;
  });

  it('twice, and of which one comes back, is paid to nobody and not dismissed in passing until the other comes back too', async () => {
    const { payout, entryId } = await execute('2027-02-09');
    await assign({ entryId, payoutId: payout.id });
    const second = (await import_(payout, 'DEBIT'))?.id ?? '';
    await import_(payout, 'CREDIT');
    expect(await now(payout)).toMatchObject({ status: 'RETURNED', sentAt: expect.any(Date) });
    await changeAccount(payout.merchantId);
    world.alarms.length = 0;
    await world.payAt('2027-02-10T06:00:00+01:00');
    expect([await world.balanceOf(payout.accountOwner), (await lastOf(payout)).id]).toEqual([payout.net, payout.id]);
    expect(world.alarms.splice(0)).toContain(
      'a balance is not paid out: a debit says that the bank executed a payout of it that was cancelled or came back, so assign it in heldTransfers to that payout, or to the transfer that brings the money back',
    );
    await expect(dismiss(second)).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: `The debit names the payout ${payout.id}, which came back, so its money is on the balance and would be paid a second time: if the bank executed it once more, assign the debit to the held transfer that brings the money back (heldTransferId), and leave it held until then. If it is another movement, a fee say, dismiss it with notOfPayout.`,
    });
    const fee = await import_(payout, 'DEBIT', 300n);
    await dismiss(fee?.id ?? '');
    const credit = await import_(payout, 'CREDIT');
    await assign({ entryId: second, heldTransferId: credit?.id ?? '' });
    await world.payAt('2027-02-11T06:00:00+01:00');
    expect(await lastOf(payout)).toMatchObject({ status: 'SCHEDULED', net: payout.net });
    await cancel((await lastOf(payout)).id);
    world.alarms.length = 0;
  });
});
