import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Meddler } from '../support/meddle.ts';
import { runs } from '../support/runs.ts';
import { lossyPlans, type Plan, playInterleaving, toldPlans } from './play-interleaving.ts';
import type { Bug } from './scripted-log.ts';

beforeAll(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }));
afterAll(() => void vi.useRealTimers());

const noBug: Meddler = (statement, run) => run(statement);

/** What is wrong after the first interleaving after which something is. */
async function findFault(plans: fc.Arbitrary<Plan>, bug: Bug): Promise<string | undefined> {
  let fault: string | undefined;
  const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
    [fault] = await playInterleaving(plan, scheduler, bug);
    return fault === undefined;
  });
  await fc.check(property, { numRuns: 400, seed: 1, endOnFailure: true });
  return fault;
}

describe('In every order of reads, hints, commits, joins, leaves and sweeps, each follower gets each event once and in order', () => {
  it.each([
    ['at once, when every commit is told of', toldPlans],
    ['after the next sweep, when hints are lost', lossyPlans],
  ])('%s', async (_, plans) => {
    const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
      expect(await playInterleaving(plan, scheduler, { meddler: noBug })).toEqual([]);
    });
    await fc.assert(property, runs(400));
  });
});

/** Bugs in the hand-over from the log to what comes, by what they do wrong. */
const bugs: Record<string, Meddler> = {
  'cuts the last event off a page': async (statement, run) => {
    const rows = await run(statement);
    return statement.name === 'read-events' && rows.length > 1 ? rows.slice(0, -1) : rows;
  },
  'gives the event at the seam again': (statement, run) => {
    if (!statement.name.startsWith('read-events')) return run(statement);
    const [shop, after, ...rest] = statement.values;
    return run({ ...statement, values: [shop, (after as bigint) > 0n ? (after as bigint) - 1n : 0n, ...rest] });
  },
  'begins behind an end of the log that was read too early': async (statement, run) => {
    const rows = await run(statement);
    return statement.name === 'read-log-ends'
      ? rows.map((row) => ({ ...row, last: (row as { last: bigint }).last - 1n }))
      : rows;
  },
  'reads past what it does not have': async (statement, run) => {
    const rows = await run(statement);
    return statement.name === 'read-events' ? rows.filter((_, place) => place !== 1) : rows;
  },
};

describe('A planted bug is found: a feed that', () => {
  it.each(Object.entries(bugs))('%s', async (_, meddler) => {
    expect(await findFault(toldPlans, { meddler })).toMatch(/^(he got|it broke)/);
  });

  it('does not hear what is said between the read of the end and the join', async () => {
    expect(await findFault(toldPlans, { meddler: noBug, deafWhileJoining: true })).toMatch(/^he got/);
  });

  it('never sweeps', async () => {
    const unswept = lossyPlans.map((plan) => ({ ...plan, sweeps: 0 }));
    expect(await findFault(unswept, { meddler: noBug })).toMatch(/^he got/);
  });
});
