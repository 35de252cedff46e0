import { type Database, read } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';

/** What a movement of a payout is. */
export type MovementKind =
  | 'SALE'
  | 'REFUND'
  | 'REFUND_REJECTED'
  | 'PAYOUT_RETURNED'
  | 'PAYOUT_REINSTATED'
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
  /** Of money that came back, or did not after all: the payout that sent it. */
  readonly payoutId: string | null;
  /** Its place in the list: first the books, then the commissions, then what is carried. */
  readonly source: number;
  readonly number: bigint;
};

/** Asks for up to `limit` movements of a payout behind a place. */
export type MovementAsk = {
  readonly payout: Payout;
  readonly source: number;
  readonly number: bigint;
  readonly limit: number;
};

const movements = `
  select ask.place::int as place, m.* from unnest($1::text[], $2::currency[], $3::bigint[], $4::bigint[], $5::bigint[],
    $6::bigint[], $7::bigint[], $8::bigint[], $9::int[], $10::bigint[], $11::int[], $12::uuid[], $13::timestamptz[],
    $14::bigint[], $15::bigint[])
    with ordinality as ask (owner, currency, postings_after, postings_through, commissions_after, commissions_through,
      adjustments_after, adjustments_through, source, number, max, shop_id, made_at, carried_in, carried_out, place)
  cross join lateral (
    select * from (
      select case p.kind when 'REFUND_ORDERED' then 'REFUND' when 'PAYOUT_SENT_BACK' then 'PAYOUT_RETURNED' else p.kind::text end as kind,
        case when p.to_id = own.id then p.amount else -p.amount end as amount, p.at,
        coalesce(c.transaction_id, r.transaction_id) as "transactionId", r.id as "refundId", p.payout_id as "payoutId",
        0 as source, p.id as number
      from account own cross join lateral (
        (select * from posting where to_id = own.id and id > greatest(ask.postings_after, case ask.source when 0
            then ask.number else 9223372036854775807 end) and id <= ask.postings_through
            and kind not in ('PAYOUT', 'COMMISSION')
          order by id limit ask.max)
        union all
        (select * from posting where from_id = own.id and id > greatest(ask.postings_after, case ask.source when 0
            then ask.number else 9223372036854775807 end) and id <= ask.postings_through
            and kind not in ('PAYOUT', 'COMMISSION')
          order by id limit ask.max)
      ) p
      left join capture c on c.id = p.capture_id
      left join refund r on r.id = p.refund_id
      where own.kind in ('SHOP', 'RECIPIENT') and own.owner = ask.owner and own.currency = ask.currency
      union all
      (select 'COMMISSION', -c.amount, c.computed_at, c.transaction_id, null, null, 1, c.number
      from commission c where c.shop_id::text = ask.owner and c.shop_id = ask.shop_id and c.currency = ask.currency
        and c.amount > 0 and c.number > ask.commissions_after and c.number <= ask.commissions_through
        and (1, c.number) > (ask.source, ask.number)
      order by c.number limit ask.max)
      union all
      (select 'COMMISSION', -c.amount, c.at, c.transaction_id, c.refund_id, null, 2, c.number
      from commission_adjustment c where c.account_owner = ask.owner and c.currency = ask.currency
        and c.number > ask.adjustments_after and c.number <= ask.adjustments_through
        and (2, c.number) > (ask.source, ask.number)
      order by c.number limit ask.max)
      union all
      select carried.kind, carried.amount, ask.made_at, null, null, null, 3, carried.n
      from (values ('CARRIED_IN', ask.carried_in, 0::bigint), ('CARRIED_OUT', -ask.carried_out, 1)) as carried (kind, amount, n)
      where carried.amount <> 0 and (3, carried.n) > (ask.source, ask.number)
    ) one order by source, number limit ask.max
  ) m
  order by place, m.source, m.number`;

/**
 * Reads movements of many payouts in one statement, each page in its order: postings as they were booked, then commissions,
 * then what is carried. The pages come in the order of the asks.
 */
export async function readMovements(database: Database, asks: readonly MovementAsk[]): Promise<Movement[][]> {
  const column = <Name extends keyof Payout>(name: Name): Payout[Name][] => asks.map(({ payout }) => payout[name]);
  const rows = await read<Movement & { readonly place: number }>(database, {
    name: 'read-payout-movements',
    text: movements,
    values: [
      ...[column('accountOwner'), column('currency'), column('postingsAfter'), column('postingsThrough')],
      ...[column('commissionsAfter'), column('commissionsThrough')],
      ...[column('adjustmentsAfter'), column('adjustmentsThrough')],
      ...[asks.map((ask) => ask.source), asks.map((ask) => ask.number), asks.map((ask) => ask.limit)],
      ...[column('shopId'), column('createdAt'), column('carriedIn'), column('carriedOut')],
    ],
  });
  const pages = Map.groupBy(rows, (row) => row.place);
  return asks.map((_, index) => (pages.get(index + 1) ?? []).map(({ place: _place, ...movement }) => movement));
}
