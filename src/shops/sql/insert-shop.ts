import type { Tx } from '../../kernel/db/database.ts';
import type { Currency, ShopStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { type Channel, channelFacts } from '../model.ts';

export type NewShop = {
  readonly id: string;
  readonly merchantId: string;
  readonly status: ShopStatus;
  readonly name: string;
  readonly currencies: readonly Currency[];
  /** In the order in which payers see them. */
  readonly channels: readonly Channel[];
  readonly createdAt: Date;
  /** Where it sells. */
  readonly url?: string;
  /** For one that waits for its review: when that ends, and the merchant's idempotency key. */
  readonly submission?: { readonly key: string; readonly hash: Buffer; readonly dueAt: Date };
};

/** Writes a new shop with its event counter at 0 and the channels it offers. */
export async function insertShop(tx: Tx, shop: NewShop): Promise<void> {
  await tx.query({
    name: 'insert-shop',
    text: `
      with shop as (
        insert into shop (id, merchant_id, status, name, currencies, created_at, updated_at, url, submission_key,
          submission_hash, review_due_at)
        values ($1::uuid, $2::text, $3::shop_status, $4::text, $5::currency[], $6::timestamptz, $6::timestamptz, $9::text,
          $10::text, $11::bytea, $12::timestamptz)
        returning id
      ), counter as (
        insert into shop_counter (shop_id, last_number) select id, 0 from shop
      )
      insert into shop_method (shop_id, channel, method, priority)
      select shop.id, c.channel, c.method, c.priority
      from shop, unnest($7::text[], $8::payment_method[]) with ordinality as c (channel, method, priority)`,
    values: [
      shop.id,
      shop.merchantId,
      shop.status,
      shop.name,
      shop.currencies,
      shop.createdAt,
      shop.channels,
      shop.channels.map((channel) => channelFacts(channel).method),
      shop.url ?? null,
      shop.submission?.key ?? null,
      shop.submission?.hash ?? null,
      shop.submission?.dueAt ?? null,
    ],
  });
}
