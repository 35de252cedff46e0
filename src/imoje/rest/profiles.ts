import { z } from 'zod';
import type { Profile } from '../../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../../kernel/errors.ts';
import { chargeProfile } from '../../payments/charge-profile.ts';
import { deactivateProfile } from '../../profiles/deactivate-profile.ts';
import { findVisibleProfile, parseCustomerId } from '../../profiles/find-profile.ts';
import { readProfilesOfCustomer } from '../../profiles/store.ts';
import { readShopsOf } from '../../shops/store.ts';
import { toShares } from '../to-shares.ts';
import { endpoint, type RestCall } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { keptDocuments } from './keep-documents.ts';
import { findSale } from './read-transaction.ts';
import * as wire from './wire-schemas.ts';
import { profileObject, saleObject } from './wire-transaction.ts';

const { multipayout, invoice } = fields.documents;

const chargeSchema = z.object({
  serviceId: fields.serviceId,
  paymentProfileId: z.string(),
  amount: fields.amount,
  currency: fields.currency,
  orderId: fields.orderId,
  title: fields.title,
  notificationUrl: fields.webAddress,
  data: z.object({ multipayout }).optional(),
  invoice,
});

/** `POST /transaction/profile`: takes money from a stored card (imoje protocol, section 8). */
export const chargeProfileEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction/profile',
    names: { method: 'paymentProfileId' },
    moves: 'chargeProfile',
    about: {
      ...{ operationId: 'chargeProfile', section: 'profiles' },
      summary: 'Takes money from a stored card, without its holder.',
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
        body: { ...examples.exampleCharge, paymentProfileId: examples.exampleProfileId },
        answer: examples.exampleCharged,
      },
    },
  },
  chargeSchema,
  async (call) => {
    const { deps, actor, body, idempotencyKey } = call;
    const { serviceId, paymentProfileId, data, invoice: kept, ...wish } = body;
    await findCard(call, paymentProfileId);
    const started = await chargeProfile(
      deps,
      { actor, source: 'REST' },
      {
        ...{ ...wish, shopId: serviceId, profileId: paymentProfileId, idempotencyKey },
        documents: keptDocuments({ invoice: kept }),
        shares: toShares(data?.multipayout),
      },
    );
    return { transaction: saleObject(await findSale(deps, actor, started.transaction.id)) };
  },
);

/** `GET /profile/id/{id}`: a stored card. */
export const readProfileEndpoint = endpoint(
  {
    method: 'get',
    path: '/profile/id/:paymentProfileId',
    about: {
      ...{ operationId: 'readProfile', section: 'profiles' },
      summary: 'Reads a stored card.',
      answers: wire.profileAnswer,
      refuses: [],
      example: { answer: examples.exampleProfile },
    },
  },
  fields.noBody,
  async (call) => answerWith(call.actor.merchantId, await findCard(call, call.params.paymentProfileId ?? '')),
);

/** `GET /profile/cid/{cid}`: all that a customer has stored at any shop of the merchant, oldest first. */
export const customerProfilesEndpoint = endpoint(
  {
    method: 'get',
    path: '/profile/cid/:cid',
    about: {
      ...{ operationId: 'readCustomerProfiles', section: 'profiles' },
      summary: 'Lists the cards that a customer has stored.',
      answers: wire.profilesAnswer,
      refuses: [],
      example: { answer: examples.exampleProfiles },
    },
  },
  fields.noBody,
  async ({ deps, actor, params }) => {
    const customerId = parseCustomerId(params.cid ?? '', ['cid']);
    const { database } = deps.payments;
    const shops = await readShopsOf(database, actor.merchantId);
    const profiles = await readProfilesOfCustomer(database, { shopIds: shops.map(({ id }) => id), customerId });
    const cards = profiles.filter(({ method }) => method === 'CARD');
    return { paymentProfiles: cards.map((profile) => profileObject(profile, actor.merchantId)) };
  },
);

/** `DELETE /profile/id/{id}`: the card cannot be charged any more. */
export const deleteProfileEndpoint = endpoint(
  {
    method: 'delete',
    path: '/profile/id/:paymentProfileId',
    moves: 'deactivateProfile',
    about: {
      ...{ operationId: 'deleteProfile', section: 'profiles' },
      summary: 'Ends a stored card, for good.',
      answers: wire.profileAnswer,
      refuses: [],
      example: { answer: examples.exampleEndedProfile },
    },
  },
  fields.noBody,
  (call) => deactivate(call, call.params.paymentProfileId ?? ''),
);

/** `POST /profile/deactivate`: the same, with the card named in the body. */
export const deactivateProfileEndpoint = endpoint(
  {
    method: 'post',
    path: '/profile/deactivate',
    moves: 'deactivateProfile',
    about: {
      ...{ operationId: 'deactivateProfile', section: 'profiles' },
      summary: 'Ends a stored card, for good.',
      answers: wire.profileAnswer,
      refuses: [],
      example: { body: { paymentProfileId: examples.exampleProfileId }, answer: examples.exampleEndedProfile },
    },
  },
  z.object({ paymentProfileId: z.string() }),
  (call) => deactivate(call, call.body.paymentProfileId),
);

async function deactivate(call: RestCall<unknown>, id: string): Promise<object> {
  const { deps, actor } = call;
  const { id: profileId } = await findCard(call, id);
  return answerWith(actor.merchantId, await deactivateProfile(deps.payments, actor, { profileId }));
}

/** BLIK aliases have calls of their own. */
async function findCard({ deps, actor }: RestCall<unknown>, id: string): Promise<Profile> {
  const { profile } = await findVisibleProfile(deps.payments, actor, { id, field: ['profileId'] });
  if (profile.method !== 'CARD') throw new NotFound('No stored card with this id belongs to you.', ['profileId']);
  return profile;
}

function answerWith(merchantId: string, profile: Profile): object {
  return { paymentProfile: profileObject(profile, merchantId) };
}
