import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { ledgerSweeps } from '../../src/ledger/jobs.ts';
import { describeFault } from '../../src/ledger/model.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { runs } from '../support/runs.ts';
import { histories, silences } from './histories.ts';
import { playHistory } from './play-history.ts';
import { openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterAll(() => world.close());

/**
 * Any number of histories may be asked for; each takes a fraction of a second. Every planted bug is found among the first 150
 * of the same ones; more of them, and new ones, are for `npm run test:properties`.
 */
const usual = 200;
const { numRuns } = runs(usual);
const patience = { timeout: Math.max(600_000, numRuns * 1_000) };

describe('Whatever happens to the payments of a shop', () => {
  it('the database holds what the domain says, and breaks no invariant', patience, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await playHistory(world, history)).toEqual([]);
      }),
      runs(usual),
    );
  });

  it('it does so where an attempt had no answer and its acquirer speaks later', patience, async () => {
    await fc.assert(
      fc.asyncProperty(silences, async (history) => {
        expect(await playHistory(world, history)).toEqual([]);
      }),
      runs(usual),
    );
  });

  it('the checks of the ledger find nothing in it, neither those from scratch nor the watch', patience, async () => {
    const { database, deps, alarms, url } = world;
    alarms.length = 0;
    const [sweep] = ledgerSweeps({ database, log: deps.log, metrics: createMetrics() });
    await sweep?.work();
    const faults: string[] = [];
    const { subjects } = await verifyLedger(url, (fault) => faults.push(describeFault(fault)));
    expect([...faults, ...alarms]).toEqual([]);
    expect(subjects.postings).toBeGreaterThan(0n);
  });
});
