import { z } from 'zod';
import type { Profile } from '../../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../../kernel/errors.ts';
import { chargeProfile } from '../../payments/charge-profile.ts';
import { payAtOnce } from '../../payments/pay-at-once.ts';
import { preparePayment } from '../../payments/prepare-payment.ts';
import { deactivateProfile } from '../../profiles/deactivate-profile.ts';
import { ProfileNotActive } from '../../profiles/errors.ts';
import { findVisibleProfile, parseCustomerId } from '../../profiles/find-profile.ts';
import { appsOf, channelOf, holderOf } from '../../profiles/model.ts';
import { readProfilesOfCustomer } from '../../profiles/store.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { endpoint, type RestCall } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { findSale } from './read-transaction.ts';
import * as wire from './wire-schemas.ts';
import { saleObject } from './wire-transaction.ts';

const aliasNames = { profileId: 'blikProfileId', method: 'blikProfileId' };

/** `GET /profile/service/{serviceId}/cid/{cid}/blik`: the BLIK aliases of a customer (imoje protocol, section 8). */
export const blikProfilesEndpoint = endpoint(
  {
    method: 'get',
    path: '/profile/service/:serviceId/cid/:cid/blik',
    about: {
      ...{ operationId: 'readBlikProfiles', section: 'profiles' },
      summary: 'Lists the BLIK aliases of a customer.',
      answers: wire.blikProfilesAnswer,
      refuses: [],
      example: { answer: examples.exampleBlikProfiles },
    },
  },
  fields.noBody,
  async ({ deps, actor, params }) => {
    const { database, shops } = deps.payments;
    const shop = await findVisibleShop(shops, actor, params.serviceId ?? '');
    const customerId = parseCustomerId(params.cid ?? '', ['cid']);
    const profiles = await readProfilesOfCustomer(database, { shopIds: [shop.id], customerId });
    return { blikProfiles: profiles.filter(({ method }) => method === 'BLIK').map(blikProfileObject) };
  },
);

const chargeSchema = z.object({
  serviceId: fields.serviceId,
  blikProfileId: z.string(),
  amount: fields.amount,
  currency: fields.currency,
  orderId: fields.orderId,
  title: fields.title,
  clientIp: fields.clientIp,
  blikKey: z.string().max(100).optional(),
  blikCode: fields.blikCode,
});

type Charge = RestCall<z.output<typeof chargeSchema>>;

/**
 * `POST /transaction/profile/blik`: lets a stored alias pay, by the bank app that `blikKey` names. With `blikCode` the payer
 * pays by that code instead, which registers an alias anew: it takes the place of the old one, which may have ceased to work.
 */
export const chargeBlikProfileEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction/profile/blik',
    names: aliasNames,
    moves: 'chargeProfile',
    about: {
      ...{ operationId: 'chargeBlikProfile', section: 'profiles' },
      summary: 'Lets a stored BLIK alias pay, or pays by a code that renews it.',
      answers: wire.movedAnswer,
      refuses: [
        'PROFILE_NOT_ACTIVE',
        'SHOP_NOT_ACTIVE',
        'MERCHANT_NOT_ACTIVE',
        'METHOD_NOT_AVAILABLE',
        'CURRENCY_NOT_AVAILABLE',
        'AMOUNT_OUT_OF_RANGE',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      example: {
        body: { ...examples.exampleCharge, blikProfileId: examples.exampleProfileId, blikKey: 'app-1' },
        answer: examples.exampleBlikCharged,
      },
    },
  },
  chargeSchema,
  async (call) => {
    const { deps, actor, body } = call;
    const profile = await findAlias(call, body.blikProfileId);
    if (profile.shopId !== body.serviceId) {
      throw new NotFound('No BLIK alias with this id belongs to this shop.', ['blikProfileId']);
    }
    const started = await (body.blikCode === undefined ? charge(call) : payByCode(call, profile));
    return { transaction: saleObject(await findSale(deps, actor, started.transaction.id)) };
  },
);

function charge({ deps, actor, body, idempotencyKey }: Charge) {
  const { serviceId, blikProfileId, clientIp, blikKey, blikCode: _, ...wish } = body;
  return chargeProfile(
    deps,
    { actor, source: 'REST' },
    {
      ...{ ...wish, idempotencyKey, shopId: serviceId, profileId: blikProfileId },
      ...{ appKey: blikKey, payerIp: clientIp },
    },
  );
}

async function payByCode({ deps, actor, body, idempotencyKey }: Charge, profile: Profile) {
  const { serviceId, clientIp, blikCode, amount, currency, orderId, title } = body;
  fields.requireClientIp(body);
  const shop = await findVisibleShop(deps.payments.shops, actor, serviceId);
  const { firstName, lastName, email } = holderOf(profile);
  const method = 'BLIK' as const;
  const channel = channelOf(profile);
  const wish = {
    ...{ idempotencyKey, amount, currency, orderId, title, customer: { firstName, lastName, email } },
    ...{ methods: [method], preselectChannel: channel },
    documents: { customerId: profile.customerId, renewsProfileId: profile.id },
  };
  // The holder is read from the profile, which the call itself renews.
  const asked = { ...body, blikProfileId: profile.id };
  return payAtOnce(
    deps.payments,
    { shop, source: 'API' },
    {
      prepared: preparePayment(deps.prepare, { shop, source: 'REST', isSale: true, asked }, wish),
      // What has expired, as the bank said, is what a code is for; what the shop has ended stays so.
      refusal: profile.status === 'DEACTIVATED' ? new ProfileNotActive(profile.status) : undefined,
      start: { idempotencyKey, method, channel, blikCode, payerIp: clientIp },
    },
  );
}

/** `POST /profile/deactivate/blik`: takes one bank app out of an alias, which ends with its last one. */
export const deactivateBlikProfileEndpoint = endpoint(
  {
    method: 'post',
    path: '/profile/deactivate/blik',
    names: aliasNames,
    moves: 'deactivateProfile',
    about: {
      ...{ operationId: 'deactivateBlikProfile', section: 'profiles' },
      summary: 'Takes a bank app out of a BLIK alias, which ends with its last one.',
      answers: wire.blikProfileAnswer,
      refuses: [],
      example: {
        body: { blikProfileId: examples.exampleProfileId, blikKey: 'app-1' },
        answer: examples.exampleBlikProfile,
      },
    },
  },
  z.object({ blikProfileId: z.string(), blikKey: z.string().max(100).optional() }),
  async (call) => {
    const { deps, actor, body } = call;
    const { id: profileId } = await findAlias(call, body.blikProfileId);
    const ended = await deactivateProfile(deps.payments, actor, { profileId, appKey: body.blikKey });
    return { blikProfile: blikProfileObject(ended) };
  },
);

/** Cards have calls of their own. */
async function findAlias({ deps, actor }: RestCall<unknown>, id: string): Promise<Profile> {
  const field = ['blikProfileId'];
  const { profile } = await findVisibleProfile(deps.payments, actor, { id, field });
  if (profile.method !== 'BLIK') throw new NotFound('No BLIK alias with this id belongs to you.', field);
  return profile;
}

/** Writes a stored alias; with one bank app it has that one's name. One that is not active has none that could pay. */
function blikProfileObject(profile: Profile): object {
  const { id, label, status } = profile;
  const isActive = status === 'ACTIVE';
  const aliasList = isActive ? appsOf(profile).map(({ key, label: name }) => ({ key, label: name })) : [];
  return { id, label, isActive: isActive ? 1 : 0, aliasList };
}
