import { narrowing, type RowSource } from './report-wish.ts';

/**
 * All that was computed as commission in the period: of each sale, and what moved of it since: the share of a recipient, and
 * what a refund gave back. The amounts sum to what payouts charge for it.
 */
export const commissionRows: RowSource = {
  columns: [
    { name: 'transactionId', kind: 'text', print: 136 },
    { name: 'refundId', kind: 'text' },
    { name: 'shopId', kind: 'text' },
    { name: 'shop', kind: 'text' },
    { name: 'bearerId', kind: 'text' },
    { name: 'bearer', kind: 'text', print: 90 },
    { name: 'orderId', kind: 'text', print: 85 },
    { name: 'method', kind: 'text' },
    { name: 'channel', kind: 'text', print: 60 },
    { name: 'currency', kind: 'text', print: 38 },
    { name: 'base', kind: 'money', isSummed: true, print: 62 },
    { name: 'ratePercent', kind: 'text', print: 50 },
    { name: 'amount', kind: 'money', isSummed: true, print: 56 },
    { name: 'rule', kind: 'text', print: 85 },
    { name: 'computedAt', kind: 'moment', print: 97 },
  ],
  statement: ({ merchantId, shopId, from, before, filter }) => ({
    name: 'report-commissions',
    text: `
      select t.id as "transactionId", q.refund_id as "refundId", s.id as "shopId", s.name as shop, q.owner as "bearerId",
        case when q.owner = s.id::text then s.name else r.name end as bearer, p.order_id as "orderId",
        t.method::text as method, t.channel, q.currency::text as currency, q.base,
        trim_scale(q.rate_ppm / 10000.0)::text as "ratePercent", q.amount, q.rule, q.at as "computedAt"
      from shop s
      join lateral (
        select c.transaction_id, null::uuid as refund_id, c.shop_id::text as owner, c.currency, c.base, c.rate_ppm, c.amount,
          c.rule, c.computed_at as at, 0 as source, c.number
        from commission c where c.shop_id = s.id
        union all
        select a.transaction_id, a.refund_id, a.account_owner, a.currency, null, null, a.amount,
          case when a.refund_id is null then 'Share of a basket' else 'Of a refund' end, a.at, 1, a.number
        from commission_adjustment a
        where a.shop_id = s.id and ($2::uuid is null or a.account_owner = $2::text)
      ) q on true
      join transaction t on t.id = q.transaction_id
      join payment p on p.id = t.payment_id
      left join recipient r on r.id::text = q.owner
      where s.merchant_id = $1::text and ($2::uuid is null or s.id = $2::uuid)
        and q.at >= $3::timestamptz and q.at < $4::timestamptz
        and ($5::currency[] is null or q.currency = any($5::currency[]))
        and ($6::payment_method[] is null or t.method = any($6::payment_method[]))
      order by q.at, q.source, q.number`,
    values: [...[merchantId, shopId, from, before], ...[narrowing(filter.currencies), narrowing(filter.methods)]],
  }),
};
