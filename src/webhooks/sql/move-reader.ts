import type { Tx } from '../../kernel/db/database.ts';
import { readerName } from '../model.ts';

/** The place of webhooks in the log of a shop as it was read, and the number up to which has been read since. */
export type ReaderMove = { readonly shopId: string; readonly from: bigint; readonly to: bigint };

/**
 * Moves the places of webhooks in the logs of shops, each if it is still where it was read, so that of several runs over the
 * same facts one derives what follows from them. Places are taken by shop, so that nobody waits in a circle.
 * @returns the shops whose place has moved.
 */
export async function moveReaders(tx: Tx, moves: readonly ReaderMove[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ shopId: string }>({
    name: 'move-webhook-readers',
    // At the first time there is no place yet.
    text: `
      with move as materialized (
        select * from unnest($2::uuid[], $3::bigint[], $4::bigint[]) as m (shop_id, was, number)
      )
      insert into reader as r (name, shop_id, number)
      select $1::text, shop_id, number from move order by shop_id
      on conflict (name, shop_id) do update set number = excluded.number
      where r.number = (select was from move where move.shop_id = r.shop_id)
      returning r.shop_id as "shopId"`,
    values: [readerName, moves.map(({ shopId }) => shopId), moves.map(({ from }) => from), moves.map(({ to }) => to)],
  });
  return new Set(rows.map(({ shopId }) => shopId));
}
