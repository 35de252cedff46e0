import { randomUUID } from 'node:crypto';
import type { PaymentLink } from '../../src/kernel/db/generated/prisma/client.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { type CreateLinkInput, createLink } from '../../src/links/create-link.ts';
import type { LinkDeps } from '../../src/links/deps.ts';
import { findOpenedLink, type OpenedLink } from '../../src/links/find-link.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf } from '../support/factories.ts';

/** What the verbs of links need beside payments. */
export function createLinkDeps(payments: PaymentDeps): LinkDeps {
  const { clock, acquirers } = payments;
  return { payments, prepare: { clock, acquirers, addressRule: 'any' }, metrics: createMetrics() };
}

/** Creates a link of 12.34 PLN for one use by anybody, with what is given instead. */
export async function makeLink(deps: LinkDeps, shop: Shop, input: Partial<CreateLinkInput> = {}): Promise<PaymentLink> {
  const { link } = await createLink(deps, actorOf(shop), {
    ...{ shopId: shop.id, idempotencyKey: randomUUID(), usesMax: 1 },
    ...{ amount: 1234n, currency: 'PLN', orderId: 'ORD/2026-0001' },
    ...input,
  });
  return link;
}

/** Opens a link as a payer does. */
export async function openLink(deps: LinkDeps, { short }: Pick<PaymentLink, 'short'>): Promise<OpenedLink> {
  const opened = await findOpenedLink(deps, short);
  if (!opened) throw new Error(`There is no link ${short}.`);
  return opened;
}
