import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meddledDatabase } from '../support/meddle.ts';
import { busyWeeks } from './months.ts';
import { bookBugs } from './planted-bugs.ts';
import { playMonth } from './play-month.ts';
import { type MonthWorld, openMonthWorld } from './world.ts';

let world: MonthWorld;

beforeAll(async () => {
  world = await openMonthWorld();
});

afterAll(() => world.close());

const patience = { timeout: 300_000 };

/** A line that differs, or the end of an act; what breaks off says something else. */
const aDifference =
  /: ((payout|parts of payout|commission of sale|balance|trial balance) .+ is .+|"[a-z ]+" came to ".*"), not /;

/** The week that shows a bug, where it is not the first: the search begins with it, and goes on from there. */
const shownBy: Readonly<Record<string, number>> = { 'pays zlotys on days when only TARGET works': 1 };

describe('A planted bug is found by comparing the books: a gateway that', () => {
  it.each(Object.entries(bookBugs))('%s', patience, async (wrong, meddler) => {
    const broken = world.withDatabase((database) => meddledDatabase(database, meddler));
    expect(await findDifference(broken, shownBy[wrong])).toMatch(aDifference);
  });
});

/** Plays busy weeks, from one of them on, until one differs from the books, and says in what first. */
async function findDifference(broken: MonthWorld, from = 0): Promise<string | undefined> {
  let difference: string | undefined;
  const property = fc.asyncProperty(busyWeeks, async (month) => {
    [difference] = await playMonth(broken, month).catch((error: unknown) => [`broke: ${error}`]);
    return difference === undefined;
  });
  await fc.check(property, { numRuns: 12, seed: 1, path: `${from}`, endOnFailure: true });
  return difference;
}
