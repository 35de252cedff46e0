import fc from 'fast-check';
import { vi } from 'vitest';
import { parseCursor } from '../../src/kernel/events/cursor.ts';
import { SlowConsumer } from '../../src/kernel/events/errors.ts';
import { createLog } from '../../src/kernel/log.ts';
import { FeedClosed } from '../../src/realtime/errors.ts';
import { createEventFeed, type EventFeed } from '../../src/realtime/follow-events.ts';
import { matches } from '../../src/realtime/model.ts';
import {
  type Bug,
  createScriptedLog,
  eventOf,
  filters,
  otherShopId,
  type ScriptedLog,
  shopId,
  statementsMax,
} from './scripted-log.ts';
import { createScriptedBus, type ScriptedBus } from './take-events.ts';

/** How a commit becomes known: by this process's own news, by another's hint, by both, or not at all. */
type Told = 'own' | 'hint' | 'twice' | 'lost';

type FollowerPlan = {
  /** Starts with what is committed from then on; otherwise behind some number. */
  readonly live: boolean;
  readonly after: number;
  /** After how many events he leaves and comes back with his last cursor; then he stays. */
  readonly stays: readonly number[];
  readonly filter: number;
};

export type Plan = {
  readonly commits: readonly { readonly size: number; readonly told: Told }[];
  /** Hints that are not true: too small, too great, of another shop. */
  readonly wrongHints: readonly number[];
  readonly followers: readonly FollowerPlan[];
  readonly sweeps: number;
  /** How often all reads under way have taken so long that others begin beside them. */
  readonly impatience: number;
  readonly pageSize: number;
  readonly recentMax: number;
  /** With so few, pages are dropped while their followers take them. */
  readonly memoryMax: number;
  readonly lagMax: number;
};

