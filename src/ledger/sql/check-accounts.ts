import { balancedKinds } from '../accounts.ts';
import type { Check } from '../model.ts';

const sides = `
  select to_id as account_id, amount, id, at from posting union all select from_id, -amount, id, at from posting`;

/** What is checked of all accounts at once, by adding up every posting. */
export const wholeAccountChecks: readonly Check[] = [
  {
    name: 'balance_row',
    values: [balancedKinds],
    sentence: 'the balance row of an account is the sum of its postings',
    sql: `
      with summed as (select account_id, sum(amount)::bigint as amount from (${sides}) as side group by account_id)
      select 'account ' || a.kind || ' ' || a.owner as subject, null as owner, a.currency,
        b.amount as found, coalesce(s.amount, 0) as expected
      from account a left join account_balance b on b.account_id = a.id left join summed s on s.account_id = a.id
      where (b.account_id is not null) <> (a.kind::text = any($1::text[])) or b.amount <> coalesce(s.amount, 0)`,
  },
  {
    name: 'zero_sum',
    sentence: 'all balances of a currency sum to zero',
    sql: `
      select 'all accounts' as subject, null as owner, a.currency, sum(s.amount)::bigint as found, 0::bigint as expected
      from (${sides}) s join account a on a.id = s.account_id
      group by a.currency having sum(s.amount) <> 0`,
  },
  {
    name: 'owner_balance',
    values: [balancedKinds],
    sentence:
      'a balance is settled sales less refunds not rejected, commissions charged, payouts not returned and lost disputes (invariant 2)',
    // What a recipient gets is taken from what its shop sold: the postings say how much.
    sql: `
      with shared as materialized (
        select a.owner, a.currency, coalesce(c.shop_id, r.shop_id)::text as shop_id, sum(side.amount) as amount
        from account a join (
          select to_id as account_id, amount, capture_id, refund_id from posting
            where kind in ('SALE', 'REFUND_REJECTED')
          union all select from_id, -amount, capture_id, refund_id from posting where kind = 'REFUND_ORDERED'
        ) side on side.account_id = a.id
        left join capture c on c.id = side.capture_id left join refund r on r.id = side.refund_id
        where a.kind = 'RECIPIENT' group by 1, 2, 3
      ), part as (
        select shop_id::text as owner, currency, settled_amount as amount from transaction where settled_amount <> 0
        union all select shop_id::text, currency, -amount from refund where status <> 'REJECTED'
        union all select shop_id::text, currency, -amount from dispute where status = 'LOST'
        union all select account_owner, currency, -commission - case status when 'RETURNED' then 0 else net end from payout
        union all select shop_id, currency, -amount from shared
        union all select owner, currency, amount from shared
      ), due as (select owner, currency, sum(amount)::bigint as amount from part group by owner, currency)
      select 'account ' || a.kind || ' ' || a.owner as subject, null as owner, a.currency,
        b.amount as found, coalesce(due.amount, 0) as expected
      from account a join account_balance b on b.account_id = a.id
      left join due on due.owner = a.owner and due.currency = a.currency
      where a.kind::text = any($1::text[]) and b.amount <> coalesce(due.amount, 0)`,
  },
  {
    name: 'snapshot',
    sentence: 'the snapshot of an account is the sum of its postings to the end of its day',
    sql: `
      with daily as (
        select account_id, (at at time zone 'Europe/Warsaw')::date as day, sum(amount) as amount
        from (${sides}) as side
        where id <= (select counted_through from snapshot_progress)
        group by 1, 2
      ), running as (
        select account_id, day, (sum(amount) over (partition by account_id order by day))::bigint as amount from daily
      )
      select 'account ' || a.kind || ' ' || a.owner || ' on ' || coalesce(s.day, r.day) as subject, null as owner,
        a.currency, s.amount as found, r.amount as expected
      from account_snapshot s full join running r on r.account_id = s.account_id and r.day = s.day
      join account a on a.id = coalesce(s.account_id, r.account_id)
      where s.amount is distinct from r.amount`,
  },
];

/**
 * What is checked of single accounts, whose ids are in `subject`, without their history: balance rows change with each
 * posting and snapshots long after it, so the one is held against the other.
 */
export const accountChecks: readonly Check[] = [
  {
    name: 'balance_row',
    values: [balancedKinds],
    sentence: 'the balance row of an account is the sum of its postings',
    sql: `
      select 'account ' || a.kind || ' ' || a.owner as subject, null as owner, a.currency,
        b.amount as found, summed.amount as expected
      from subject join account a on a.id = subject.id
      left join account_balance b on b.account_id = a.id
      cross join snapshot_progress progress
      cross join lateral (
        select (coalesce((select s.amount from account_snapshot s where s.account_id = a.id order by s.day desc limit 1), 0)
          + coalesce((select sum(p.amount) from posting p
            where p.to_id = a.id and (p.to_id, p.id) > (a.id, progress.counted_through)), 0)
          - coalesce((select sum(p.amount) from posting p
            where p.from_id = a.id and (p.from_id, p.id) > (a.id, progress.counted_through)), 0))::bigint as amount
      ) summed
      where (b.account_id is not null) <> (a.kind::text = any($1::text[])) or b.amount <> summed.amount`,
  },
];
