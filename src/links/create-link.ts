import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { PaymentLink } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { hashInput, IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { nameFaults, withOtherFaults } from '../kernel/name-faults.ts';
import { type CreatePaymentInput, paymentStandIns, preparePayment, requireAhead } from '../payments/prepare-payment.ts';
import { findVisibleShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/model.ts';
import type { LinkDeps } from './deps.ts';
import { type LinkTemplate, newShort, usesLimitMax } from './model.ts';
import { insertLink, readLinkByKey } from './store.ts';

/** A wish for a link: what its payments have in common, and how many there may be. */
export type CreateLinkInput = Omit<
  CreatePaymentInput,
  'customer' | 'validUntil' | 'preselectChannel' | 'documents' | 'methods'
> & {
  readonly shopId: string;
  readonly customer?: LinkTemplate['customer'];
  readonly methods?: LinkTemplate['methods'];
  /** Undefined: without end. */
  readonly validUntil?: Date | undefined;
  /** How many payments that are paid or can be paid it may have made; null: without end. */
  readonly usesMax: number | null;
};

/** The link of a wish; `replayed` when an earlier wish under the same key had made it. */
export type CreatedLink = { readonly link: PaymentLink; readonly replayed: boolean };

/** Characters of the shop's own note; as many as forms and REST calls may have. */
const descriptionMax = 4_000;

/** Stands for the payer whom a template does not name while the template is checked. */
const anybody = { firstName: 'Jan', lastName: 'Kowalski' };

/**
 * Creates a payment link. Its template is checked as a payment is, so that no payer meets a link that cannot be paid. No
 * payment is made before the link is opened: a link that nobody opens leaves no payment that waits.
 * @throws Forbidden without the scope `payments:write`; InvalidInput, NotFound, ShopNotActive, MerchantNotActive,
 * CurrencyNotAvailable, MethodNotAvailable or IdempotencyKeyReused.
 */
export async function createLink(
  deps: Pick<LinkDeps, 'payments' | 'prepare'>,
  actor: Actor,
  input: CreateLinkInput,
): Promise<CreatedLink> {
  requireScope(actor, 'payments:write');
  const shop = await findVisibleShop(deps.payments.shops, actor, input.shopId);
  const reader = {
    read: (given: CreateLinkInput) => prepareLink(deps, shop, given),
    recheck: recheckLink,
    standIns: { ...paymentStandIns, usesMax: 1 },
  };
  const { link, refusal } = nameFaults(input, reader);
  const told = refusal && withOtherFaults(input, refusal, reader);
  return inTransaction(deps.payments.database, async (tx) => {
    await lockShops(tx, [shop.id]);
    const earlier = await readLinkByKey(tx, link);
    if (earlier) return replay(earlier, link);
    if (told) throw told;
    await insertLink(tx, link);
    return { link, replayed: false };
  });
}

function prepareLink(deps: Pick<LinkDeps, 'prepare'>, shop: Shop, input: CreateLinkInput) {
  const { shopId: _, idempotencyKey, usesMax, validUntil, ...given } = input;
  const wish = { ...given, idempotencyKey, customer: given.customer ?? anybody, validUntil };
  const { row, refusal } = preparePayment(deps.prepare, { shop, source: 'LINK' }, wish);
  if (usesMax !== null && (usesMax < 1 || usesMax > usesLimitMax)) {
    throw new InvalidInput(`usesMax must be 1 to ${usesLimitMax}, or null for a link without end.`, ['usesMax']);
  }
  const template: LinkTemplate = { ...given, amount: Number(row.amount), methods: row.methods };
  const link: PaymentLink = {
    ...{ id: row.id, shopId: shop.id, short: newShort(), idempotencyKey: row.idempotencyKey },
    inputHash: new Uint8Array(hashInput({ ...input, shopId: shop.id })),
    template: JSON.parse(JSON.stringify(template)),
    ...{ usesMax, made: 0, uses: 0, validUntil: validUntil ?? null, disabledAt: null, createdAt: row.createdAt },
  };
  return { link, refusal: refusal ?? tooLong(input) };
}

/** A link that was made before there was a limit is still found by its key, and can be paid. */
function tooLong({ description = '' }: Pick<CreateLinkInput, 'description'>): InvalidInput | undefined {
  const size = [...description].length;
  if (size <= descriptionMax) return undefined;
  return new InvalidInput(`description may have at most ${descriptionMax} characters, not ${size}.`, ['description']);
}

function recheckLink(input: CreateLinkInput, { link }: { readonly link: PaymentLink }): void {
  requireAhead(input, link.createdAt);
  const refusal = tooLong(input);
  if (refusal) throw refusal;
}

function replay(earlier: PaymentLink, wish: PaymentLink): CreatedLink {
  if (!Buffer.from(earlier.inputHash).equals(wish.inputHash)) throw new IdempotencyKeyReused();
  return { link: earlier, replayed: true };
}
