import type { Tx } from '../../kernel/db/database.ts';
import type { NewDelivery } from './insert-deliveries.ts';

/**
 * Gives up those notifications that are not delivered yet and that a newer one makes old news, and gives their ids. A
 * newer one about an attempt tells of the payment too, so it takes the place of everything older about that payment,
 * with two exceptions, lest something is never told: that another attempt has settled, and what became of an attempt
 * when the newer one is about the payment alone. News of a refund takes the place of nothing but older news of the same
 * refund, and nothing else takes its place.
 */
export async function supersedeDeliveries(tx: Tx, newer: readonly NewDelivery[]): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ id: string }>({
    name: 'supersede-webhook-deliveries',
    text: `
      update webhook_delivery d set status = 'SUPERSEDED', next_try_at = null
      from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[])
        as newer (shop_id, event_number, payment_id, transaction_id, refund_id), event e
      where d.payment_id = newer.payment_id and d.shop_id = newer.shop_id and d.event_number < newer.event_number
        and d.status = 'PENDING'
        and e.shop_id = d.shop_id and e.number = d.event_number
        and e.refund_id is not distinct from newer.refund_id
        and (newer.transaction_id is not null or e.transaction_id is null)
        and (e.type <> 'TRANSACTION_SETTLED' or e.transaction_id = newer.transaction_id)
      returning d.id`,
    values: [
      newer.map((delivery) => delivery.shopId),
      newer.map((delivery) => delivery.eventNumber),
      newer.map((delivery) => delivery.paymentId),
      newer.map((delivery) => delivery.transactionId),
      newer.map((delivery) => delivery.refundId),
    ],
  });
  return new Set(rows.map((row) => row.id));
}
