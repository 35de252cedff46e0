import { type Database, read } from '../../kernel/db/database.ts';
import type { Event, Payment, Profile, Refund, Transaction } from '../../kernel/db/generated/prisma/client.ts';
import { readerName, toldTypes } from '../model.ts';

/**
 * A fact of the log. The columns of its payment, attempt, stored instrument and refund come with those types of event that the shop is told
 * of, and are null with all others.
 */
export type LoggedFact = Pick<Event, 'number' | 'type' | 'at' | 'data'> & {
  readonly paymentId: string | null;
  readonly transactionId: string | null;
  readonly title: Payment['title'];
  readonly orderId: Payment['orderId'];
  readonly paymentAmount: bigint;
  readonly currency: Payment['currency'];
  readonly notificationUrl: string | null;
  readonly paymentCreatedAt: Date;
  /** True of a payment that a call of the REST door made for its own attempt. */
  readonly isSale: boolean;
  readonly source: Transaction['source'];
  readonly method: Transaction['method'];
  readonly channel: string;
  readonly transactionAmount: bigint;
  readonly transferAccount: string | null;
  readonly transactionCreatedAt: Date;
  readonly refundId: string | null;
  readonly refundAmount: bigint;
  readonly refundNote: Refund['note'];
  readonly refundCreatedAt: Date;
  readonly profileId: string | null;
  readonly customerId: Profile['customerId'];
  readonly profileKind: Profile['kind'];
  readonly profileLabel: Profile['label'];
  readonly profileDetails: Profile['details'];
  readonly firstTransactionId: string | null;
};

/** What is read of a fact in `news`, and of the rows it is about; the first parameter are the types that shops are told of. */
const columns = `news.number, news.type, news.at, news.data, p.id as "paymentId", t.id as "transactionId", p.title,
  p.order_id as "orderId", p.amount as "paymentAmount", p.currency, p.notification_url as "notificationUrl",
  p.created_at as "paymentCreatedAt", p.is_sale as "isSale", t.source, t.method, t.channel,
  t.amount as "transactionAmount", t.transfer_account as "transferAccount", t.created_at as "transactionCreatedAt",
  r.id as "refundId", r.amount as "refundAmount", r.note as "refundNote",
  r.created_at as "refundCreatedAt", f.id as "profileId", f.customer_id as "customerId", f.kind as "profileKind",
  f.label as "profileLabel", f.details as "profileDetails", f.first_transaction_id as "firstTransactionId"`;
/**
 * Joined row by row (`offset 0`): joined as a whole, the plan that Postgres keeps for any number of facts reads all payments that
 * there are.
 */
const about = `
      left join lateral (
        select * from payment where id = news.payment_id and news.type = any($1::event_type[]) offset 0
      ) p on true
      left join lateral (
        select * from transaction where id = news.transaction_id and news.type = any($1::event_type[]) offset 0
      ) t on true
      left join lateral (
        select * from refund where id = news.refund_id and news.type = any($1::event_type[]) offset 0
      ) r on true
      left join lateral (select * from profile where id = t.profile_id offset 0) f on true`;

/** A fact with its shop, and what its notification needs of it. */
export type PlacedFact = LoggedFact & {
  readonly shopId: string;
  readonly merchantId: string;
  readonly shopNotificationUrl: string | null;
};

/** A fact that webhooks have not read yet, with how far they have, and how far the clock of its merchant was moved. */
export type NewFact = PlacedFact & { readonly readUpTo: bigint; readonly clockOffsetMs: bigint };

/**
 * Reads the facts of these shops that webhooks have not read yet, at most `max` of each, by shop and the oldest first. Only
 * what never changes is taken from the rows that they are about.
 */
export async function readNewFacts(
  database: Database,
  from: { readonly shopIds: readonly string[]; readonly max: number },
): Promise<NewFact[]> {
  return read<NewFact>(database, {
    name: 'read-new-facts-for-webhooks',
    text: `
      with place as materialized (
        select s.id as shop_id, s.notification_url, s.merchant_id, m.clock_offset_ms, coalesce(r.number, 0) as number
        from shop s join merchant m on m.id = s.merchant_id
        left join reader r on r.name = $4::text and r.shop_id = s.id where s.id = any($2::uuid[])
      ), news as materialized (
        select place.shop_id, e.* from place cross join lateral (
          select number, type, at, payment_id, transaction_id, refund_id, data from event
          where shop_id = place.shop_id and number > place.number order by number limit $3::int
        ) e
      )
      select ${columns}, place.shop_id as "shopId", place.number as "readUpTo", place.notification_url as "shopNotificationUrl",
        place.merchant_id as "merchantId", place.clock_offset_ms as "clockOffsetMs"
      from place join news on news.shop_id = place.shop_id ${about}
      order by place.shop_id, news.number`,
    values: [toldTypes, from.shopIds, from.max, readerName],
  });
}

/** A place in the log of a shop. */
export type FactPlace = { readonly shopId: string; readonly number: bigint };

/** Reads the facts at these places, of any shops, in no order; places without one are left out. */
export async function readFacts(database: Database, places: readonly FactPlace[]): Promise<PlacedFact[]> {
  return read<PlacedFact>(database, {
    name: 'read-facts-for-webhooks',
    text: `
      with news as materialized (
        select e.shop_id, e.number, e.type, e.at, e.payment_id, e.transaction_id, e.refund_id, e.data
        from unnest($2::uuid[], $3::bigint[]) as ask (shop_id, number)
        join event e on e.shop_id = ask.shop_id and e.number = ask.number
      )
      select ${columns}, s.id as "shopId", s.merchant_id as "merchantId", s.notification_url as "shopNotificationUrl"
      from news join shop s on s.id = news.shop_id ${about}`,
    values: [toldTypes, places.map(({ shopId }) => shopId), places.map(({ number }) => number)],
  });
}
