import { type Actor, maySee } from '../auth/actor.ts';
import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { Shop } from '../shops/model.ts';
import type { PaymentDeps } from './deps.ts';
import { findPayment } from './store.ts';

/**
 * Finds a payment and its shop on behalf of an actor.
 * @param wanted the id as it came from outside, and the input field it came in.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisiblePayment(
  deps: Pick<PaymentDeps, 'database' | 'shops'>,
  actor: Actor,
  wanted: { readonly id: string; readonly field: string },
): Promise<{ payment: Payment; shop: Shop }> {
  const field = [wanted.field];
  const payment = await findPayment(deps.database, parseId(wanted.id, 'payment', field));
  const shop = payment && (await deps.shops.find(payment.shopId));
  if (!payment || !shop || !maySee(actor, shop)) throw new NotFound('No payment with this id belongs to you.', field);
  return { payment, shop };
}
