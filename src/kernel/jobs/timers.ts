import type { Tx } from '../db/database.ts';

/** Something due later: a sweep turns it into the job named by `kind`, with `subject` as its payload. */
export type Timer = {
  readonly kind: string;
  /** Id of the row that the job is about; one timer per kind and subject. */
  readonly subject: string;
  readonly merchantId: string;
  /** By the merchant's clock. */
  readonly dueAt: Date;
  /** How often this timer was set again, for schedules that grow; 0 at first. */
  readonly round?: number;
  /** Jobs of one queue run one after the other; left out or null, the job is in none. */
  readonly queue?: string | null;
};

/** Sets timers; one that exists for the same kind and subject is moved. */
export async function setTimers(tx: Tx, timers: readonly Timer[]): Promise<void> {
  if (timers.length === 0) return;
  await tx.query({
    name: 'set-timers',
    text: `
      insert into timer (kind, subject, merchant_id, due_at, round, queue)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::text[])
      on conflict (kind, subject) do update set due_at = excluded.due_at, round = excluded.round`,
    values: [
      timers.map((timer) => timer.kind),
      timers.map((timer) => timer.subject),
      timers.map((timer) => timer.merchantId),
      timers.map((timer) => timer.dueAt),
      timers.map((timer) => timer.round ?? 0),
      timers.map((timer) => timer.queue ?? null),
    ],
  });
}

/** Removes timers whose reason is gone; those that do not exist are passed over. */
export async function clearTimers(tx: Tx, timers: readonly Pick<Timer, 'kind' | 'subject'>[]): Promise<void> {
  if (timers.length === 0) return;
  await tx.query({
    name: 'clear-timers',
    planAnew: true,
    text: `
      delete from timer t using unnest($1::text[], $2::text[]) as gone (kind, subject)
      where t.kind = gone.kind and t.subject = gone.subject`,
    values: [timers.map((timer) => timer.kind), timers.map((timer) => timer.subject)],
  });
}

/**
 * Takes up to `max` timers that are due and removes them, earliest first. `now` is the machine's time; each merchant's
 * own clock may be ahead of it. Timers that another process is taking are left to it.
 */
export async function takeDueTimers(tx: Tx, now: Date, max: number): Promise<Required<Timer>[]> {
  // Few of those that wait are due, which Postgres cannot know and would read them all.
  const byIndex = tx.query({ name: 'plan-by-index', text: 'set local enable_seqscan = off', values: [] });
  const taken = tx.query<Required<Timer>>({
    name: 'take-due-timers',
    // The farthest of all clocks is where the index ends the walk.
    text: `
      with due as (
        select t.kind, t.subject from timer t join merchant m on m.id = t.merchant_id
        where t.due_at <= $1::timestamptz + (select max(clock_offset_ms) from merchant) * interval '1 millisecond'
          and t.due_at <= $1::timestamptz + m.clock_offset_ms * interval '1 millisecond'
        order by t.due_at limit $2::int
        for update of t skip locked
      )
      delete from timer t using due where t.kind = due.kind and t.subject = due.subject
      returning t.kind, t.subject, t.merchant_id as "merchantId", t.due_at as "dueAt", t.round, t.queue`,
    values: [now, max],
  });
  const [timers] = await Promise.all([taken, byIndex]);
  return timers;
}
