import { narrowing, type RowSource } from './report-wish.ts';

/** All refunds that were ordered in the period, with what came of them by now, and who bears them: amount = ofShop + ofRecipients. */
export const refundRows: RowSource = {
  columns: [
    { name: 'refundId', kind: 'text', print: 136 },
    { name: 'transactionId', kind: 'text', print: 136 },
    { name: 'paymentId', kind: 'text' },
    { name: 'shopId', kind: 'text' },
    { name: 'shop', kind: 'text' },
    { name: 'orderId', kind: 'text', print: 85 },
    { name: 'note', kind: 'text', print: 110 },
    { name: 'method', kind: 'text' },
    { name: 'channel', kind: 'text' },
    { name: 'status', kind: 'text', print: 58 },
    { name: 'currency', kind: 'text', print: 38 },
    { name: 'amount', kind: 'money', isSummed: true, print: 60 },
    { name: 'createdAt', kind: 'moment', print: 100 },
    { name: 'settledAt', kind: 'moment' },
    { name: 'code', kind: 'text' },
    { name: 'ofShop', kind: 'money', isSummed: true },
    { name: 'ofRecipients', kind: 'money', isSummed: true },
  ],
  statement: ({ merchantId, shopId, from, before, filter }) => ({
    name: 'report-refunds',
    text: `
      select r.id as "refundId", r.transaction_id as "transactionId", t.payment_id as "paymentId",
        r.shop_id as "shopId", s.name as shop, p.order_id as "orderId", r.note, t.method::text as method, t.channel,
        r.status::text as status, r.currency::text as currency, r.amount, r.created_at as "createdAt",
        r.settled_at as "settledAt", case when r.status = 'REJECTED' then r.acquirer_code end as "code",
        r.amount - borne.amount as "ofShop", borne.amount as "ofRecipients"
      from shop s
      join refund r on r.shop_id = s.id
      join transaction t on t.id = r.transaction_id
      join payment p on p.id = t.payment_id
      cross join lateral (
        select coalesce(sum(x.amount), 0)::bigint as amount from refund_share x where p.is_split and x.refund_id = r.id
      ) as borne
      where s.merchant_id = $1::text and ($2::uuid is null or s.id = $2::uuid)
        and r.created_at >= $3::timestamptz and r.created_at < $4::timestamptz
        and ($5::currency[] is null or r.currency = any($5::currency[]))
        and ($6::payment_method[] is null or t.method = any($6::payment_method[]))
        and ($7::movement_status[] is null or r.status = any($7::movement_status[]))
      order by r.created_at, r.id`,
    values: [
      ...[merchantId, shopId, from, before],
      ...[narrowing(filter.currencies), narrowing(filter.methods), narrowing(filter.statuses)],
    ],
  }),
};
