import { type Actor, requireScope } from '../auth/actor.ts';
import { dayOf } from '../calendar/model.ts';
import { parseEmail } from '../contracts/parse-application.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { ReportSchedule } from '../kernel/db/generated/prisma/client.ts';
import type { ReportFrequency } from '../kernel/db/generated/prisma/enums.ts';
import { hashInput, IdempotencyKeyReused, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { parseSubject, type ReportSubject } from './create-report.ts';
import type { ReportDeps } from './deps.ts';
import { MailNotAvailable, TooManySchedules } from './errors.ts';
import { firstDayOf, schedulesMax, toDateColumn } from './model.ts';
import { timerOf } from './run-schedule.ts';
import { readClockOffset } from './sql/read-clock-offset.ts';
import { countSchedules, insertSchedule, readScheduleByKey } from './sql/schedules.ts';
import { lockReportsOf } from './store.ts';

/** A wish for reports that come by mail. */
export type ScheduleReportInput = ReportSubject & {
  readonly idempotencyKey: string;
  readonly frequency: ReportFrequency;
  readonly email: string;
};

/** The schedule of a wish; `replayed` when an earlier wish under the same key had made it. */
export type ScheduledReport = { readonly schedule: ReportSchedule; readonly replayed: boolean };

/**
 * Has a report made of each day, week or month, beginning with the present one, when it is over, and sent by mail.
 * @throws Forbidden without the scope `reports:write`; MailNotAvailable, InvalidInput, NotFound, IdempotencyKeyReused or
 * TooManySchedules.
 */
export async function scheduleReport(
  deps: ReportDeps,
  actor: Actor,
  input: ScheduleReportInput,
): Promise<ScheduledReport> {
  requireScope(actor, 'reports:write');
  if (!deps.sendsMails) throw new MailNotAvailable();
  const idempotencyKey = parseIdempotencyKey(input.idempotencyKey);
  const subject = await parseSubject(deps, actor, input);
  const email = parseEmail(input.email.trim());
  const { frequency } = input;
  const inputHash = new Uint8Array(hashInput({ ...subject, frequency, email }));
  const now = deps.clock.now({ clockOffsetMs: await readClockOffset(deps.database, actor.merchantId) });
  return inTransaction(deps.database, async (tx) => {
    await lockReportsOf(tx, subject.merchantId);
    const earlier = await readScheduleByKey(tx, { owner: subject.owner, idempotencyKey });
    if (earlier && !Buffer.from(earlier.inputHash).equals(inputHash)) throw new IdempotencyKeyReused();
    if (earlier) return { schedule: earlier, replayed: true };
    if ((await countSchedules(tx, subject.merchantId)) >= schedulesMax) throw new TooManySchedules();
    const { currencies, methods, statuses, ...of } = subject;
    const schedule: ReportSchedule = {
      ...{ id: newId(now), ...of, idempotencyKey, inputHash, frequency, email, createdAt: now, updatedAt: now },
      ...{ currencies: [...currencies], methods: [...methods], statuses: [...statuses], endedAt: null },
      nextDay: toDateColumn(firstDayOf(frequency, dayOf(now))),
    };
    await insertSchedule(tx, schedule);
    await setTimers(tx, [timerOf(schedule)]);
    return { schedule, replayed: false };
  });
}
