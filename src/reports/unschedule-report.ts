import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { ReportSchedule } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { ReportDeps } from './deps.ts';
import { runScheduleTimer } from './model.ts';
import { endSchedule, lockSchedule } from './sql/schedules.ts';

/**
 * Ends a schedule; reports that were ordered are made and sent all the same. Repeating it changes nothing.
 * @throws Forbidden without the scope `reports:write`; NotFound.
 */
export async function unscheduleReport(deps: ReportDeps, actor: Actor, id: string): Promise<ReportSchedule> {
  requireScope(actor, 'reports:write');
  const wanted = parseId(id, 'schedule');
  return inTransaction(deps.database, async (tx) => {
    const schedule = await lockSchedule(tx, wanted);
    const isForeign = actor.shopId !== undefined && schedule?.shopId !== actor.shopId;
    if (schedule?.merchantId !== actor.merchantId || isForeign) {
      throw new NotFound('No schedule with this id belongs to you.', ['id']);
    }
    const { clockOffsetMs, ...row } = schedule;
    if (row.endedAt !== null) return row;
    const endedAt = deps.clock.now({ clockOffsetMs });
    await endSchedule(tx, wanted, endedAt);
    await clearTimers(tx, [{ kind: runScheduleTimer, subject: wanted }]);
    return { ...row, endedAt, updatedAt: endedAt };
  });
}
