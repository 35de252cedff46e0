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
    const { failed, wrong } = await tryOut(plant());
    expect(failed).toBe(true);
    expect(wrong).not.toMatch(/broke/);
  });

  it('does nothing wrong is not found', patience, async () => {
    const { failed } = await tryOut(
      meddled(world, (statement, run) => run(statement)),
      20,
    );
    expect(failed).toBe(false);
  });
});

/** Plays histories until one shows that something is wrong, and says what was seen first. */
async function tryOut(broken: World, numRuns = 120): Promise<{ failed: boolean; wrong: string | undefined }> {
  let wrong: string | undefined;
  const property = fc.asyncProperty(histories, async (history) => {
    [wrong] = await playHistory(broken, history);
    return wrong === undefined;
  });
  const { failed } = await fc.check(property, { numRuns, seed: 1, endOnFailure: true });
  return { failed, wrong };
}
