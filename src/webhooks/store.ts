import { type Actor, visibleTo } from '../auth/actor.ts';
import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { DeliveryStatus, WebhookAttempt, WebhookDelivery } from '../kernel/db/generated/prisma/client.ts';
import { readerName } from './model.ts';

/** A delivery with what sending it needs of its shop. */
export type DeliveryToSend = Pick<
  WebhookDelivery,
  'id' | 'shopId' | 'paymentId' | 'url' | 'body' | 'status' | 'tries'
> & { readonly merchantId: string; readonly clockOffsetMs: bigint };

/** Finds a delivery outside any transaction; who may see it is the caller's to say. */
export async function findDelivery(database: Database, id: string): Promise<DeliveryToSend | undefined> {
  const [delivery] = await read<DeliveryToSend>(database, {
    name: 'find-webhook-delivery',
    text: `
      select d.id, d.shop_id as "shopId", d.payment_id as "paymentId", d.url, d.body, d.status, d.tries,
        m.id as "merchantId", m.clock_offset_ms as "clockOffsetMs"
      from webhook_delivery d join shop s on s.id = d.shop_id join merchant m on m.id = s.merchant_id
      where d.id = $1::uuid`,
    values: [id],
  });
  return delivery;
}

/** Finds a delivery of a shop that the actor may see. */
export async function findVisibleDelivery(
  database: Database,
  actor: Actor,
  id: string,
): Promise<WebhookDelivery | undefined> {
  const delivery = await database.prisma.webhookDelivery.findFirst({ where: { id, ...visibleTo(actor) } });
  return delivery ?? undefined;
}

/** What of a delivery moves with its tries. */
export type DeliveryState = Pick<WebhookDelivery, 'tries' | 'nextTryAt' | 'deliveredAt'> & {
  readonly status: DeliveryStatus;
};

/** Locks a delivery and reads how far it is. */
export async function lockDelivery(tx: Tx, id: string): Promise<DeliveryState | undefined> {
  const [state] = await tx.query<DeliveryState>({
    name: 'lock-webhook-delivery',
    text: `
      select status, tries, next_try_at as "nextTryAt", delivered_at as "deliveredAt" from webhook_delivery
      where id = $1::uuid for no key update`,
    values: [id],
  });
  return state;
}

/** Moves a delivery whose lock the caller holds. */
export async function moveDelivery(tx: Tx, id: string, state: DeliveryState): Promise<void> {
  await tx.query({
    name: 'move-webhook-delivery',
    text: `
      update webhook_delivery set status = $2::delivery_status, tries = $3::int, next_try_at = $4::timestamptz,
        delivered_at = $5::timestamptz
      where id = $1::uuid`,
    values: [id, state.status, state.tries, state.nextTryAt, state.deliveredAt],
  });
}

/** Writes a try under the next number of its delivery, whose lock the caller holds. */
export async function insertAttempt(tx: Tx, attempt: Omit<WebhookAttempt, 'number'>): Promise<void> {
  await tx.query({
    name: 'insert-webhook-attempt',
    text: `
      insert into webhook_attempt (delivery_id, number, at, duration_ms, response_status, response_body, error, manual)
      select $1::uuid, coalesce(max(number), 0) + 1, $2::timestamptz, $3::int, $4::int, $5::text, $6::text, $7::boolean
      from webhook_attempt where delivery_id = $1::uuid`,
    values: [
      attempt.deliveryId,
      attempt.at,
      attempt.durationMs,
      attempt.responseStatus,
      attempt.responseBody,
      attempt.error,
      attempt.manual,
    ],
  });
}

/**
 * Finds up to 1,000 shops whose log goes on after the place that webhooks have read to, for a sweep when hints got lost. Numbers alone
 * do not tell: after a restore some are left out (docs/operations.md), and shops that wait for their next event would fill those 1,000.
 */
export async function shopsBehind(database: Database): Promise<string[]> {
  const rows = await read<{ shopId: string }>(database, {
    name: 'find-shops-behind-webhooks',
    // Ordered, or the plan for a shop of many events reads them all until it meets the last ones.
    text: `
      select c.shop_id as "shopId" from shop_counter c
      left join reader r on r.name = $1::text and r.shop_id = c.shop_id
      cross join lateral (
        select from event where shop_id = c.shop_id and number > coalesce(r.number, 0) order by number limit 1
      ) unread
      where c.last_number > coalesce(r.number, 0) limit 1000`,
    values: [readerName],
  });
  return rows.map((row) => row.shopId);
}
