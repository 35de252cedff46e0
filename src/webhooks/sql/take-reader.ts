import type { Tx } from '../../kernel/db/database.ts';
import { readerName } from '../model.ts';

/** How far webhooks have read the log of a shop, with what its notifications need of the shop. */
export type ReaderPlace = {
  readonly number: bigint;
  readonly notificationUrl: string | null;
  readonly merchantId: string;
  readonly clockOffsetMs: bigint;
};

/**
 * Locks the place of webhooks in the log of a shop, making it at the first time, so that one run at a time derives what
 * follows it. Undefined when there is no such shop.
 */
export async function takeReader(tx: Tx, shopId: string): Promise<ReaderPlace | undefined> {
  const [place] = await tx.query<ReaderPlace>({
    name: 'take-webhook-reader',
    text: `
      with place as (
        insert into reader (name, shop_id, number) select $1::text, id, 0 from shop where id = $2::uuid
        on conflict (name, shop_id) do update set number = reader.number
        returning shop_id, number
      )
      select place.number, s.notification_url as "notificationUrl", m.id as "merchantId", m.clock_offset_ms as "clockOffsetMs"
      from place join shop s on s.id = place.shop_id join merchant m on m.id = s.merchant_id`,
    values: [readerName, shopId],
  });
  return place;
}

/** Moves the place to the last number that was read; the caller holds its lock. */
export async function moveReader(tx: Tx, shopId: string, number: bigint): Promise<void> {
  await tx.query({
    name: 'move-webhook-reader',
    text: 'update reader set number = $3::bigint where name = $1::text and shop_id = $2::uuid',
    values: [readerName, shopId, number],
  });
}
