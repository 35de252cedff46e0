import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeFault } from '../../src/ledger/model.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { runs } from '../support/runs.ts';
import { months } from './months.ts';
import { playMonth } from './play-month.ts';
import { type MonthWorld, openMonthWorld } from './world.ts';

let world: MonthWorld;

beforeAll(async () => {
  world = await openMonthWorld();
});

afterAll(() => world.close());

const usual = 2;
const { numRuns } = runs(usual);
const patience = { timeout: Math.max(600_000, numRuns * 20_000) };

describe('Whatever merchants do in a month', () => {
  it('the books are those of a second accountant, after each business day and to the grosz', patience, async () => {
    await fc.assert(
      fc.asyncProperty(months, async (month) => {
        expect(await playMonth(world, month)).toEqual([]);
      }),
      // To make a month smaller takes as long as to play it; the sentences say the day and the line.
      { ...runs(usual), endOnFailure: true },
    );
  });

  it('the checks of the ledger find nothing in it', patience, async () => {
    const faults: string[] = [];
    const { subjects } = await verifyLedger(world.url, (fault) => faults.push(describeFault(fault)));
    expect(faults).toEqual([]);
    expect(subjects.payouts).toBeGreaterThan(0n);
  });
});
