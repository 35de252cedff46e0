import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { PaymentLink } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { endPayments } from '../payments/end-payment.ts';
import type { LinkDeps } from './deps.ts';
import { findVisibleLink } from './find-link.ts';
import { readLink, writeLinkDisabled } from './store.ts';

/**
 * Disables a payment link, for the shop: it makes no more payments. The one payment of a link with a single use is cancelled
 * with it, unless it is paid or money is reserved for it; payments that a link made for several payers go on, since each of
 * them is somebody who is paying. Disabling a link again changes nothing.
 * @throws Forbidden without the scope `payments:write`; NotFound.
 */
export async function disableLink(deps: Pick<LinkDeps, 'payments'>, actor: Actor, id: string): Promise<PaymentLink> {
  requireScope(actor, 'payments:write');
  const { link, shop } = await findVisibleLink(deps, actor, id);
  const { database, clock } = deps.payments;
  return inTransaction(database, async (tx) => {
    await lockShops(tx, [shop.id]);
    await writeLinkDisabled(tx, { id: link.id, at: clock.now(shop) });
    const disabled = await readLink(tx, link.id);
    if (!disabled) throw new Error('A payment link is gone.');
    const { paymentId } = disabled;
    if (paymentId !== null) {
      await endPayments(tx, clock, { shopId: shop.id, paymentIds: [paymentId], end: 'CANCELLED' });
    }
    return disabled;
  });
}
