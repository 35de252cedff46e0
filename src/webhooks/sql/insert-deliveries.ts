import type { Tx } from '../../kernel/db/database.ts';
import type { WebhookDelivery } from '../../kernel/db/generated/prisma/client.ts';

/** A notification that was just derived from the fact with this number. */
export type NewDelivery = Pick<WebhookDelivery, 'id' | 'shopId' | 'eventNumber' | 'url' | 'body' | 'createdAt'> & {
  readonly paymentId: string;
  readonly transactionId: string | null;
  readonly refundId: string | null;
};

/** Writes deliveries in the imoje form, to be sent at once, and gives the ids of those that did not exist yet. */
export async function insertDeliveries(tx: Tx, deliveries: readonly NewDelivery[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>({
    name: 'insert-webhook-deliveries',
    text: `
      insert into webhook_delivery (id, shop_id, event_number, payment_id, form, url, body, status, next_try_at, created_at)
      select id, shop_id, event_number, payment_id, 'IMOJE', url, body, 'PENDING', created_at, created_at
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[])
        as d (id, shop_id, event_number, payment_id, url, body, created_at)
      on conflict (shop_id, event_number) do nothing
      returning id`,
    values: [
      deliveries.map((delivery) => delivery.id),
      deliveries.map((delivery) => delivery.shopId),
      deliveries.map((delivery) => delivery.eventNumber),
      deliveries.map((delivery) => delivery.paymentId),
      deliveries.map((delivery) => delivery.url),
      deliveries.map((delivery) => delivery.body),
      deliveries.map((delivery) => delivery.createdAt),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
