import type { Check } from '../model.ts';

/** Accounts that may get a shop's money: its own, or that of one of its merchant's recipients. Of account `a`, shop `s`. */
const belongs = (a: string): string => `
  (${a}.kind = 'SHOP' and ${a}.owner = s.id::text or ${a}.kind = 'RECIPIENT' and exists (
    select from recipient o where o.merchant_id = s.merchant_id and o.id::text = ${a}.owner))`;

/**
 * What is checked of transactions, whose ids are in `subject`: that the books say what became of them, their captures and
 * their refunds, and that their counters are right. Each is one statement, so it sees books and states of one moment.
 */
export const transactionChecks: readonly Check[] = [
  {
    name: 'sale_posted',
    sentence:
      'a settled capture is posted from its acquirer to its shop and its recipients, to the grosz, and no other is',
    sql: `
      select 'capture ' || c.id || ' of transaction ' || c.transaction_id as subject, 'shop ' || c.shop_id as owner,
        c.currency, case when posted.good <> due.amount then posted.good else posted.every end as found, due.amount as expected
      from subject join capture c on c.transaction_id = subject.id
      join transaction t on t.id = c.transaction_id
      join shop s on s.id = c.shop_id
      cross join lateral (select case c.status when 'SETTLED' then c.amount else 0 end as amount) due
      cross join lateral (
        select coalesce(sum(p.amount), 0)::bigint as every, coalesce(sum(p.amount) filter (
          where f.kind = 'ACQUIRER' and f.owner = t.acquirer and ${belongs('g')}), 0)::bigint as good
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id
        where p.capture_id = c.id and p.kind = 'SALE'
      ) posted
      where posted.good <> due.amount or posted.every <> due.amount`,
  },
  {
    name: 'settled_amount',
    sentence: 'a transaction has settled what its settled captures took',
    sql: `
      select 'transaction ' || t.id as subject, 'shop ' || t.shop_id as owner, t.currency,
        t.settled_amount as found, taken.amount as expected
      from subject join transaction t on t.id = subject.id
      cross join lateral (select coalesce(sum(c.amount), 0)::bigint as amount from capture c
        where c.transaction_id = t.id and c.status = 'SETTLED') taken
      where t.settled_amount <> taken.amount`,
  },
  {
    name: 'refund_posted',
    sentence: 'a refund is posted when it is ordered and when it ends, between its shop or recipients and its acquirer',
    sql: `
      select 'refund ' || r.id || ' (' || due.kind || ') of transaction ' || r.transaction_id as subject,
        'shop ' || r.shop_id as owner, r.currency,
        case when posted.good <> due.amount then posted.good else posted.every end as found, due.amount as expected
      from subject join refund r on r.transaction_id = subject.id
      join transaction t on t.id = r.transaction_id
      join shop s on s.id = r.shop_id
      cross join lateral (values ('REFUND_ORDERED', r.amount),
        ('REFUND_SETTLED', case r.status when 'SETTLED' then r.amount else 0 end),
        ('REFUND_REJECTED', case r.status when 'REJECTED' then r.amount else 0 end)) as due (kind, amount)
      cross join lateral (
        select coalesce(sum(p.amount), 0)::bigint as every, coalesce(sum(p.amount) filter (
          where case due.kind
            when 'REFUND_ORDERED' then ${belongs('f')} and g.kind = 'REFUNDS' and g.owner = t.acquirer
            when 'REFUND_SETTLED' then f.kind = 'REFUNDS' and f.owner = t.acquirer and g.kind = 'ACQUIRER'
              and g.owner = t.acquirer
            else f.kind = 'REFUNDS' and f.owner = t.acquirer and ${belongs('g')} end), 0)::bigint as good
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id
        where p.refund_id = r.id and p.kind::text = due.kind
      ) posted
      where posted.good <> due.amount or posted.every <> due.amount`,
  },
  {
    name: 'sale_shared',
    sentence:
      'of a basket no recipient gets more than his share, and of one that is taken in full each has all of it; surplus is the shop’s',
    sql: `
      select 'transaction ' || t.id || ' for recipient ' || part.recipient_id as subject, 'shop ' || t.shop_id as owner,
        t.currency, part.posted as found, part.share as expected
      from subject join transaction t on t.id = subject.id join payment p on p.id = t.payment_id
      cross join lateral (
        select recipient_id, sum(posted)::bigint as posted, sum(share)::bigint as share from (
          select g.owner as recipient_id, s.amount as posted, 0 as share
          from capture c join posting s on s.capture_id = c.id and s.kind = 'SALE'
          join account g on g.id = s.to_id and g.kind = 'RECIPIENT' where c.transaction_id = t.id
          union all
          select b.recipient_id::text, 0, case when t.surplus then 0 else b.amount end
          from basket_share b where b.payment_id = p.id
        ) as side group by recipient_id
      ) part
      where part.posted > part.share or (t.settled_amount = p.amount and part.posted <> part.share)`,
  },
  {
    name: 'refund_shared',
    sentence: 'a recipient bears of a refund what is kept as his share of it, unless it was rejected',
    sql: `
      select 'refund ' || r.id || ' for recipient ' || part.recipient_id as subject, 'shop ' || r.shop_id as owner,
        r.currency, part.posted as found, part.share as expected
      from subject join refund r on r.transaction_id = subject.id
      cross join lateral (
        select recipient_id, sum(posted)::bigint as posted, sum(share)::bigint as share from (
          select a.owner as recipient_id, case s.kind when 'REFUND_ORDERED' then s.amount else -s.amount end as posted,
            0 as share
          from posting s join account a on a.id in (s.from_id, s.to_id) and a.kind = 'RECIPIENT' where s.refund_id = r.id
          union all
          select h.recipient_id::text, 0, case r.status when 'REJECTED' then 0 else h.amount end
          from refund_share h where h.refund_id = r.id
        ) as side group by recipient_id
      ) part
      where part.posted <> part.share`,
  },
  {
    name: 'refunds_within',
    sentence: 'refunds that are not rejected sum to at most what their transaction settled (invariant 3)',
    sql: `
      select 'transaction ' || t.id as subject, 'shop ' || t.shop_id as owner, t.currency,
        given.amount as found, t.settled_amount as expected
      from subject join transaction t on t.id = subject.id
      cross join lateral (select sum(r.amount)::bigint as amount from refund r
        where r.transaction_id = t.id and r.status <> 'REJECTED') given
      where given.amount > t.settled_amount`,
  },
  {
    name: 'refunded_amount',
    sentence: 'what a transaction counts as refunded is the sum of its refunds that are not rejected',
    sql: `
      select 'transaction ' || t.id as subject, 'shop ' || t.shop_id as owner, t.currency,
        t.refunded_amount as found, given.amount as expected
      from subject join transaction t on t.id = subject.id
      cross join lateral (select coalesce(sum(r.amount), 0)::bigint as amount from refund r
        where r.transaction_id = t.id and r.status <> 'REJECTED') given
      where t.refunded_amount <> given.amount`,
  },
  {
    name: 'held_money',
    sentence: 'what is held for a transaction lies in suspense',
    sql: `
      select 'transaction ' || t.id as subject, 'shop ' || t.shop_id as owner, t.currency,
        lying.amount as found, t.held_amount as expected
      from subject join transaction t on t.id = subject.id
      cross join lateral (
        select coalesce(sum(case p.kind when 'MONEY_HELD' then p.amount when 'HELD_RETURNED' then -p.amount end), 0)::bigint
          as amount
        from posting p where p.held_for_id = t.id
      ) lying
      where lying.amount <> t.held_amount`,
  },
  {
    name: 'commission_kept',
    sentence: 'a settled transaction has a commission on all that it settled, and no other has one',
    sql: `
      select 'transaction ' || t.id as subject, 'shop ' || t.shop_id as owner, t.currency,
        coalesce(c.base, 0) as found, due.amount as expected
      from subject join transaction t on t.id = subject.id
      left join commission c on c.transaction_id = t.id
      cross join lateral (select case t.status when 'SETTLED' then t.settled_amount else 0 end as amount) due
      where coalesce(c.base, 0) <> due.amount`,
  },
];

