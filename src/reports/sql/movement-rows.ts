import { narrowing, type RowSource } from './report-wish.ts';

/** What is shown of a posting, on the side that a statement is of. */
const shown = (amount: string): string =>
  `own.id as account_id, p.id, p.kind, p.at, p.capture_id, p.refund_id, p.payout_id, p.held_for_id, ${amount} as signed`;

/**
 * Every posting of the accounts of shops and recipients in the period, account by account, as it was booked; what is taken
 * is below zero. The snapshots say between which numbers an account's postings of a day lie, so nobody's history is read;
 * what they do not count yet is read once for all accounts. Limits on pairs, as they can only be met by the index of an
 * account: Postgres knows no figures of the account at hand, and would read everybody's postings for each.
 */
export const movementRows: RowSource = {
  columns: [
    { name: 'account', kind: 'text' },
    { name: 'name', kind: 'text', print: 85 },
    { name: 'currency', kind: 'text', print: 38 },
    { name: 'kind', kind: 'text', print: 92 },
    { name: 'amount', kind: 'money', isSummed: true, print: 66 },
    { name: 'balance', kind: 'money', print: 70 },
    { name: 'at', kind: 'moment', print: 100 },
    { name: 'orderId', kind: 'text', print: 85 },
    { name: 'transactionId', kind: 'text', print: 136 },
    { name: 'refundId', kind: 'text' },
    { name: 'payoutId', kind: 'text' },
    { name: 'posting', kind: 'text', print: 60 },
  ],
  statement: ({ merchantId, shopId, from, before, fromDay, untilDay, filter }) => ({
    name: 'report-movements',
    text: `
      with owner as materialized (
        select 'SHOP'::account_kind as kind, s.id::text as id, s.name from shop s
        where s.merchant_id = $1::text and ($2::uuid is null or s.id = $2::uuid)
        union all
        select 'RECIPIENT', r.id::text, r.name from recipient r where r.merchant_id = $1::text and $2::uuid is null
      ), own as materialized (
        select a.id, a.owner, a.currency, owner.name,
          (select min(first_id) from account_snapshot x where x.account_id = a.id
            and x.day >= $5::date and x.day <= $6::date) as low,
          (select max(last_id) from account_snapshot x where x.account_id = a.id
            and x.day >= $5::date and x.day <= $6::date) as high
        from owner join account a on a.kind = owner.kind and a.owner = owner.id
        where ($7::currency[] is null or a.currency = any($7::currency[]))
      ), movement as (
        select ${shown('p.amount')} from own join posting p
          on (p.to_id, p.id) >= (own.id, own.low) and (p.to_id, p.id) <= (own.id, own.high)
        union all
        select ${shown('-p.amount')} from own join posting p
          on (p.from_id, p.id) >= (own.id, own.low) and (p.from_id, p.id) <= (own.id, own.high)
        union all
        select ${shown('p.amount')} from own join posting p on p.to_id = own.id
          and p.id > (select counted_through from snapshot_progress)
        union all
        select ${shown('-p.amount')} from own join posting p on p.from_id = own.id
          and p.id > (select counted_through from snapshot_progress)
      )
      select own.owner as account, own.name, own.currency::text as currency, p.kind::text as kind, p.signed as amount, p.at,
        pay.order_id as "orderId", t.id as "transactionId", r.id as "refundId", p.payout_id as "payoutId",
        p.id::text as posting
      from movement p
      join own on own.id = p.account_id
      left join capture c on c.id = p.capture_id
      left join refund r on r.id = p.refund_id
      left join transaction t on t.id = coalesce(c.transaction_id, r.transaction_id, p.held_for_id)
      left join payment pay on pay.id = t.payment_id
      where p.at >= $3::timestamptz and p.at < $4::timestamptz
      order by own.id, p.at, p.id`,
    values: [
      ...[merchantId, shopId, from, before],
      ...[fromDay.toISOString().slice(0, 10), untilDay.toISOString().slice(0, 10), narrowing(filter.currencies)],
    ],
  }),
};
