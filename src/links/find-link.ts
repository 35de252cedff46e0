import { type Actor, maySee } from '../auth/actor.ts';
import type { PaymentLink } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseId } from '../kernel/ids.ts';
import type { Shop } from '../shops/model.ts';
import type { LinkDeps } from './deps.ts';
import { isShort, type LinkStatus, linkStatusOf } from './model.ts';
import { findLinkById, findLinkByShort, type OpenableLink } from './store.ts';

/** A link as whoever opens it meets it. */
export type OpenedLink = {
  readonly link: OpenableLink;
  readonly shop: Shop;
  readonly status: LinkStatus;
};

/**
 * Finds a link by its name in its address, for whoever holds the address.
 * @returns undefined when there is none.
 */
export async function findOpenedLink(
  { payments }: Pick<LinkDeps, 'payments'>,
  short: string,
): Promise<OpenedLink | undefined> {
  const link = isShort(short) ? await findLinkByShort(payments.database, short) : undefined;
  const shop = link && (await payments.shops.find(link.shopId));
  if (!link || !shop) return undefined;
  return { link, shop, status: linkStatusOf(link, payments.clock.now(shop)) };
}

/**
 * Finds a link and its shop on behalf of an actor.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisibleLink(
  { payments }: Pick<LinkDeps, 'payments'>,
  actor: Actor,
  id: string,
): Promise<{ link: PaymentLink; shop: Shop }> {
  const link = await findLinkById(payments.database, parseId(id, 'payment link'));
  const shop = link && (await payments.shops.find(link.shopId));
  if (!link || !shop || !maySee(actor, shop))
    throw new NotFound('No payment link with this id belongs to you.', ['id']);
  return { link, shop };
}
