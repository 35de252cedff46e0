import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { Event, Payment, Profile, Refund, Transaction } from '../../kernel/db/generated/prisma/client.ts';
import { toldTypes } from '../model.ts';

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
const about = `left join payment p on p.id = news.payment_id and news.type = any($1::event_type[])
  left join transaction t on t.id = news.transaction_id and news.type = any($1::event_type[])
  left join refund r on r.id = news.refund_id and news.type = any($1::event_type[])
  left join profile f on f.id = t.profile_id`;

/** Reads the facts of one shop that follow a number, in order. Only what never changes is taken from the rows. */
export async function readLog(
  tx: Tx,
  from: { readonly shopId: string; readonly after: bigint; readonly max: number },
): Promise<LoggedFact[]> {
  return tx.query<LoggedFact>({
    name: 'read-log-for-webhooks',
    text: `
      with news as materialized (
        select number, type, at, payment_id, transaction_id, refund_id, data from event
        where shop_id = $2::uuid and number > $3::bigint order by number limit $4::int
      )
      select ${columns} from news ${about}
      order by news.number`,
    values: [toldTypes, from.shopId, from.after, from.max],
  });
}

/** A place in the log of a shop. */
export type FactPlace = { readonly shopId: string; readonly number: bigint };

/** A fact with what its notification needs of the shop. */
export type PlacedFact = LoggedFact & {
  readonly shopId: string;
  readonly merchantId: string;
  readonly shopNotificationUrl: string | null;
};

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
