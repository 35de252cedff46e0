import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { StatementEntry } from '../../src/kernel/db/generated/prisma/client.ts';
import { withoutHyphens } from '../../src/kernel/ids.ts';
import { type Assignment, assignTransfer } from '../../src/transfers/assign-transfer.ts';
import { returnTransfer } from '../../src/transfers/return-transfer.ts';
import { attemptNow } from '../acquirers/sandbox-gateway.ts';
import { entryOf, ownAccount } from '../statements/entries.ts';
import { writeMt940 } from '../statements/write-mt940.ts';
import { brokenInvariants } from '../support/invariants.ts';
import {
  type Attempt,
  balancesNow,
  entriesNow,
  openTransferWorld,
  type TransferWorld,
  tellOf,
  transferFor,
} from './world.ts';

let world: TransferWorld;

beforeAll(async () => {
  world = await openTransferWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const now = async ({ id }: Attempt) => (await attemptNow(world.database, id)).transaction;
const assign = ({ id: entryId }: StatementEntry, to: Omit<Assignment, 'entryId'>) =>
  inTransaction(world.database, (tx) => assignTransfer(tx, world.operator, { entryId, ...to }));
const giveBack = ({ id: entryId }: StatementEntry) =>
  inTransaction(world.database, (tx) => returnTransfer(tx, world.operator, { entryId, reason: 'asked for' }));

/** The one entry of a file of one. */
async function told(entry: Parameters<typeof world.tell>[0][number]): Promise<StatementEntry> {
  const [kept] = await entriesNow(world.database, (await world.tell([entry])).file.id);
  if (!kept) throw new Error('The entry is not kept.');
  return kept;
}

const entryNow = async ({ id }: StatementEntry): Promise<StatementEntry> => {
  const found = (await entriesNow(world.database)).find((entry) => entry.id === id);
  if (!found) throw new Error('The entry is gone.');
  return found;
};

const reversalOf = (amount: bigint) =>
  entryOf({ direction: 'DEBIT', isReversal: true, amount, bankReference: crypto.randomUUID().slice(0, 16) });

/** What has changed where since it was asked last, in minor units of PLN. */
function changes(): () => Promise<Record<string, bigint>> {
  let before = new Map<string, bigint>();
  return async () => {
    const lines = (await balancesNow(world.database)).map((line) => line.split(' '));
    const after = new Map(lines.map(([kind = '', amount = '0']) => [kind, BigInt(amount)]));
    const kinds = new Set([...before.keys(), ...after.keys()]);
    const changed = [...kinds].map((kind) => [kind, (after.get(kind) ?? 0n) - (before.get(kind) ?? 0n)] as const);
    before = after;
    return Object.fromEntries(changed.filter(([, amount]) => amount !== 0n));
  };
}

describe('A transfer that the bank takes back', () => {
  it.each(['camt', 'MT940'])(
    'after its payment settled is owed by the acquirer again, and the sale stands (%s)',
    async (kind) => {
      const attempt = await world.send();
      const credit = await told(transferFor(attempt));
      const change = changes();
      await change();
      const reversal = { ...reversalOf(10_000n), accountNumbers: [attempt.number] };
      const file =
        kind === 'camt'
          ? await world.tell([reversal])
          : await tellOf(world.transfers, writeMt940('~', [{ account: ownAccount, entries: [reversal] }]));
      const [debit] = await entriesNow(world.database, file.file.id);
      if (!debit) throw new Error('The entry is not kept.');
      expect(debit).toMatchObject({ status: 'HELD', reason: 'UNKNOWN_DEBIT', isReversal: true });
      expect(await assign(debit, { transactionId: attempt.id })).toMatchObject({
        ...{ status: 'BOOKED', reason: null, transactionId: attempt.id, takenBackAmount: 0n },
      });
      expect(await change()).toEqual({ ACQUIRER: -10_000n, BANK: 10_000n });
      expect(await now(attempt)).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
      expect(await entryNow(credit)).toMatchObject({
        ...{ status: 'RETURNED', appliedAmount: 0n, takenBackAmount: 10_000n, releasedAmount: 0n },
      });
      const { rows } = await world.database.pool.query('select action, data from audit_entry where subject = $1', [
        `transfer:${debit.id}`,
      ]);
      const data = { transactionId: attempt.id, amount: '10000', currency: 'PLN', takenFrom: [credit.id] };
      expect(rows).toEqual([{ action: 'ASSIGN_TRANSFER', data }]);
      // Whoever pays on the same number once more pays what is owed, and is not told to have paid twice.
      expect(await told(transferFor(attempt))).toMatchObject({ status: 'BOOKED', appliedAmount: 10_000n });
      expect(await change()).toEqual({ ACQUIRER: 10_000n, BANK: -10_000n });
    },
  );

  it('is no more than what has come: a second time is refused, and changes nothing', async () => {
    const attempt = await world.send();
    await told(transferFor(attempt));
    const [large, debit, again] = [
      await told(reversalOf(10_001n)),
      await told(reversalOf(10_000n)),
      await told(reversalOf(1n)),
    ];
    await expect(assign(large, { transactionId: attempt.id })).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message:
        'The bank took back 100.01 PLN, and only 100.00 PLN of the transfers for this transaction is left on our account: find out which transfers it took back.',
    });
    expect(await entryNow(large)).toEqual(large);
    await assign(debit, { transactionId: attempt.id });
    await expect(assign(again, { transactionId: attempt.id })).rejects.toThrow('only 0.00 PLN of the transfers');
    await expect(assign(debit, { transactionId: attempt.id })).rejects.toThrow('Nothing of this transfer is held');
  });

  it('while its payment waits for the rest lowers what has come for it', async () => {
    const attempt = await world.send();
    const [first, second] = [
      await told(transferFor(attempt, { amount: 3_000n })),
      await told(transferFor(attempt, { amount: 2_000n })),
    ];
    expect(await now(attempt)).toMatchObject({ status: 'UNKNOWN', heldAmount: 5_000n });
    // The one of that amount, not the newest.
    await assign(await told(reversalOf(3_000n)), { transactionId: attempt.id });
    expect(await now(attempt)).toMatchObject({ status: 'UNKNOWN', reason: 'AMOUNT_MISMATCH', heldAmount: 2_000n });
    expect(await entryNow(first)).toMatchObject({ status: 'RETURNED', appliedAmount: 0n, takenBackAmount: 3_000n });
    expect(await entryNow(second)).toMatchObject({ status: 'PARTIAL', appliedAmount: 2_000n });
    // What would have been the rest before settles nothing.
    await told(transferFor(attempt, { amount: 5_000n }));
    expect(await now(attempt)).toMatchObject({ status: 'UNKNOWN', heldAmount: 7_000n });
    await told(transferFor(attempt, { amount: 3_000n }));
    expect(await now(attempt)).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
    expect(await entryNow(second)).toMatchObject({ status: 'BOOKED' });
  });

  it('and was all that had come ends the attempt, so that its payer may pay otherwise', async () => {
    const attempt = await world.send();
    await told(transferFor(attempt, { amount: 3_000n }));
    await told(transferFor(attempt, { amount: 2_000n }));
    await assign(await told(reversalOf(5_000n)), { transactionId: attempt.id });
    expect(await now(attempt)).toMatchObject({ status: 'REJECTED', acquirerCode: 'WT_SENT_BACK', heldAmount: 0n });
    expect((await attemptNow(world.database, attempt.id)).payment.status).toBe('NEW');
  });

  it('and was more than its payment lacked takes what is held of it as well', async () => {
    const attempt = await world.send();
    const credit = await told(transferFor(attempt, { amount: 10_500n }));
    const change = changes();
    await change();
    await assign(await told(reversalOf(10_500n)), { transactionId: attempt.id });
    expect(await change()).toEqual({ ACQUIRER: -10_000n, SUSPENSE: -500n, BANK: 10_500n });
    expect(await entryNow(credit)).toMatchObject({ status: 'RETURNED', heldAmount: 0n, takenBackAmount: 10_500n });
    expect(await now(attempt)).toMatchObject({ status: 'SETTLED' });
  });

  it('after we had sent its rest back leaves the debit of that known', async () => {
    const attempt = await world.send();
    const credit = await told(transferFor(attempt, { amount: 10_500n }));
    await giveBack(credit);
    await assign(await told(reversalOf(10_000n)), { transactionId: attempt.id });
    expect(await entryNow(credit)).toMatchObject({
      status: 'RETURNED',
      releasedAmount: 500n,
      takenBackAmount: 10_000n,
    });
    const sent = entryOf({ direction: 'DEBIT', amount: 500n, endToEndId: withoutHyphens(credit.id) });
    expect(await told(sent)).toMatchObject({ status: 'BOOKED' });
  });

  it('is taken back once, however many say so at once', async () => {
    const attempt = await world.send();
    await told(transferFor(attempt));
    const debits = [await told(reversalOf(10_000n)), await told(reversalOf(10_000n))];
    const done = await Promise.allSettled(
      [...debits, ...debits].map((debit) => assign(debit, { transactionId: attempt.id })),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused of a transaction in another currency, or of one that no transfer pays', async () => {
    const euros = await world.send({ currency: 'EUR' });
    const debit = await told(reversalOf(10_000n));
    await expect(assign(debit, { transactionId: euros.id })).rejects.toThrow('in another currency');
    await expect(assign(debit, { transactionId: crypto.randomUUID() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('A held transfer that the bank takes back', () => {
  it('is held no more', async () => {
    const credit = await told(entryOf({ title: 'omyłka' }));
    const change = changes();
    await change();
    const debit = await told(reversalOf(10_000n));
    expect(await assign(debit, { heldTransferId: credit.id })).toMatchObject({ status: 'BOOKED', reason: null });
    expect(await change()).toEqual({ SUSPENSE: -10_000n, BANK: 10_000n });
    expect(await entryNow(credit)).toMatchObject({
      ...{ status: 'RETURNED', reason: null, heldAmount: 0n, takenBackAmount: 10_000n, releasedAmount: 0n },
    });
    await expect(giveBack(credit)).rejects.toThrow('Nothing of this transfer is held: it is RETURNED.');
    const again = await told(reversalOf(10_000n));
    await expect(assign(again, { heldTransferId: credit.id })).rejects.toThrow(
      'only 0.00 PLN of this transfer is left',
    );
  });

  it('in part stays held with what is left, which pays or goes back', async () => {
    const credit = await told(entryOf({ title: 'za dużo' }));
    await assign(await told(reversalOf(4_000n)), { heldTransferId: credit.id });
    expect(await entryNow(credit)).toMatchObject({ status: 'HELD', heldAmount: 6_000n, takenBackAmount: 4_000n });
    const attempt = await world.send({ amount: 1_000n });
    await assign(credit, { transactionId: attempt.id });
    expect(await giveBack(credit)).toMatchObject({
      ...{ status: 'RETURNED', appliedAmount: 1_000n, releasedAmount: 5_000n, takenBackAmount: 4_000n },
    });
    const sent = entryOf({ direction: 'DEBIT', amount: 5_000n, endToEndId: withoutHyphens(credit.id) });
    expect(await told(sent)).toMatchObject({ status: 'BOOKED' });
  });

  it('and has paid several payments is taken back from them too', async () => {
    const [one, two] = [await world.send(), await world.send()];
    const credit = await told(transferFor(one, { amount: 15_000n }));
    await assign(credit, { transactionId: two.id });
    expect(await now(two)).toMatchObject({ status: 'UNKNOWN', heldAmount: 5_000n });
    await assign(await told(reversalOf(15_000n)), { heldTransferId: credit.id });
    expect(await now(one)).toMatchObject({ status: 'SETTLED' });
    expect(await now(two)).toMatchObject({ status: 'REJECTED', acquirerCode: 'WT_SENT_BACK' });
    expect(await entryNow(credit)).toMatchObject({ status: 'RETURNED', appliedAmount: 0n, takenBackAmount: 15_000n });
  });

  it('after it has settled several payments is named itself, for neither of them had all of it', async () => {
    const [one, two] = [await world.send(), await world.send()];
    const credit = await told(transferFor(one, { amount: 20_000n }));
    await assign(credit, { transactionId: two.id });
    const debit = await told(reversalOf(20_000n));
    await expect(assign(debit, { transactionId: one.id })).rejects.toThrow('only 100.00 PLN of the transfers');
    const change = changes();
    await change();
    await assign(debit, { heldTransferId: credit.id });
    expect(await change()).toEqual({ ACQUIRER: -20_000n, BANK: 20_000n });
    expect([(await now(one)).status, (await now(two)).status]).toEqual(['SETTLED', 'SETTLED']);
  });

  it('of which only the part for a payment that waits is taken back waits no more', async () => {
    const [one, two] = [await world.send(), await world.send()];
    const credit = await told(transferFor(one, { amount: 15_000n }));
    await assign(credit, { transactionId: two.id });
    await assign(await told(reversalOf(5_000n)), { transactionId: two.id });
    expect(await now(two)).toMatchObject({ status: 'REJECTED' });
    expect(await entryNow(credit)).toMatchObject({ status: 'BOOKED', reason: null, appliedAmount: 10_000n });
  });

  it('is returned or taken back, and never both', async () => {
    const credit = await told(entryOf({ title: 'albo, albo' }));
    const debit = await told(reversalOf(10_000n));
    const done = await Promise.allSettled([giveBack(credit), assign(debit, { heldTransferId: credit.id })]);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { releasedAmount, takenBackAmount } = await entryNow(credit);
    expect(releasedAmount + takenBackAmount).toBe(10_000n);
  });

  it('is named by money that went out, and is money that came in', async () => {
    const [credit, debit, other] = [
      await told(entryOf({ title: 'a' })),
      await told(reversalOf(10_000n)),
      await told(reversalOf(2n)),
    ];
    const attempt = await world.send();
    const refused = async (entry: StatementEntry, to: Omit<Assignment, 'entryId'>, message: string): Promise<void> =>
      expect(assign(entry, to)).rejects.toThrow(message);
    await refused(credit, { heldTransferId: debit.id }, 'This money came in, so it takes no other transfer back');
    await refused(debit, { heldTransferId: other.id }, 'The transfer that is named went out as well');
    await refused(debit, { heldTransferId: crypto.randomUUID() }, 'There is no held transfer with this id.');
    await refused(debit, { heldTransferId: credit.id, transactionId: attempt.id }, 'Name one of');
    const euros = await told(entryOf({ title: 'b', currency: 'EUR' }));
    await refused(debit, { heldTransferId: euros.id }, 'in another currency');
    const small = await told(entryOf({ title: 'c', amount: 9_999n }));
    await refused(debit, { heldTransferId: small.id }, 'only 99.99 PLN of this transfer is left on our account');
  });
});
