import type { Tx } from '../../kernel/db/database.ts';
import { readerName } from '../model.ts';

/** The place of webhooks in the log of a shop as it was read, and the number up to which has been read since. */
export type ReaderMove = { readonly shopId: string; readonly from: bigint; readonly to: bigint };

/**
 * Moves the place of webhooks in the log of a shop if it is still where it was read, so that of several runs over the same
 * facts one derives what follows from them.
 * @returns whether it moved.
 */
export async function moveReader(tx: Tx, { shopId, from, to }: ReaderMove): Promise<boolean> {
  const moved = await tx.query({
    name: 'move-webhook-reader',
    // At the first time there is no place yet.
    text: `
      insert into reader as r (name, shop_id, number) values ($1::text, $2::uuid, $4::bigint)
      on conflict (name, shop_id) do update set number = excluded.number where r.number = $3::bigint
      returning r.shop_id`,
    values: [readerName, shopId, from, to],
  });
  return moved.length === 1;
}
