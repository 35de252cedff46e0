import type { Tx } from '../../kernel/db/database.ts';

/**
 * Adds the postings with numbers above `after` and up to `through` to the snapshots of their accounts, and moves the place
 * up to which they are counted. The caller holds that place, and knows that none of these can be missing any more.
 *
 * A posting may have a moment before others that are counted already, such as one that waited over midnight: then the
 * later days of its account get it too.
 *
 * Snapshots are found by their key for each account. On a database that grows Postgres may think that there are few and read
 * all of them for each, so sequential scans are off until the transaction ends.
 */
export async function countPostings(
  tx: Tx,
  range: { readonly after: bigint; readonly through: bigint },
): Promise<void> {
  await tx.query({
    name: 'avoid-sequential-scans',
    text: `select set_config('enable_seqscan', 'off', true)`,
    values: [],
  });
  await tx.query({
    name: 'count-postings',
    text: `
      with fresh as materialized (
        select id, from_id, to_id, amount, at, (at at time zone 'Europe/Warsaw')::date as day
        from posting where id > $1::bigint and id <= $2::bigint
      ), moved as materialized (
        select account_id, day, sum(amount)::bigint as amount, min(id) as first_id, max(id) as last_id, max(at) as latest_at
        from (select to_id as account_id, day, amount, id, at from fresh
          union all select from_id, day, -amount, id, at from fresh) as side
        group by account_id, day
      ), later as (
        select o.account_id, o.day, (o.amount + sum(m.amount))::bigint as amount, o.first_id, o.last_id, o.latest_at
        from (select account_id, min(day) as day from moved group by account_id) as earliest
        cross join lateral (
          select * from account_snapshot s where s.account_id = earliest.account_id and s.day > earliest.day offset 0
        ) o
        join moved m on m.account_id = o.account_id and m.day <= o.day
        group by o.account_id, o.day, o.amount, o.first_id, o.last_id, o.latest_at
        having not bool_or(m.day = o.day)
      ), written as (
        insert into account_snapshot as s (account_id, day, amount, first_id, last_id, latest_at)
        select m.account_id, m.day,
          coalesce(before.amount, 0) + (sum(m.amount) over (partition by m.account_id order by m.day))::bigint,
          m.first_id, m.last_id, m.latest_at
        from moved m left join lateral (
          select b.amount from account_snapshot b where b.account_id = m.account_id and b.day <= m.day
          order by b.day desc limit 1
        ) before on true
        union all select * from later
        on conflict (account_id, day) do update set amount = excluded.amount,
          first_id = least(s.first_id, excluded.first_id), last_id = greatest(s.last_id, excluded.last_id),
          latest_at = greatest(s.latest_at, excluded.latest_at)
      )
      update snapshot_progress set counted_through = $2::bigint`,
    values: [range.after, range.through],
  });
}
