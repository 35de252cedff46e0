import type { Check } from '../model.ts';

/** What is checked of payouts, whose ids are in `subject`. */
export const payoutChecks: readonly Check[] = [
  {
    name: 'payout_posted',
    sentence: 'a payout is posted as its state says, from the account of its receiver',
    sql: `
      select 'payout ' || o.id || ' (' || due.kind || ')' as subject, 'account of ' || o.account_owner as owner, o.currency,
        case when posted.good <> due.amount then posted.good else posted.every end as found, due.amount as expected
      from subject join payout o on o.id = subject.id
      cross join lateral (values ('COMMISSION', abs(o.commission)), ('PAYOUT', o.net),
        ('PAYOUT_CONFIRMED', case when o.settled_at is null then 0 else o.net end),
        -- One that was cancelled, and turned out to be executed, had come back by our books, and may do so from the bank later.
        ('PAYOUT_RETURNED', case when o.status = 'RETURNED' or o.reinstated_at is not null then o.net else 0 end),
        ('PAYOUT_REINSTATED', case when o.reinstated_at is null then 0 else o.net end),
        ('PAYOUT_SENT_BACK', case when o.status = 'RETURNED' and o.reinstated_at is not null then o.net else 0 end),
        -- What was assigned to it was released to the bank's account; what a bank kept of it is the rest.
        -- One that was cancelled, and executed, was brought back by a transfer that its debit took back.
        ('PAYOUT_FEE', case when o.status = 'RETURNED' and o.sent_at is null then coalesce((
          select sum(d.amount - e.taken_back_amount)::bigint from statement_entry d join statement_entry e
            on e.payout_id = d.payout_id and e.direction = 'CREDIT' and e.taken_back_amount = e.amount and e.amount < d.amount
          where d.payout_id = o.id and d.direction = 'DEBIT' and d.status = 'BOOKED'), 0)
        else coalesce((select o.net - e.released_amount from statement_entry e where e.payout_id = o.id
          and e.direction = 'CREDIT' and e.status = 'BOOKED' and e.released_amount > 0), 0) end)) as due (kind, amount)
      cross join lateral (
        select coalesce(sum(p.amount), 0)::bigint as every, coalesce(sum(p.amount) filter (
          where case due.kind when 'PAYOUT_CONFIRMED' then true when 'PAYOUT_FEE' then true when 'PAYOUT_RETURNED' then g.owner = o.account_owner
            when 'PAYOUT_SENT_BACK' then g.owner = o.account_owner
            when 'COMMISSION' then case when o.commission < 0 then g.owner else f.owner end = o.account_owner
            else f.owner = o.account_owner end), 0)::bigint as good
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id
        where p.payout_id = o.id and p.kind::text = due.kind
      ) posted
      where posted.good <> due.amount or posted.every <> due.amount`,
  },
  {
    name: 'payout_sums',
    sentence: 'what a payout pays is what it takes up: sales, refunds, payouts that came back',
    sql: `
      select 'payout ' || o.id as subject, 'account of ' || o.account_owner as owner, o.currency,
        o.gross - o.refunds + o.returned as found, moved.amount as expected
      from subject join payout o on o.id = subject.id
      join account a on a.owner = o.account_owner and a.currency = o.currency
      cross join lateral (
        select coalesce(sum(amount), 0)::bigint as amount from (
          select p.amount, p.kind from posting p
          where p.to_id = a.id and p.id > o.postings_after and p.id <= o.postings_through
          union all select -p.amount, p.kind from posting p
          where p.from_id = a.id and p.id > o.postings_after and p.id <= o.postings_through
        ) as side where kind not in ('PAYOUT', 'COMMISSION')
      ) moved
      where moved.amount <> o.gross - o.refunds + o.returned`,
  },
  {
    name: 'payout_commission',
    sentence: 'the commission of a payout is the sum of those that it takes up',
    sql: `
      select 'payout ' || o.id as subject, 'account of ' || o.account_owner as owner, o.currency,
        o.commission as found, charged.amount as expected
      from subject join payout o on o.id = subject.id
      cross join lateral (
        select ((select coalesce(sum(c.amount), 0) from commission c where c.shop_id = o.shop_id
            and c.currency = o.currency and c.number > o.commissions_after and c.number <= o.commissions_through)
          + (select coalesce(sum(c.amount), 0) from commission_adjustment c where c.account_owner = o.account_owner
            and c.currency = o.currency and c.number > o.adjustments_after and c.number <= o.adjustments_through))::bigint
          as amount
      ) charged
      where charged.amount <> o.commission`,
  },
  {
    name: 'payout_follows',
    sentence: 'a payout begins behind the one before it, with what that one left',
    sql: `
      select 'payout ' || o.id as subject, 'account of ' || o.account_owner as owner, o.currency,
        o.carried_in as found, coalesce(b.carried_out, 0) as expected
      from subject join payout o on o.id = subject.id
      left join lateral (
        select * from payout e where e.account_owner = o.account_owner and e.currency = o.currency
          and e.business_day < o.business_day
        order by e.business_day desc limit 1
      ) b on true
      where (o.postings_after, o.commissions_after, o.adjustments_after, o.carried_in) is distinct from
        (coalesce(b.postings_through, 0), coalesce(b.commissions_through, 0), coalesce(b.adjustments_through, 0),
          coalesce(b.carried_out, 0))`,
  },
];
