import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { TransactionStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { mayMoveTransaction } from '../../src/transactions/model.ts';
import { moveTransactions, type TransactionMove } from '../../src/transactions/sql/move-transactions.ts';
import { readTransactions } from '../../src/transactions/store.ts';
import { openWorld, startedPayment, type World } from '../payments/world.ts';

let world: World;
let pending: Transaction;

beforeAll(async () => {
  world = await openWorld();
  pending = (await startedPayment(world, await world.openShop())).transaction;
});

afterAll(() => world.close());

const statuses = Object.values(TransactionStatus);
const move = (...moves: TransactionMove[]): Promise<void> =>
  inTransaction(world.database, (tx) => moveTransactions(tx, moves));

async function now(id: string): Promise<Transaction> {
  const [row] = await inTransaction(world.database, (tx) => readTransactions(tx, [id]));
  return row as Transaction;
}

describe('A transaction', () => {
  it('is not moved against the table of states, from wherever to wherever', async () => {
    for (const was of statuses) {
      for (const status of statuses) {
        if (was === status || mayMoveTransaction(was, status)) continue;
        const words = `cannot move from ${was} to ${status}`;
        await expect(move({ was, row: { ...pending, status } })).rejects.toThrow(words);
      }
    }
    expect((await now(pending.id)).status).toBe('PENDING');
  });

  it('is not moved when it is in another state than thought', async () => {
    for (const was of statuses.filter((status) => status !== 'PENDING')) {
      const status = statuses.find((to) => mayMoveTransaction(was, to)) ?? was;
      const wrong = move({ was, row: { ...pending, status } });
      await expect(wrong).rejects.toThrow('was not in the state it was thought to be in');
    }
    expect((await now(pending.id)).status).toBe('PENDING');
  });

  it('is not moved twice by one batch, nor moved at all when another of the batch is not', async () => {
    const { transaction: other } = await startedPayment(world, await world.openShop());
    const twice: TransactionMove = { was: 'PENDING', row: { ...pending, status: 'UNKNOWN' } };
    await expect(move(twice, twice)).rejects.toThrow('was not in the state');
    await expect(move(twice, { was: 'UNKNOWN', row: { ...other, status: 'REJECTED' } })).rejects.toThrow();
    expect((await now(pending.id)).status).toBe('PENDING');
  });

  it('is moved with everything that belongs to its new state', async () => {
    const { transaction } = await startedPayment(world, await world.openShop());
    const at = new Date('2026-03-02T12:00:00.000Z');
    const settled: Transaction = {
      ...transaction,
      status: 'SETTLED',
      acquirerCode: 'CODE_05',
      capturedAmount: transaction.amount,
      settledAmount: transaction.amount,
      heldAmount: 1n,
      nextStep: { url: 'https://bank.example/1', httpMethod: 'GET', fields: [] },
      payerIp: '192.0.2.1',
      authorizedUntil: at,
      settledAt: at,
      late: true,
      surplus: true,
      updatedAt: at,
    };
    await move({ was: 'PENDING', row: settled });
    expect({ ...(await now(transaction.id)), inputHash: null }).toEqual({ ...settled, inputHash: null });
  });
});
