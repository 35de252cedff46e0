import { type Actor, requireScope } from '../auth/actor.ts';
import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import type { Currency, PaymentSource } from '../kernel/db/generated/prisma/enums.ts';
import { NotFound, type Refusal } from '../kernel/errors.ts';
import { AppNotChosen, ProfileNotActive } from '../profiles/errors.ts';
import { findVisibleProfile, parseAppKey } from '../profiles/find-profile.ts';
import { appsOf, channelOf, holderOf, tokenOf } from '../profiles/model.ts';
import type { StartedTransaction } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';
import { payAtOnce } from './pay-at-once.ts';
import { type CreatePaymentInput, type PrepareDeps, preparePayment } from './prepare-payment.ts';

/** A wish to take money from a stored instrument. */
export type ChargeProfileInput = {
  readonly shopId: string;
  readonly profileId: string;
  readonly idempotencyKey: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: Currency;
  readonly orderId: string;
  readonly title?: string | undefined;
  readonly notificationUrl?: string | undefined;
  /** Which of the bank apps that hold a BLIK alias. */
  readonly appKey?: string | undefined;
  /** The payer's, for BLIK. */
  readonly payerIp?: string | undefined;
  readonly documents?: CreatePaymentInput['documents'];
  /** How the money is split. */
  readonly shares?: CreatePaymentInput['shares'];
};

/**
 * Takes money from a stored instrument: makes a payment, and its one attempt. A card is charged without its holder; a BLIK
 * alias asks him to confirm in his bank app. A refused charge is an answer, not a refusal. Repeating the call with the same
 * key charges nothing more, whatever became of the profile since.
 * @throws Forbidden without the scope `payments:write`; InvalidInput, NotFound, ProfileNotActive, ShopNotActive,
 * MerchantNotActive, CurrencyNotAvailable, MethodNotAvailable, IdempotencyKeyReused or TooManyAttempts.
 */
export async function chargeProfile(
  deps: { readonly payments: PaymentDeps; readonly prepare: PrepareDeps },
  door: { readonly actor: Actor; readonly source: Extract<PaymentSource, 'API' | 'REST'> },
  input: ChargeProfileInput,
): Promise<StartedTransaction> {
  const { payments, prepare } = deps;
  requireScope(door.actor, 'payments:write');
  if (input.appKey !== undefined) parseAppKey(input.appKey, ['appKey']);
  const { profile, shop } = await findVisibleProfile(payments, door.actor, {
    id: input.profileId,
    field: ['profileId'],
  });
  if (shop.id !== input.shopId.toLowerCase()) {
    throw new NotFound('No stored instrument with this id belongs to this shop.', ['profileId']);
  }
  const wish = paymentFor(profile, input);
  const { source } = door;
  // The payment has its holder from the profile, which changes when an alias is renewed.
  const asked = { ...input, shopId: shop.id, profileId: profile.id };
  const prepared = preparePayment(prepare, { shop, source, isSale: source === 'REST', asked }, wish);
  return payAtOnce(
    payments,
    { shop, source: 'API' },
    {
      prepared,
      refusal: refusalOf(profile, input),
      start: {
        ...{ idempotencyKey: input.idempotencyKey, method: profile.method, channel: channelOf(profile) },
        ...{ profileId: profile.id, appKey: input.appKey, payerIp: input.payerIp, card: tokenOf(profile) },
      },
    },
  );
}

function refusalOf(profile: Profile, { appKey }: ChargeProfileInput): Refusal | undefined {
  if (profile.status !== 'ACTIVE') return new ProfileNotActive(profile.status);
  const apps = appsOf(profile);
  return apps.length > 1 && appKey === undefined ? new AppNotChosen(apps) : undefined;
}

/** The payment is the holder's, as he was known when he stored the instrument. */
function paymentFor(profile: Profile, input: ChargeProfileInput): CreatePaymentInput {
  const { shopId: _, profileId: __, appKey: ___, payerIp: ____, documents, ...wish } = input;
  const { firstName, lastName, email } = holderOf(profile);
  return {
    ...wish,
    customer: { firstName, lastName, email },
    methods: [profile.method],
    preselectChannel: channelOf(profile),
    documents: { ...documents, customerId: profile.customerId },
  };
}
