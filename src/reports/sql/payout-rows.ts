import { narrowing, type RowSource } from './report-wish.ts';

/** All payouts of the period's business days: net = carriedIn + gross + returned - refunds - commission - carriedOut. */
export const payoutRows: RowSource = {
  columns: [
    { name: 'payoutId', kind: 'text', print: 136 },
    { name: 'businessDay', kind: 'day', print: 55 },
    { name: 'receiverId', kind: 'text' },
    { name: 'receiver', kind: 'text', print: 90 },
    { name: 'status', kind: 'text', print: 55 },
    { name: 'currency', kind: 'text', print: 38 },
    { name: 'carriedIn', kind: 'money', isSummed: true, print: 52 },
    { name: 'gross', kind: 'money', isSummed: true, print: 60 },
    { name: 'returned', kind: 'money', isSummed: true, print: 55 },
    { name: 'refunds', kind: 'money', isSummed: true, print: 55 },
    { name: 'commission', kind: 'money', isSummed: true, print: 52 },
    { name: 'carriedOut', kind: 'money', isSummed: true, print: 52 },
    { name: 'net', kind: 'money', isSummed: true, print: 60 },
    { name: 'iban', kind: 'text' },
    { name: 'createdAt', kind: 'moment' },
    { name: 'expectedAt', kind: 'moment' },
    { name: 'sentAt', kind: 'moment' },
    { name: 'settledAt', kind: 'moment' },
    { name: 'returnedAt', kind: 'moment' },
    { name: 'returnReason', kind: 'text' },
  ],
  statement: ({ merchantId, shopId, fromDay, untilDay, filter }) => ({
    name: 'report-payouts',
    text: `
      select p.id as "payoutId", p.business_day as "businessDay", p.account_owner as "receiverId",
        coalesce(s.name, r.name) as receiver, p.status::text as status, p.currency::text as currency,
        p.carried_in as "carriedIn", p.gross, p.returned, p.refunds, p.commission, p.carried_out as "carriedOut", p.net,
        p.iban, p.created_at as "createdAt", p.expected_at as "expectedAt", p.sent_at as "sentAt",
        p.settled_at as "settledAt", p.returned_at as "returnedAt", p.return_reason as "returnReason"
      from payout p
      left join shop s on s.id = p.shop_id
      left join recipient r on r.id = p.recipient_id
      where p.merchant_id = $1::text and ($2::uuid is null or p.shop_id = $2::uuid)
        and p.business_day >= $3::date and p.business_day <= $4::date
        and ($5::currency[] is null or p.currency = any($5::currency[]))
        and ($6::payout_status[] is null or p.status = any($6::payout_status[]))
      order by p.business_day, p.created_at, p.id`,
    values: [
      ...[merchantId, shopId, fromDay.toISOString().slice(0, 10), untilDay.toISOString().slice(0, 10)],
      ...[narrowing(filter.currencies), narrowing(filter.statuses)],
    ],
  }),
};
