import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Refund, StatementEntry } from '../../src/kernel/db/generated/prisma/client.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { readRefunds } from '../../src/refunds/store.ts';
import { parseStatementDay, type StatementDay } from '../../src/statements/model.ts';
import { reconcileDay } from '../../src/statements/reconcile-day.ts';
import { assignTransfer } from '../../src/transfers/assign-transfer.ts';
import { returnTransfer } from '../../src/transfers/return-transfer.ts';
import { attemptNow } from '../acquirers/sandbox-gateway.ts';
import { nameOf } from '../statements/days.ts';
import { entryOf } from '../statements/entries.ts';
import { actorOf } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Attempt, balancesNow, entriesNow, openTransferWorld, type TransferWorld, transferFor } from './world.ts';

let world: TransferWorld;

beforeAll(async () => {
  world = await openTransferWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const now = async ({ id }: Attempt) => (await attemptNow(world.database, id)).transaction;
const pass = () => world.gateway.letPass({ ms: 1_000 });

/** The entries of one file of these movements. */
const told = async (...entries: Parameters<TransferWorld['tell']>[0]): Promise<StatementEntry[]> =>
  entriesNow(world.database, (await world.tell(entries)).file.id);

async function order({ id: transactionId }: Attempt, amount: bigint, reason?: string): Promise<Refund> {
  const wish = { transactionId, idempotencyKey: randomUUID(), amount, ...(reason === undefined ? {} : { reason }) };
  return (await createRefund(world.gateway.refunds, actorOf(world.gateway.shop), wish)).refund;
}

async function refundNow({ id }: Refund): Promise<string> {
  const [row] = await inTransaction(world.database, (tx) => readRefunds(tx, [id]));
  return [row?.status, row?.acquirerCode].filter((part) => part !== null).join(' ');
}

/** Orders a refund, waits for the bank, and says what became of it. */
async function refund(attempt: Attempt, amount: bigint): Promise<string> {
  const ordered = await order(attempt, amount);
  await pass();
  return refundNow(ordered);
}

/** What differs between the books and the day file of the acquirer, as `MISSING_THERE sale` and the id. */
async function differences(): Promise<string[]> {
  const day = parseStatementDay(world.gateway.clock.now().toISOString().slice(0, 10)) as StatementDay;
  const found = await reconcileDay({ database: world.database }, { acquirer: world.gateway.transfers, day });
  return found.differences.map(nameOf);
}

const takenBack = (amount: bigint) =>
  entryOf({ direction: 'DEBIT', isReversal: true, amount, bankReference: randomUUID().slice(0, 16) });
const assign = ({ id: entryId }: StatementEntry, { id: transactionId }: Attempt) =>
  inTransaction(world.database, (tx) => assignTransfer(tx, world.operator, { entryId, transactionId }));

/** Runs a story, and says what it has changed where, in minor units of PLN. */
async function changedBy(story: () => Promise<void>): Promise<Record<string, bigint>> {
  const read = async () =>
    new Map((await balancesNow(world.database)).map((line) => line.split(' ') as [string, string]));
  const before = await read();
  await story();
  const after = await read();
  const changed = [...new Set([...before.keys(), ...after.keys()])].map(
    (kind) => [kind, BigInt(after.get(kind) ?? 0) - BigInt(before.get(kind) ?? 0)] as const,
  );
  return Object.fromEntries(changed.filter(([, amount]) => amount !== 0n));
}

describe('A refund of money that statements brought', () => {
  afterEach(async () => {
    expect(await differences()).toEqual([]);
  });

  it('is a transfer from our account: nobody owes anything afterwards', async () => {
    const changed = await changedBy(async () => {
      const attempt = await world.send();
      await told(transferFor(attempt));
      expect(await refund(attempt, 1n)).toBe('SETTLED');
      expect(await refund(attempt, 9_999n)).toBe('SETTLED');
      await expect(order(attempt, 1n)).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
    });
    expect(changed).toEqual({});
  });

  it('is what was settled, where more came: what is too much is sent back by itself', async () => {
    const changed = await changedBy(async () => {
      const attempt = await world.send();
      const [entry] = await told(transferFor(attempt, { amount: 12_000n }));
      await expect(order(attempt, 10_001n)).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
      expect(await refund(attempt, 10_000n)).toBe('SETTLED');
      const entryId = entry?.id ?? '';
      await inTransaction(world.database, (tx) =>
        returnTransfer(tx, world.operator, { entryId, reason: 'asked for it' }),
      );
    });
    expect(changed).toEqual({});
  });

  it('takes from all transfers that brought a part, and of one that did not pay in full nothing is refunded', async () => {
    const changed = await changedBy(async () => {
      const attempt = await world.send();
      await told(transferFor(attempt, { amount: 6_000n }));
      await expect(order(attempt, 1n)).rejects.toMatchObject({ code: 'TRANSACTION_NOT_SETTLED' });
      await told(transferFor(attempt, { amount: 4_000n }));
      expect(await refund(attempt, 7_000n)).toBe('SETTLED');
      expect(await refund(attempt, 2_000n)).toBe('SETTLED');
    });
    expect(changed).toEqual({ BANK: -1_000n, SHOP: 1_000n });
  });

  it('works for money that came late as well', async () => {
    const changed = await changedBy(async () => {
      const attempt = await world.send();
      await cancelPayment(world.gateway.deps, actorOf(world.gateway.shop), attempt.paymentId);
      await told(transferFor(attempt));
      expect(await now(attempt)).toMatchObject({ status: 'SETTLED', late: true });
      expect(await refund(attempt, 10_000n)).toBe('SETTLED');
    });
    expect(changed).toEqual({});
  });

  it('that the bank refuses leaves the money on our account, and may be ordered again', async () => {
    const attempt = await world.send();
    const changed = await changedBy(async () => {
      await told(transferFor(attempt));
      const refused = await order(attempt, 10_000n, 'TEST-100010');
      expect(await refundNow(refused)).toBe('REJECTED WT_RETURN_LATE');
    });
    expect(changed).toEqual({ BANK: -10_000n, SHOP: 10_000n });
    expect(await refund(attempt, 10_000n)).toBe('SETTLED');
  });

  it('of money that the bank told and a statement shows, too, leaves our account once', async () => {
    const changed = await changedBy(async () => {
      const attempt = await world.send();
      await world.gateway.transfers.decideOrder({ reference: attempt.id, decision: 'approve' });
      await pass();
      await told(transferFor(attempt));
      expect(await refund(attempt, 10_000n)).toBe('SETTLED');
    });
    expect(changed).toEqual({});
  });

  it('of money that no statement shows is the acquirer’s', async () => {
    const changed = await changedBy(async () => {
      const attempt = await world.send();
      await world.gateway.transfers.decideOrder({ reference: attempt.id, decision: 'approve' });
      await pass();
      expect(await refund(attempt, 4_000n)).toBe('SETTLED');
    });
    expect(changed).toEqual({ ACQUIRER: -6_000n, SHOP: 6_000n });
  });

  it('does not let a second transfer pay what is paid', async () => {
    const attempt = await world.send();
    await told(transferFor(attempt));
    expect(await refund(attempt, 10_000n)).toBe('SETTLED');
    expect(await told(transferFor(attempt))).toMatchObject([{ status: 'HELD', reason: 'PAID_ALREADY' }]);
  });
});

describe('A refund and a debit that takes the money back', () => {
  it('share what there is: what a refund was ordered of cannot be taken back', async () => {
    const attempt = await world.send();
    await told(transferFor(attempt));
    const ordered = await order(attempt, 4_000n);
    const [large, rest] = await told(takenBack(6_001n), takenBack(6_000n));
    if (!large || !rest) throw new Error('The entries are not kept.');
    await expect(assign(large, attempt)).rejects.toThrow(
      'The bank took back 60.01 PLN, and only 60.00 PLN of the transfers for this transaction is left on our account',
    );
    expect(await assign(rest, attempt)).toMatchObject({ status: 'BOOKED' });
    await pass();
    expect(await refundNow(ordered)).toBe('SETTLED');
    await expect(assign(large, attempt)).rejects.toThrow('only 0.00 PLN of the transfers');
  });

  it('when the money is gone, clears what the acquirer owes: the payer has it already', async () => {
    const attempt = await world.send();
    const changed = await changedBy(async () => {
      await told(transferFor(attempt));
      const [debit] = await told(takenBack(10_000n));
      if (debit) await assign(debit, attempt);
      expect(await refund(attempt, 10_000n)).toBe('SETTLED');
    });
    expect(changed).toEqual({});
    // The acquirer never told of the sale, and our account has nothing of it.
    expect(await differences()).toContain(`MISSING_THERE sale ${attempt.id}`);
  });

  it('at one moment never give the same money back twice', async () => {
    for (let round = 0; round < 6; round += 1) {
      const attempt = await world.send();
      const changed = await changedBy(async () => {
        await told(transferFor(attempt));
        const [debit] = await told(takenBack(10_000n));
        if (!debit) throw new Error('The entry is not kept.');
        const both = [() => order(attempt, 10_000n), () => assign(debit, attempt)];
        const race = round % 2 === 0 ? both : both.toReversed();
        const outcomes = await Promise.allSettled(race.map((run) => run()));
        const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
        for (const error of refused) expect(error).toMatchObject({ code: 'WRONG_STATE' });
        await pass();
      });
      // Either way it has left our account once, and the shop has nothing of it.
      expect(changed).toEqual({});
    }
  });
});
