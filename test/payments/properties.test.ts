import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runs } from '../support/runs.ts';
import { meddled, meddlers, wreckers } from './planted-bugs.ts';
import { histories, playHistory } from './play-history.ts';
import { openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const patience = { timeout: 600_000 };

describe('Whatever happens to the payments of a shop', () => {
  it('the database holds what the domain says, and breaks no invariant', patience, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(await playHistory(world, history)).toEqual([]);
      }),
      runs(120),
    );
  });
});

describe('A planted bug is found: code that', () => {
  const bugs: [string, () => World][] = [
    ...Object.entries(meddlers).map(([name, meddler]): [string, () => World] => [name, () => meddled(world, meddler)]),
    ...Object.entries(wreckers).map(([name, wreck]): [string, () => World] => [name, () => wreck(world)]),
  ];

  it.each(bugs)('%s', patience, async (_, plant) => {
    const broken = plant();
    const property = fc.asyncProperty(histories, async (history) => (await playHistory(broken, history)).length === 0);
    const found = await fc.check(property, { numRuns: 120, seed: 1, endOnFailure: true });
    expect(found.failed).toBe(true);
  });
});
