import { type Database, withoutTransaction } from '../../kernel/db/database.ts';
import { factsMax, readerName, toldTypes } from '../model.ts';

/**
 * Moves the place of webhooks in the logs of many shops over facts that nobody is told of, in one statement: most commits
 * write nothing else, and touch many shops. Those are facts of other types, and all where neither the shop nor the payment has an address.
 * @returns the shops in whose logs something is left, or may be: what is to be told, more facts than are read at a time, no
 * place yet, or one that somebody else is just moving.
 */
export async function passOverUntold(database: Database, shopIds: readonly string[]): Promise<string[]> {
  if (shopIds.length === 0) return [];
  const left = await withoutTransaction(database, (tx) =>
    tx.query<{ shopId: string }>({
      name: 'pass-over-untold',
      // Whoever holds a place moves it; waiting for him could be waiting in a circle. Addresses of payments are looked up one by one
      // (`offset 0`): the plan that Postgres keeps for any number of facts would read all payments that there are.
      text: `
        with ask as (
          select unnest($1::uuid[]) as shop_id
        ), place as materialized (
          select shop_id, number from reader where name = $2::text and shop_id = any($1::uuid[])
          for no key update skip locked
        ), news as materialized (
          select place.shop_id, max(e.number) as last, count(*) as facts,
            min(e.number) filter (
              where e.type = any($3::event_type[]) and (s.notification_url is not null or p.notification_url is not null)
            ) as told
          from place join shop s on s.id = place.shop_id cross join lateral (
            select number, type, payment_id from event where shop_id = place.shop_id and number > place.number
            order by number limit $4::int
          ) e left join lateral (
            select notification_url from payment
            where id = e.payment_id and s.notification_url is null and e.type = any($3::event_type[]) offset 0
          ) p on true
          group by place.shop_id
        ), moved as (
          update reader r set number = coalesce(news.told - 1, news.last) from news
          where r.name = $2::text and r.shop_id = news.shop_id and r.number < coalesce(news.told - 1, news.last)
        )
        select ask.shop_id as "shopId" from ask
        left join place on place.shop_id = ask.shop_id left join news on news.shop_id = ask.shop_id
        where place.shop_id is null or news.told is not null or news.facts = $4::int`,
      values: [shopIds, readerName, toldTypes, factsMax],
    }),
  );
  return left.map(({ shopId }) => shopId);
}
