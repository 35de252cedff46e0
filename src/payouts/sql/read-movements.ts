import { type Database, read } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';

/** What a movement of a payout is. */
export type MovementKind =
  | 'SALE'
  | 'REFUND'
  | 'REFUND_REJECTED'
  | 'PAYOUT_RETURNED'
  | 'COMMISSION'
  | 'CARRIED_IN'
  | 'CARRIED_OUT';

/** One part of a payout; the amounts of all its parts sum to its net. */
export type Movement = {
  readonly kind: MovementKind;
  /** Minor units; below zero for what is taken. */
  readonly amount: bigint;
  readonly at: Date;
  readonly transactionId: string | null;
  readonly refundId: string | null;
  /** Of money that came back: the payout that sent it. */
  readonly payoutId: string | null;
  /** Its place in the list: first the books, then the commissions, then what is carried. */
  readonly source: number;
  readonly number: bigint;
};

/** Reads up to `limit` movements of a payout behind a place, in their order: postings as they were booked, then commissions. */
export async function readMovements(
  database: Database,
  payout: Payout,
  page: { readonly source: number; readonly number: bigint; readonly limit: number },
): Promise<Movement[]> {
  return read<Movement>(database, {
    name: 'read-payout-movements',
    text: `
      with own as (
        select a.id from account a where a.currency = $2::currency and a.owner = $1::text
          and a.kind in ('SHOP', 'RECIPIENT')
      )
      select * from (
        select case p.kind when 'REFUND_ORDERED' then 'REFUND' else p.kind::text end as kind,
          case when p.to_id = own.id then p.amount else -p.amount end as amount, p.at,
          coalesce(c.transaction_id, r.transaction_id) as "transactionId", r.id as "refundId", p.payout_id as "payoutId",
          0 as source, p.id as number
        from own cross join lateral (
          (select * from posting where to_id = own.id and id > greatest($3::bigint, case $9::int when 0 then $10::bigint
              else 9223372036854775807 end) and id <= $4::bigint and kind not in ('PAYOUT', 'COMMISSION')
            order by id limit $11::int)
          union all
          (select * from posting where from_id = own.id and id > greatest($3::bigint, case $9::int when 0 then $10::bigint
              else 9223372036854775807 end) and id <= $4::bigint and kind not in ('PAYOUT', 'COMMISSION')
            order by id limit $11::int)
        ) p
        left join capture c on c.id = p.capture_id
        left join refund r on r.id = p.refund_id
        union all
        (select 'COMMISSION', -c.amount, c.computed_at, c.transaction_id, null, null, 1, c.number
        from commission c where c.shop_id::text = $1::text and c.shop_id = $12::uuid and c.currency = $2::currency
          and c.amount > 0 and c.number > $5::bigint and c.number <= $6::bigint and (1, c.number) > ($9::int, $10::bigint)
        order by c.number limit $11::int)
        union all
        (select 'COMMISSION', -c.amount, c.at, c.transaction_id, c.refund_id, null, 2, c.number
        from commission_adjustment c where c.account_owner = $1::text and c.currency = $2::currency
          and c.number > $7::bigint and c.number <= $8::bigint and (2, c.number) > ($9::int, $10::bigint)
        order by c.number limit $11::int)
        union all
        select case n when 0 then 'CARRIED_IN' else 'CARRIED_OUT' end, amount, $13::timestamptz, null, null, null, 3, n
        from unnest($14::bigint[]) with ordinality as carried (amount, ord) cross join lateral (select ord - 1 as n) place
        where amount <> 0 and (3, n) > ($9::int, $10::bigint)
      ) m order by source, number limit $11::int`,
    values: [
      payout.accountOwner,
      payout.currency,
      payout.postingsAfter,
      payout.postingsThrough,
      ...[payout.commissionsAfter, payout.commissionsThrough],
      ...[payout.adjustmentsAfter, payout.adjustmentsThrough],
      page.source,
      page.number,
      page.limit,
      payout.shopId,
      payout.createdAt,
      [payout.carriedIn, -payout.carriedOut],
    ],
  });
}
