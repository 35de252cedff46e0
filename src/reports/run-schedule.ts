import { hash } from 'node:crypto';
import { inTransaction } from '../kernel/db/database.ts';
import type { ReportSchedule } from '../kernel/db/generated/prisma/client.ts';
import { setTimers, type Timer } from '../kernel/jobs/timers.ts';
import { newReport, orderReport } from './create-report.ts';
import type { ReportDeps } from './deps.ts';
import { dayOfColumn, lastDayOf, runScheduleTimer, scheduleKeyPrefix, scheduleRunAt, toDateColumn } from './model.ts';
import { lockSchedule, moveSchedule } from './sql/schedules.ts';

/** The timer of a schedule: the morning after its next period, by the merchant's clock. */
export function timerOf(schedule: Pick<ReportSchedule, 'id' | 'merchantId' | 'frequency' | 'nextDay'>): Timer {
  const dueAt = scheduleRunAt(lastDayOf(schedule.frequency, dayOfColumn(schedule.nextDay)));
  return { kind: runScheduleTimer, subject: schedule.id, merchantId: schedule.merchantId, dueAt };
}

/**
 * Orders the report of a schedule's next period, if that is over, and waits for the one after it. Periods that were missed
 * are made up for one by one; running again changes nothing, since the place of the schedule moves with the order.
 */
export async function runSchedule({ database, clock }: ReportDeps, id: string): Promise<void> {
  await inTransaction(database, async (tx) => {
    const schedule = await lockSchedule(tx, id);
    if (!schedule || schedule.endedAt !== null) return;
    const now = clock.now(schedule);
    const timer = timerOf(schedule);
    if (timer.dueAt > now) return setTimers(tx, [timer]);
    const { frequency, nextDay } = schedule;
    const untilDay = toDateColumn(lastDayOf(frequency, dayOfColumn(nextDay)));
    const idempotencyKey = `${scheduleKeyPrefix}${id} ${nextDay.toISOString().slice(0, 10)}`;
    const inputHash = new Uint8Array(hash('sha256', idempotencyKey, 'buffer'));
    const { merchantId, shopId, owner, kind, format, currencies, methods, statuses } = schedule;
    const subject = { merchantId, shopId, owner, kind, format, currencies, methods, statuses };
    const order = { fromDay: nextDay, untilDay, idempotencyKey, inputHash, createdAt: now, scheduleId: id };
    await orderReport(tx, newReport(subject, order));
    const next = toDateColumn(dayOfColumn(untilDay).add({ days: 1 }));
    await moveSchedule(tx, { id, nextDay: next, at: now });
    await setTimers(tx, [timerOf({ ...schedule, nextDay: next })]);
  });
}
