import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { StatementEntry } from '../../src/kernel/db/generated/prisma/client.ts';
import { withoutHyphens } from '../../src/kernel/ids.ts';
import { type Assignment, assignTransfer } from '../../src/transfers/assign-transfer.ts';
import { dismissTransfer } from '../../src/transfers/dismiss-transfer.ts';
import { holdDismissed } from '../../src/transfers/hold-dismissed.ts';
import { returnTransfer } from '../../src/transfers/return-transfer.ts';
import { noteSentBack } from '../../src/transfers/sql/move-entries.ts';
import { attemptNow } from '../acquirers/sandbox-gateway.ts';
import { entryOf } from '../statements/entries.ts';
import { payOut } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Attempt, balancesNow, entriesNow, openTransferWorld, type TransferWorld, transferFor } from './world.ts';

let world: TransferWorld;

beforeAll(async () => {
  world = await openTransferWorld();
});

beforeEach(() => {
  world.alarms.length = 0;
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const now = async ({ id }: Attempt) => (await attemptNow(world.database, id)).transaction;
const assign = (entry: StatementEntry, to: Partial<Assignment>) =>
  inTransaction(world.database, (tx) =>
    assignTransfer(tx, world.operator, { entryId: entry.id, transactionId: undefined, payoutId: undefined, ...to }),
  );
const giveBack = (entry: StatementEntry) =>
  inTransaction(world.database, (tx) => returnTransfer(tx, world.operator, { entryId: entry.id, reason: 'nobody’s' }));
const dismiss = (entry: StatementEntry) =>
  inTransaction(world.database, (tx) => dismissTransfer(tx, world.operator, { entryId: entry.id, reason: 'a fee' }));
const holdAgain = ({ id: entryId }: Pick<StatementEntry, 'id'>, reason = 'no fee') =>
  inTransaction(world.database, (tx) => holdDismissed(tx, world.operator, { entryId, reason }));

/** The one entry of a file of one. */
async function told(entry: Parameters<typeof world.tell>[0][number]): Promise<StatementEntry> {
  const { file } = await world.tell([entry]);
  const [kept] = await entriesNow(world.database, file.id);
  if (!kept) throw new Error('The entry is not kept.');
  return kept;
}

const suspense = async (): Promise<string | undefined> =>
  (await balancesNow(world.database)).find((line) => line.startsWith('SUSPENSE'));

describe('A transfer that is held', () => {
  it('is assigned to the payment that it is for, which settles', async () => {
    const attempt = await world.send();
    const entry = await told(entryOf({ title: 'bez numeru' }));
    expect(entry).toMatchObject({ status: 'HELD', heldAmount: 10_000n });
    expect(await assign(entry, { transactionId: attempt.id })).toMatchObject({
      status: 'BOOKED',
      appliedAmount: 10_000n,
    });
    expect(await now(attempt)).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
    expect(await suspense()).toBeUndefined();
    await expect(assign(entry, { transactionId: attempt.id })).rejects.toMatchObject({
      ...{ code: 'WRONG_STATE', message: 'Nothing of this transfer is held: it is BOOKED.' },
    });
  });

  it('is assigned in part: what is too much stays held, what is too little waits', async () => {
    const [one, two, three] = [await world.send(), await world.send(), await world.send()];
    const entry = await told(transferFor(one, { amount: 25_000n }));
    expect(await assign(entry, { transactionId: two.id })).toMatchObject({
      ...{ status: 'HELD', reason: 'OVERPAID', appliedAmount: 20_000n, heldAmount: 5_000n },
    });
    expect((await now(two)).status).toBe('SETTLED');
    expect(await assign(entry, { transactionId: three.id })).toMatchObject({ status: 'PARTIAL', reason: 'UNDERPAID' });
    expect(await now(three)).toMatchObject({ status: 'UNKNOWN', heldAmount: 5_000n });
    await world.tell([transferFor(three, { amount: 5_000n })]);
    expect(await now(three)).toMatchObject({ status: 'SETTLED' });
    expect(await suspense()).toBeUndefined();
  });

  it('is sent back, and the debit is known by its reference', async () => {
    const entry = await told(entryOf({ title: 'pomyłka' }));
    const returned = await giveBack(entry);
    expect(returned).toMatchObject({ status: 'RETURNED', heldAmount: 0n, releasedAmount: 10_000n });
    expect(await suspense()).toBeUndefined();
    world.alarms.length = 0;
    const debit = entryOf({ direction: 'DEBIT', endToEndId: withoutHyphens(entry.id) });
    expect(await told({ ...debit, amount: 9_999n })).toMatchObject({ status: 'HELD', reason: 'UNKNOWN_DEBIT' });
    expect(await told(debit)).toMatchObject({ status: 'BOOKED' });
    const again = await world.tell([{ ...debit, bookedOn: '2026-03-04', bankReference: 'TOLD-AGAIN' }]);
    expect(again.file.fresh).toBe(0);
    await expect(giveBack(entry)).rejects.toMatchObject({ code: 'WRONG_STATE' });
    const twice = inTransaction(world.database, (tx) => noteSentBack(tx, [{ entryId: entry.id, debitId: entry.id }]));
    await expect(twice).rejects.toThrow('was sent back by another debit meanwhile');
  });

  it('and waits for the rest is sent back: its payment may be paid otherwise, unless more has come', async () => {
    const attempt = await world.send();
    const first = await told(transferFor(attempt, { amount: 3_000n }));
    const second = await told(transferFor(attempt, { amount: 2_000n }));
    expect(await now(attempt)).toMatchObject({ heldAmount: 5_000n });
    expect(await giveBack(first)).toMatchObject({ status: 'RETURNED', appliedAmount: 0n, releasedAmount: 3_000n });
    expect(await now(attempt)).toMatchObject({ status: 'UNKNOWN', heldAmount: 2_000n });
    await giveBack(second);
    expect(await now(attempt)).toMatchObject({ status: 'REJECTED', heldAmount: 0n });
    expect((await attemptNow(world.database, attempt.id)).payment.status).toBe('NEW');
    // Late money finds it all the same.
    await world.tell([transferFor(attempt)]);
    expect(await now(attempt)).toMatchObject({ status: 'SETTLED', late: true });
  });

  it('is sent back as far as it is held', async () => {
    const attempt = await world.send();
    const entry = await told(transferFor(attempt, { amount: 10_001n }));
    expect(await giveBack(entry)).toMatchObject({ status: 'RETURNED', appliedAmount: 10_000n, releasedAmount: 1n });
    expect(await now(attempt)).toMatchObject({ status: 'SETTLED' });
  });

  it('and names a payout in vain leaves it to its own movements once it is for a payment', async () => {
    const [paid, attempt] = [await world.send(), await world.send()];
    await world.tell([transferFor(paid)]);
    const payoutId = await payOut(world.database, world.gateway.shop, 500n);
    const entry = await told(entryOf({ endToEndId: withoutHyphens(payoutId) }));
    expect(entry).toMatchObject({ reason: 'PAYOUT_AMOUNT_DIFFERS', payoutId });
    expect(await assign(entry, { transactionId: attempt.id })).toMatchObject({ status: 'BOOKED', payoutId: null });
    const back = entryOf({ endToEndId: withoutHyphens(payoutId), amount: 500n, isReversal: true });
    expect(await told(back)).toMatchObject({ status: 'BOOKED', payoutId });
    expect((await world.database.prisma.payout.findUniqueOrThrow({ where: { id: payoutId } })).status).toBe('RETURNED');
  });

  it('is refused what it cannot be for', async () => {
    const paid = await world.send();
    await world.tell([transferFor(paid)]);
    const euros = await world.send({ currency: 'EUR' });
    const entry = await told(entryOf({ title: 'x' }));
    await expect(assign(entry, {})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(assign(entry, { transactionId: crypto.randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(assign(entry, { payoutId: crypto.randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(assign(entry, { transactionId: paid.id })).rejects.toThrow('The transaction lacks no money.');
    await expect(assign(entry, { transactionId: euros.id })).rejects.toThrow('in another currency');
    await expect(dismiss(entry)).rejects.toThrow('This money came in, and is somebody’s');
    await expect(giveBack({ ...entry, id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await giveBack(entry);
  });

  it('and went out is dismissed when it is none of the gateway’s', async () => {
    const fee = await told(entryOf({ direction: 'DEBIT', amount: 500n, title: 'OPŁATA' }));
    await expect(giveBack(fee)).rejects.toThrow('This money went out');
    expect(await dismiss(fee)).toMatchObject({ status: 'DISMISSED', reason: null });
    await expect(dismiss(fee)).rejects.toMatchObject({ code: 'WRONG_STATE' });
    const { rows } = await world.database.pool.query(
      `select action, data from audit_entry where subject = $1 order by sequence`,
      [`transfer:${fee.id}`],
    );
    expect(rows).toEqual([{ action: 'DISMISS_TRANSFER', data: { reason: 'a fee' } }]);
  });

  it('and was dismissed by mistake is held again, and then for what it was', async () => {
    const credit = await told(entryOf({ title: 'dla kogo' }));
    const debit = await told(entryOf({ direction: 'DEBIT', title: 'STORNO' }));
    await dismiss(debit);
    const again = await Promise.allSettled([holdAgain(debit, ' of the bank '), holdAgain(debit, ' of the bank ')]);
    expect(again.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(again.find(({ status }) => status === 'fulfilled')).toMatchObject({
      value: { status: 'HELD', reason: 'UNKNOWN_DEBIT' },
    });
    const { rows } = await world.database.pool.query(
      `select action, data from audit_entry where subject = $1 order by sequence desc limit 1`,
      [`transfer:${debit.id}`],
    );
    expect(rows).toEqual([{ action: 'HOLD_DISMISSED_TRANSFER', data: { reason: 'of the bank' } }]);
    expect(await assign(debit, { heldTransferId: credit.id })).toMatchObject({ status: 'BOOKED' });
    expect(await suspense()).toBeUndefined();
  });

  it('is not held again unless it was dismissed, and not without a reason', async () => {
    const debit = await told(entryOf({ direction: 'DEBIT', amount: 700n }));
    await expect(holdAgain(debit)).rejects.toMatchObject({
      ...{ code: 'WRONG_STATE', message: 'Nobody has dismissed this transfer: it is HELD.' },
    });
    await expect(holdAgain({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await dismiss(debit);
    await expect(holdAgain(debit, ' ')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const [kept] = await entriesNow(world.database, debit.fileId);
    expect(kept).toMatchObject({ status: 'DISMISSED', reason: null });
  });

  it('is decided once, however many decide at once', async () => {
    const attempt = await world.send();
    const entry = await told(entryOf({ title: 'jeden' }));
    const done = await Promise.allSettled([
      ...[giveBack(entry), giveBack(entry), assign(entry, { transactionId: attempt.id })],
      ...[assign(entry, { transactionId: attempt.id })],
    ]);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await suspense()).toBeUndefined();
  });
});
