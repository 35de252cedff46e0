import { type Database, withoutTransaction } from '../../kernel/db/database.ts';
import { factsMax, readerName, toldTypes } from '../model.ts';

/**
 * Moves the place of webhooks in the logs of many shops over facts that no shop is told of, in one statement: most commits
 * write nothing else, and touch many shops.
 * @returns the shops in whose logs something is left, or may be: what is to be told, more facts than are read at a time, no
 * place yet, or one that somebody else is just moving.
 */
export async function passOverUntold(database: Database, shopIds: readonly string[]): Promise<string[]> {
  if (shopIds.length === 0) return [];
  const left = await withoutTransaction(database, (tx) =>
    tx.query<{ shopId: string }>({
      name: 'pass-over-untold',
      // Whoever holds a place moves it; waiting for him could be waiting in a circle.
      text: `
        with ask as (
          select unnest($1::uuid[]) as shop_id
        ), place as materialized (
          select shop_id, number from reader where name = $2::text and shop_id = any($1::uuid[])
          for no key update skip locked
        ), news as materialized (
          select place.shop_id, max(e.number) as last, count(*) as facts,
            min(e.number) filter (where e.type = any($3::event_type[])) as told
          from place cross join lateral (
            select number, type from event where shop_id = place.shop_id and number > place.number
            order by number limit $4::int
          ) e
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
