import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { bookEntries } from '../../src/transfers/book-entries.ts';
import type { TransferDeps } from '../../src/transfers/deps.ts';
import { attemptNow } from '../acquirers/sandbox-gateway.ts';
import { dyingAt } from '../payouts/dying-database.ts';
import { ownAccount } from '../statements/entries.ts';
import { writeCamt } from '../statements/write-camt.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Attempt, entriesNow, openTransferWorld, type TransferWorld, tellOf, transferFor } from './world.ts';

let world: TransferWorld;
/** Several processes on one database, each with connections of its own. */
let processes: TransferDeps[];
let databases: Database[];

beforeAll(async () => {
  world = await openTransferWorld();
  databases = [1, 2, 3].map(() => openDatabase({ url: world.url, connectionsMax: 3 }));
  processes = databases.map((database) => ({ ...world.transfers, database }));
});

afterAll(async () => {
  for (const database of databases) await database.close();
  await world.close();
});

async function attemptsOf(count: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  while (attempts.length < count) attempts.push(await world.send());
  return attempts;
}

const written = (entries: ReturnType<typeof transferFor>[], kind: '053.001.02' | '053.001.08' | '054.001.08') =>
  writeCamt(kind, [{ account: ownAccount, entries }]);

/** Everybody may have skipped what somebody else was about to book. */
async function bookTheRest(): Promise<void> {
  for (const process of processes) await bookEntries(process);
}

async function expectAllPaid(attempts: readonly Attempt[]): Promise<void> {
  for (const { id } of attempts) {
    const { transaction } = await attemptNow(world.database, id);
    expect(transaction).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n, heldAmount: 0n });
  }
  expect(await brokenInvariants(world.database)).toEqual([]);
}

describe('An import that is killed', () => {
  it('at any statement leaves nothing undone and nothing done twice', async () => {
    const attempts: Attempt[] = [];
    const runs: string[] = [];
    /** Kills an import at its nth statement; says whether it came to its end before that. */
    const survives = async (last: number): Promise<boolean> => {
      const attempt = await world.send();
      const [first, second] = [4_000n, 6_000n].map((amount) => transferFor(attempt, { amount }));
      if (!first || !second) throw new Error('There are two transfers.');
      const file = written([first, second], '053.001.08');
      attempts.push(attempt);
      runs.push(file);
      try {
        await tellOf({ ...world.transfers, database: dyingAt(world.database, last) }, file);
        return (await attemptNow(world.database, attempt.id)).transaction.status === 'SETTLED';
      } catch {
        return false;
      }
    };
    let last = 1;
    while (!(await survives(last))) last += 1;
    expect(last).toBeGreaterThan(15);
    // The next sweep, and whoever imports the files again.
    await bookTheRest();
    for (const file of runs) await tellOf(world.transfers, file);
    await expectAllPaid(attempts);
    expect(await entriesNow(world.database)).toHaveLength(2 * attempts.length);
  }, 60_000);
});

describe('Imports at the same moment', () => {
  it('of one file keep and book each movement once', async () => {
    const attempts = await attemptsOf(12);
    const file = written(
      attempts.map((attempt) => transferFor(attempt)),
      '053.001.08',
    );
    const imports = await Promise.all([...processes, ...processes].map((process) => tellOf(process, file)));
    expect(imports.map(({ file: { id } }) => id)).toEqual(imports.map(() => imports[0]?.file.id));
    expect(imports.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await entriesNow(world.database, imports[0]?.file.id)).toHaveLength(12);
    await bookTheRest();
    await expectAllPaid(attempts);
  });

  it('of files that tell of the same movements, some of which pay the same payments, book each once', async () => {
    const attempts = await attemptsOf(8);
    const halves = attempts.flatMap((attempt) => [
      transferFor(attempt, { amount: 4_000n }),
      transferFor(attempt, { amount: 6_000n }),
    ]);
    const before = (await entriesNow(world.database)).length;
    const files = [
      ...[written(halves, '053.001.08'), written(halves.toReversed(), '053.001.02')],
      ...[written(halves.slice(0, 9), '054.001.08'), written(halves.slice(5), '054.001.08')],
    ];
    const places = processes.length;
    await Promise.all(files.map((file, place) => tellOf(processes[place % places] as TransferDeps, file)));
    await bookTheRest();
    expect((await entriesNow(world.database)).length - before).toBe(16);
    await expectAllPaid(attempts);
    expect((await entriesNow(world.database)).filter(({ status }) => status !== 'BOOKED')).toEqual([]);
  });
});
