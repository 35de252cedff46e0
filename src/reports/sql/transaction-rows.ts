import { narrowing, type RowSource } from './report-wish.ts';

/** All attempts that were started in the period, with what came of them by now. */
export const transactionRows: RowSource = {
  columns: [
    { name: 'transactionId', kind: 'text', print: 136 },
    { name: 'paymentId', kind: 'text' },
    { name: 'shopId', kind: 'text' },
    { name: 'shop', kind: 'text' },
    { name: 'orderId', kind: 'text', print: 75 },
    { name: 'title', kind: 'text', print: 98 },
    { name: 'method', kind: 'text' },
    { name: 'channel', kind: 'text', print: 58 },
    { name: 'status', kind: 'text', print: 58 },
    { name: 'reason', kind: 'text' },
    { name: 'currency', kind: 'text', print: 38 },
    { name: 'amount', kind: 'money', isSummed: true, print: 58 },
    { name: 'settled', kind: 'money', isSummed: true, print: 58 },
    { name: 'refunded', kind: 'money', isSummed: true, print: 58 },
    { name: 'commission', kind: 'money', isSummed: true, print: 48 },
    { name: 'createdAt', kind: 'moment', print: 97 },
    { name: 'settledAt', kind: 'moment' },
  ],
  statement: ({ merchantId, shopId, from, before, filter }) => ({
    name: 'report-transactions',
    text: `
      select t.id as "transactionId", t.payment_id as "paymentId", t.shop_id as "shopId", s.name as shop,
        p.order_id as "orderId", p.title, t.method::text as method, t.channel, t.status::text as status,
        t.reason::text as reason, t.currency::text as currency, t.amount, t.settled_amount as settled,
        t.refunded_amount as refunded, c.amount as commission, t.created_at as "createdAt", t.settled_at as "settledAt"
      from shop s
      join transaction t on t.shop_id = s.id
      join payment p on p.id = t.payment_id
      left join commission c on c.transaction_id = t.id
      where s.merchant_id = $1::text and ($2::uuid is null or s.id = $2::uuid)
        and t.created_at >= $3::timestamptz and t.created_at < $4::timestamptz
        and ($5::currency[] is null or t.currency = any($5::currency[]))
        and ($6::payment_method[] is null or t.method = any($6::payment_method[]))
        and ($7::transaction_status[] is null or t.status = any($7::transaction_status[]))
      order by t.created_at, t.id`,
    values: [
      ...[merchantId, shopId, from, before],
      ...[narrowing(filter.currencies), narrowing(filter.methods), narrowing(filter.statuses)],
    ],
  }),
};
