import type { DaySpan } from '../../acquirers/port.ts';
import { type Database, read } from '../../kernel/db/database.ts';
import type { OurLine } from '../model.ts';

/**
 * Reads what we have for an acquirer: all that was settled in a span of time, and whatever has one of these ids. A
 * transaction stands for its sale unless money was captured by hand: then each capture stands for itself. The capture
 * that a settlement made is the one without an input. No index serves the times, which would cost every settlement
 * something: it is asked once a day, and reads the tables through.
 */
export async function readOurDay(
  database: Database,
  wish: { readonly acquirer: string; readonly span: DaySpan; readonly references: readonly string[] },
): Promise<OurLine[]> {
  const { acquirer, span, references } = wish;
  return read<OurLine>(database, {
    name: 'read-our-day',
    text: `
      select 'sale' as kind, t.id as reference, coalesce(c.amount, t.amount) as amount, t.currency,
        coalesce(c.status::text, t.status::text) as status, c.settled_at as at,
        coalesce((select sum(p.amount) from transfer_part p where p.transaction_id = t.id) >= c.amount, false) as "isOnAccount"
      from transaction t
      left join capture c on c.transaction_id = t.id and c.input_hash = ''::bytea
      where t.acquirer = $1::text
        and (t.id = any($4::uuid[]) or (c.settled_at >= $2::timestamptz and c.settled_at < $3::timestamptz))
        and (c.id is not null or not exists (select from capture h where h.transaction_id = t.id))
      union all
      select 'capture', c.id, c.amount, c.currency, c.status::text, c.settled_at, false
      from capture c join transaction t on t.id = c.transaction_id
      where t.acquirer = $1::text and c.input_hash <> ''::bytea
        and (c.id = any($4::uuid[]) or (c.settled_at >= $2::timestamptz and c.settled_at < $3::timestamptz))
      union all
      select 'refund', r.id, r.amount, r.currency, r.status::text, r.settled_at, false
      from refund r join transaction t on t.id = r.transaction_id
      where t.acquirer = $1::text
        and (r.id = any($4::uuid[]) or (r.settled_at >= $2::timestamptz and r.settled_at < $3::timestamptz))
      order by at, reference`,
    values: [acquirer, span.from, span.before, references],
  });
}
