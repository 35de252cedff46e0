import { type Actor, requireScope } from '../auth/actor.ts';
import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import type { Currency, PaymentSource } from '../kernel/db/generated/prisma/enums.ts';
import { NotFound } from '../kernel/errors.ts';
import { ProfileNotActive } from '../profiles/errors.ts';
import { findVisibleProfile } from '../profiles/find-profile.ts';
import { channelOf, detailsOf } from '../profiles/model.ts';
import type { StartedTransaction } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';
import { type CreatePaymentInput, type PrepareDeps, preparePayment } from './prepare-payment.ts';
import { startTransaction } from './start-transaction.ts';

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
  readonly documents?: CreatePaymentInput['documents'];
};

/**
 * Takes money from a stored instrument, without its holder: makes a payment, and its one attempt. A refused charge is an
 * answer, not a refusal. Repeating the call with the same key charges nothing more, whatever became of the profile since.
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
  const { profile, shop } = await findVisibleProfile(payments, door.actor, input.profileId);
  if (shop.id !== input.shopId.toLowerCase()) {
    throw new NotFound('No stored instrument with this id belongs to this shop.', ['profileId']);
  }
  const wish = paymentFor(profile, input);
  const prepared = preparePayment(prepare, { shop, source: door.source }, wish);
  const inactive = profile.status === 'ACTIVE' ? undefined : new ProfileNotActive(profile.status);
  const { payment } = await payments.creating.submit({ ...prepared, refusal: prepared.refusal ?? inactive });
  return startTransaction(
    payments,
    { shop, source: 'API' },
    {
      ...{ paymentId: payment.id, idempotencyKey: input.idempotencyKey, method: profile.method },
      ...{ channel: channelOf(profile), profileId: profile.id },
      card: { token: profile.token, fingerprint: profile.id },
    },
  );
}

/** The payment is the holder's, as he was known when he stored the instrument. */
function paymentFor(profile: Profile, input: ChargeProfileInput): CreatePaymentInput {
  const { shopId: _, profileId: __, documents, ...wish } = input;
  const { firstName, lastName, email } = detailsOf(profile);
  return {
    ...wish,
    customer: { firstName, lastName, email },
    methods: [profile.method],
    preselectChannel: channelOf(profile),
    documents: { ...documents, customerId: profile.customerId },
  };
}
