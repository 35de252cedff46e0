import { type Actor, requireScope } from '../auth/actor.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { WebhookDelivery } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { queueOf, resendWebhookJob } from './model.ts';
import { findVisibleDelivery } from './store.ts';

/**
 * Orders one more send of a notification, whatever became of it, outside its ladder: the body as it was, signed with the
 * key of today. It is recorded as a manual try; an acknowledgement makes the delivery DELIVERED, a failure changes
 * nothing. Orders that have not been carried out yet count once.
 * @returns the delivery as it is before the send.
 * @throws Forbidden without the scope `payments:write`; NotFound when the actor may not see such a delivery.
 */
export async function resendWebhook(
  deps: { readonly database: Database },
  actor: Actor,
  deliveryId: string,
): Promise<WebhookDelivery> {
  requireScope(actor, 'payments:write');
  const id = parseId(deliveryId, 'webhook delivery', ['deliveryId']);
  const delivery = await findVisibleDelivery(deps.database, actor, id);
  if (!delivery) throw new NotFound('No webhook delivery with this id belongs to you.', ['deliveryId']);
  await inTransaction(deps.database, (tx) =>
    enqueue(tx, [
      {
        name: resendWebhookJob,
        payload: { subject: id },
        queue: queueOf(delivery),
        key: `resend ${id}`,
      },
    ]),
  );
  return delivery;
}
