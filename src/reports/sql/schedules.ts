import type { Tx } from '../../kernel/db/database.ts';
import type { ReportSchedule } from '../../kernel/db/generated/prisma/client.ts';

const selectList = `s.id, s.merchant_id as "merchantId", s.shop_id as "shopId", s.owner, s.idempotency_key as "idempotencyKey",
  s.input_hash as "inputHash", s.kind, s.format, s.currencies::text[] as currencies, s.methods::text[] as methods, s.statuses,
  s.frequency, s.email, s.next_day::timestamp at time zone $$UTC$$ as "nextDay", s.created_at as "createdAt",
  s.updated_at as "updatedAt", s.ended_at as "endedAt"`;

/** Counts the schedules of a merchant that go on. */
export async function countSchedules(tx: Tx, merchantId: string): Promise<number> {
  const [row] = await tx.query<{ schedules: bigint }>({
    name: 'count-report-schedules',
    text: 'select count(*) as schedules from report_schedule where merchant_id = $1::text and ended_at is null',
    values: [merchantId],
  });
  return Number(row?.schedules ?? 0n);
}

/** Writes a new schedule. */
export async function insertSchedule(tx: Tx, schedule: ReportSchedule): Promise<void> {
  const { id, merchantId, shopId, owner, idempotencyKey, inputHash, kind, format } = schedule;
  await tx.query({
    name: 'insert-report-schedule',
    text: `
      insert into report_schedule (id, merchant_id, shop_id, owner, idempotency_key, input_hash, kind, format, currencies,
        methods, statuses, frequency, email, next_day, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text[]::currency[], $10::text[]::payment_method[], $11::text[], $12, $13,
        $14::date, $15, $15)`,
    values: [
      ...[id, merchantId, shopId, owner, idempotencyKey, inputHash, kind, format],
      ...[schedule.currencies, schedule.methods, schedule.statuses, schedule.frequency, schedule.email],
      ...[schedule.nextDay.toISOString().slice(0, 10), schedule.createdAt],
    ],
  });
}

/** Reads the schedule that was made under a key. */
export async function readScheduleByKey(
  tx: Tx,
  { owner, idempotencyKey }: Pick<ReportSchedule, 'owner' | 'idempotencyKey'>,
): Promise<ReportSchedule | undefined> {
  const [schedule] = await tx.query<ReportSchedule>({
    name: 'read-report-schedule-by-key',
    text: `select ${selectList} from report_schedule s where s.owner = $1::text and s.idempotency_key = $2::text`,
    values: [owner, idempotencyKey],
  });
  return schedule;
}

/** A schedule, and how far its merchant's clock is ahead, in milliseconds. */
export type LockedSchedule = ReportSchedule & { readonly clockOffsetMs: number };

/** Locks a schedule, so that it is run or ended by one at a time. */
export async function lockSchedule(tx: Tx, id: string): Promise<LockedSchedule | undefined> {
  const [schedule] = await tx.query<LockedSchedule>({
    name: 'lock-report-schedule',
    text: `
      select ${selectList}, m.clock_offset_ms::float8 as "clockOffsetMs"
      from report_schedule s join merchant m on m.id = s.merchant_id where s.id = $1::uuid for update of s`,
    values: [id],
  });
  return schedule;
}

/** Moves a schedule on to its next period. */
export async function moveSchedule(
  tx: Tx,
  { id, nextDay, at }: { readonly id: string; readonly nextDay: Date; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'move-report-schedule',
    text: 'update report_schedule set next_day = $2::date, updated_at = $3::timestamptz where id = $1::uuid',
    values: [id, nextDay.toISOString().slice(0, 10), at],
  });
}

/** Ends a schedule. */
export async function endSchedule(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query({
    name: 'end-report-schedule',
    text: `update report_schedule set ended_at = $2::timestamptz, updated_at = $2::timestamptz
      where id = $1::uuid and ended_at is null`,
    values: [id, at],
  });
}