const plansWith = (told: readonly Told[], sweeps: fc.Arbitrary<number>): fc.Arbitrary<Plan> =>
  fc.record({
    commits: fc.array(fc.record({ size: fc.integer({ min: 1, max: 4 }), told: fc.constantFrom(...told) }), {
      minLength: 1,
      maxLength: 6,
    }),
    wrongHints: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 }),
    followers: fc.array(
      fc.record({
        live: fc.boolean(),
        after: fc.nat(12),
        stays: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
        filter: fc.nat(filters.length - 1),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    sweeps,
    impatience: fc.nat(5),
    pageSize: fc.integer({ min: 1, max: 5 }),
    recentMax: fc.integer({ min: 1, max: 5 }),
    memoryMax: fc.constantFrom(2, 6, 1_000),
    lagMax: fc.constantFrom(2, 5, 1_000),
  });

/** Every commit is told of, so everyone gets everything although no sweep ever comes. */
export const toldPlans = plansWith(['own', 'hint', 'twice'], fc.constant(0));
/** Hints get lost; a last sweep comes at the end. */
export const lossyPlans = plansWith(['own', 'hint', 'twice', 'lost'], fc.integer({ min: 1, max: 3 }));

const sweepEveryMs = 60_000;
/** After that another read begins beside a silent one. */
const patienceMs = 1_000;
/**
 * Plays a plan in the order that the scheduler chooses, and gives what was wrong: nothing, if every follower got every
 * event once and in order. `setInterval` and `setTimeout` must be fake ones.
 */
export async function playInterleaving(plan: Plan, scheduler: fc.Scheduler, bug: Bug): Promise<string[]> {
  const log = createScriptedLog(scheduler, bug);
  const bus = createScriptedBus();
  const { pageSize, recentMax, memoryMax, lagMax } = plan;
  const feed = createEventFeed({
    ...{ database: log.database, hints: bus, log: createLog('silent'), sweepEveryMs },
    ...{ pageSize, recentMax, memoryMax, lagMax },
  });
  const stories = plan.followers.map((follower) => followByPlan({ feed, log, scheduler }, follower));
  scheduleWriters(plan, scheduler, { log, bus });
  for (let sweep = 1; sweep < plan.sweeps; sweep += 1) void later(scheduler, 'a sweep', tick);
  const passTime = (): void => void vi.advanceTimersByTime(patienceMs);
  for (let times = 0; times < plan.impatience; times += 1) void later(scheduler, 'reads take long', passTime);
  await settle(scheduler);
  if (plan.sweeps > 0) {
    tick();
    await settle(scheduler);
  }
  const reached = log.last();
  await feed.close();
  await settle(scheduler);
  const wrong = stories.flatMap(({ judge }) => judge(reached));
  if (feed.followers() + feed.shops() > 0) wrong.push('somebody is still following');
  if (log.statements() > statementsMax) wrong.push(`it took ${log.statements()} statements`);
  return wrong;
}

const tick = (): void => void vi.advanceTimersByTime(sweepEveryMs);

async function later(scheduler: fc.Scheduler, label: string, act: () => void): Promise<void> {
  await scheduler.schedule(Promise.resolve(), label);
  act();
}

/** Lets everything happen that can; promises that lead to one another are given the time to do so. */
async function settle(scheduler: fc.Scheduler): Promise<void> {
  do {
    await scheduler.waitIdle();
    await new Promise((resolve) => setImmediate(resolve));
  } while (scheduler.count() > 0);
}

function scheduleWriters(
  { commits, wrongHints }: Plan,
  scheduler: fc.Scheduler,
  { log, bus }: { readonly log: ScriptedLog; readonly bus: ScriptedBus },
): void {
  const commit = async (size: number, told: Told): Promise<void> => {
    await later(scheduler, `${size} are committed`, () => log.commit(size));
    const number = log.last();
    const own = (): void => log.tell(new Map([[shopId, number]]));
    const hint = (): void => bus.hint(shopId, number);
    if (told === 'own' || told === 'twice') void later(scheduler, `news of ${number}`, own);
    if (told === 'hint' || told === 'twice') void later(scheduler, `a hint at ${number}`, hint);
  };
  for (const { size, told } of commits) void commit(size, told);
  for (const number of wrongHints) {
    const hint = (): void => {
      bus.hint(shopId, BigInt(number));
      bus.hint(otherShopId, BigInt(number));
    };
    void later(scheduler, `a wrong hint at ${number}`, hint);
  }
}

type Story = { judge(reached: bigint): string[] };
type Stage = { readonly feed: EventFeed; readonly log: ScriptedLog; readonly scheduler: fc.Scheduler };

/** Follows by plan until the feed is closed, and can then say what was wrong with what was given. */
function followByPlan(stage: Stage, plan: FollowerPlan): Story {
  const { feed, log, scheduler } = stage;
  const filter = filters[plan.filter] ?? {};
  const seen: bigint[] = [];
  let failure: unknown;
  /** Between which numbers he began. */
  let began: { readonly from: bigint; readonly to: bigint } | undefined;

  /** Takes events until he has enough of them, is told that he is too slow, or the feed ends. Gives where to go on. */
  const stay = async (after: bigint | undefined, count: number): Promise<bigint | undefined> => {
    await scheduler.schedule(Promise.resolve(), 'a follower joins');
    const from = after ?? log.last();
    const events = await feed.follow({ shopId, after, ...filter });
    began ??= { from, to: after ?? log.last() };
    let place = after;
    try {
      for (let taken = 0; taken < count; taken += 1) {
        const next = await events.next();
        if (next.done) return place;
        place = next.value.number;
        seen.push(place);
        await scheduler.schedule(Promise.resolve(), 'a follower is busy');
      }
    } catch (error) {
      if (!(error instanceof SlowConsumer)) throw error;
      return parseCursor(error.cursor, shopId);
    }
    await events.return();
    return place;
  };
  const run = async (): Promise<void> => {
    let after = plan.live ? undefined : BigInt(Math.min(plan.after, Number(log.last())));
    for (const count of plan.stays) after = await stay(after, count);
    // It ends with the error of a feed that was closed.
    for (;;) after = await stay(after, Number.POSITIVE_INFINITY);
  };
  void run().catch((error: unknown) => {
    failure = error;
  });
  return {
    judge: (reached) => {
      if (failure !== undefined && !(failure instanceof FeedClosed)) return [`it broke: ${failure}`];
      if (!began) return ['he never began'];
      const wanted = (from: bigint): string =>
        range(from + 1n, reached)
          .filter((number) => matches(filter, eventOf(number)))
          .join();
      const good = range(began.from, began.to).map(wanted);
      return good.includes(seen.join()) ? [] : [`he got ${seen.join()}, not ${good[0]}`];
    },
  };
}

function range(from: bigint, to: bigint): bigint[] {
  return Array.from({ length: Math.max(0, Number(to - from) + 1) }, (_, index) => from + BigInt(index));
}
