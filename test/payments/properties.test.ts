import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../support/runs.ts';
import { histories } from './histories.ts';
import { playHistory } from './play-history.ts';
import { openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterAll(() => world.close());

/** Any number of histories may be asked for; each takes a fraction of a second. */
const { numRuns } = runs(1_000);
const patience = { timeout: Math.max(600_000, numRuns * 1_000) };

describe('Whatever happens to the payments of a shop', () => {
  it('the database holds what the domain says, and breaks no invariant', patience, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await playHistory(world, history)).toEqual([]);
      }),
      runs(1_000),
    );
  });
});
