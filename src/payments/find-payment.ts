import { type Actor, maySee } from '../auth/actor.ts';
import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { Shop } from '../shops/model.ts';
import type { PaymentDeps } from './deps.ts';
import { findPayment } from './store.ts';

type Found = { readonly payment: Payment; readonly shop: Shop };

/** Finds a payment and its shop on behalf of an actor; undefined when there is none that the actor may see. */
export async function seekVisiblePayment(
  deps: Pick<PaymentDeps, 'database' | 'shops'>,
  actor: Actor,
  id: string,
): Promise<Found | undefined> {
  const payment = await findPayment(deps.database, id);
  const shop = payment && (await deps.shops.find(payment.shopId));
  return payment && shop && maySee(actor, shop) ? { payment, shop } : undefined;
}

/**
 * Finds a payment and its shop on behalf of an actor.
 * @param wanted the id as it came from outside, and the input field it came in.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisiblePayment(
  deps: Pick<PaymentDeps, 'database' | 'shops'>,
  actor: Actor,
  wanted: { readonly id: string; readonly field: string },
): Promise<Found> {
  const field = [wanted.field];
  const found = await seekVisiblePayment(deps, actor, parseId(wanted.id, 'payment', field));
  if (!found) throw new NotFound('No payment with this id belongs to you.', field);
  return found;
}
