import { takeSnapshots } from '../../src/ledger/take-snapshots.ts';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { compareAll, compareDay } from './compare-books.ts';
import { isBankDay, type Moment, plus, type Time } from './model-calendar.ts';
import { letAccountsChange, letBank, runDays } from './model-payouts.ts';
import { letExpire } from './model-sales.ts';
import { closedIban, type DayPlan, type Month } from './months.ts';
import { closeMonth, openMonth, type PlayedMonth } from './open-month.ts';
import { playAct } from './play-act.ts';
import { type MonthWorld, momentOf, shown } from './world.ts';

/**
 * Plays a month over the API and, act by act, in the books of a second accountant; compares both after each business day.
 * @returns what differs, from the first day on which anything does; an empty list is the only good answer.
 */
export async function playMonth(world: MonthWorld, month: Month): Promise<string[]> {
  world.alarms.length = 0;
  const played = await openMonth(world, month);
  try {
    for (const [place, plan] of month.days.entries()) {
      const day = plus(month.firstDay, place);
      const wrong = await playDay(played, day, plan);
      if (isBankDay(day) || isBankDay(day, 'EUR')) wrong.push(...(await compareDay(played, day)));
      if (wrong.length > 0) return wrong.map((line) => `${day}: ${line}`);
    }
    return [...(await compareAll(played)), ...world.alarms];
  } finally {
    await closeMonth(played);
  }
}

/** Acts that depend on what is due by then. */
const waiting: readonly string[] = ['capture', 'void', 'move account'];

type Event = {
  readonly time: Time;
  readonly jobs: boolean;
  readonly happen: (now: Moment) => Promise<string | undefined>;
};

async function playDay(played: PlayedMonth, day: string, { acts, run }: DayPlan): Promise<string[]> {
  const { world, books } = played;
  const events: Event[] = acts.map(({ time, act }) => ({
    time,
    jobs: waiting.includes(act.do),
    happen: (now) => playAct(played, act, now),
  }));
  const bank: Event['happen'] = async (now) => {
    await sendPayouts(world.payouts);
    await answerAsBank(world.payouts);
    letBank(books, now, closedIban);
    return undefined;
  };
  // A day without a run has no worker in the morning, so what waits for the first session misses it.
  if (run !== 'missed') events.push({ time: '09:10:00.000', jobs: true, happen: bank });
  events.push({ time: '17:00:00.000', jobs: true, happen: bank });
  if (run !== 'missed') {
    events.push({
      time: run === 'late' ? '16:30:00.000' : '06:00:00.000',
      jobs: true,
      happen: async (now) => {
        await runPayouts(world.payouts);
        runDays(books, now);
        return undefined;
      },
    });
  }
  events.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
  const wrong: string[] = [];
  for (const { time, jobs, happen } of events) {
    const next = world.clock.now().getTime() + 1;
    world.clock.set(new Date(Math.max(momentOf(day, time).getTime(), next)));
    const now = shown(world.clock.now());
    if (jobs) await world.runJobs();
    if (jobs) {
      letExpire(books, now);
      letAccountsChange(books, now);
    }
    const difference = await happen(now);
    if (difference !== undefined) wrong.push(`${time}: ${difference}`);
  }
  await takeSnapshots(world.database);
  return wrong;
}
