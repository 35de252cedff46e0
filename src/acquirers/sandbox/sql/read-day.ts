import { type Database, read } from '../../../kernel/db/database.ts';
import type { DayFileLine, DaySpan } from '../../port.ts';

/**
 * Reads what a simulated acquirer took and gave back in a span of time, as it would write it into its day file. An order
 * or movement changes for the last time when it comes to its end.
 */
export async function readDay(database: Database, acquirer: string, span: DaySpan): Promise<DayFileLine[]> {
  return read<DayFileLine>(database, {
    name: 'read-sandbox-day',
    text: `
      select 'sale' as kind, reference, amount, currency, updated_at as at from sandbox_order
      where acquirer = $1::text and status = 'SETTLED' and updated_at >= $2::timestamptz and updated_at < $3::timestamptz
      union all
      select kind, reference, amount, currency, updated_at from sandbox_movement
      where acquirer = $1::text and status = 'SETTLED' and kind in ('capture', 'refund')
        and updated_at >= $2::timestamptz and updated_at < $3::timestamptz
      order by at, reference`,
    values: [acquirer, span.from, span.before],
  });
}