/** What is checked of payments, whose ids are in `subject`. */
export const paymentChecks: readonly Check[] = [
  {
    name: 'settled_once',
    sentence: 'a payment is settled by one transaction that is not surplus, and only then (invariant 4)',
    sql: `
      select 'payment ' || p.id || ', which is ' || p.status || ' and settled by ' || settled.count as subject,
        'shop ' || p.shop_id as owner, p.currency, null::bigint as found, null::bigint as expected
      from subject join payment p on p.id = subject.id
      cross join lateral (select count(*) as count from transaction t
        where t.payment_id = p.id and t.status = 'SETTLED' and not t.surplus) settled
      where settled.count <> (case p.status when 'SETTLED' then 1 else 0 end)`,
  },
  {
    name: 'payment_refunded',
    sentence: 'what a payment counts as refunded is the sum of its transactions, but those that are surplus',
    sql: `
      select 'payment ' || p.id as subject, 'shop ' || p.shop_id as owner, p.currency,
        p.refunded_amount as found, given.amount as expected
      from subject join payment p on p.id = subject.id
      cross join lateral (select coalesce(sum(t.refunded_amount), 0)::bigint as amount from transaction t
        where t.payment_id = p.id and not t.surplus) given
      where p.refunded_amount <> given.amount`,
  },
];
