import type { BankApp } from '../acquirers/port.ts';
import { builder } from '../graphql/builder.ts';
import { actorWith, shopWith } from '../graphql/context.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { refusable, resultUnion } from '../graphql/refusable.ts';
import { withoutNulls } from '../graphql/without-nulls.ts';
import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import type { ProfileKind, ProfileStatus } from '../kernel/db/generated/prisma/enums.ts';
import { parseId } from '../kernel/ids.ts';
import { PaymentMethodEnum, ShopRef } from '../shops/graphql.ts';
import { deactivateProfile } from './deactivate-profile.ts';
import { parseCustomerId } from './find-profile.ts';
import { appsOf, cardOf } from './model.ts';
import { visibleProfiles } from './store.ts';

const ProfileKindEnum = builder.enumType('ProfileKind', {
  description: 'Who orders the charges of a stored instrument.',
  values: describeValues<ProfileKind>({
    ONE_CLICK: 'The payer, who is at the shop and need not enter the card again.',
    RECURRING: 'The shop, without the payer.',
  }),
});

/** States of a stored instrument. */
export const ProfileStatusEnum = builder.enumType('ProfileStatus', {
  description: 'Where a stored instrument stands.',
  values: describeValues<ProfileStatus>({
    ACTIVE: 'It can be charged.',
    DEACTIVATED: 'The shop ended it.',
    EXPIRED:
      'The last month of its card is over, or the bank has ended the BLIK alias, which a payment by a code renews.',
  }),
});

/** The GraphQL type of a bank app that holds an alias. */
export const BankAppRef = builder.objectRef<BankApp>('BankApp').implement({
  description: 'A bank app of the payer.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Give it as `appKey` to choose this app.' }),
    label: t.exposeString('label', { description: 'What the payer knows it by.' }),
  }),
});

/** The GraphQL type of a stored instrument. */
export const ProfileRef = builder.prismaObject('Profile', {
  description:
    'An instrument of a payer, stored by a first payment and charged by chargeProfile. No card number is kept.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    shop: t.field({
      type: ShopRef,
      description: 'Where it was stored; no other shop can charge it.',
      resolve: ({ shopId }, _, context) => context.loaders.shop.load(shopId),
    }),
    customerId: t.exposeString('customerId', { description: "The shop's own name of the payer." }),
    kind: t.expose('kind', { type: ProfileKindEnum, description: 'Who orders its charges.' }),
    method: t.expose('method', { type: PaymentMethodEnum, description: 'What it is.' }),
    status: t.expose('status', { type: ProfileStatusEnum, description: 'Where it stands.' }),
    label: t.exposeString('label', { description: 'What the payer knows it by: `****1111`.' }),
    brand: t.string({
      nullable: true,
      description: 'Of a card: VISA or MASTERCARD.',
      resolve: (row) => cardOf(row)?.brand,
    }),
    expiryMonth: t.int({
      nullable: true,
      description: 'Of a card: the last month in which it is good, 1 to 12.',
      resolve: (row) => cardOf(row)?.expiry.month,
    }),
    expiryYear: t.int({
      nullable: true,
      description: 'Of a card: the year of that month, four digits.',
      resolve: (row) => cardOf(row)?.expiry.year,
    }),
    apps: t.field({
      type: [BankAppRef],
      description: 'Of a BLIK alias: the bank apps that hold it. With several, a charge names one.',
      resolve: (row) => [...appsOf(row)],
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was stored.' }),
  }),
});

builder.queryField('profile', (t) =>
  t.prismaField({
    type: ProfileRef,
    nullable: true,
    description: 'One stored instrument of yours, or null. Scope: payments:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the profile.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.profile.findFirst({
        ...query,
        where: {
          AND: visibleProfiles(actorWith(context, 'payments:read')),
          id: parseId(id, 'stored instrument'),
        },
      }),
  }),
);

builder.queryField('profiles', (t) =>
  t.prismaField({
    type: [ProfileRef],
    description:
      'What one payer has stored at a shop, oldest first, whatever its state. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
    args: {
      shopId: t.arg.id({ required: true, description: 'The shop.' }),
      customerId: t.arg.string({ required: true, description: "The shop's own name of the payer." }),
    },
    resolve: async (query, _, { shopId, customerId }, context) => {
      const { database } = context.app.payments;
      const shop = await shopWith(context, 'payments:read', shopId);
      return database.prisma.profile.findMany({
        ...query,
        where: { shopId: shop.id, customerId: parseCustomerId(customerId, ['customerId']) },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
    },
  }),
);

const DeactivateProfileInput = builder.inputType('DeactivateProfileInput', {
  description: 'What is to be ended.',
  fields: (t) => ({
    profileId: t.id({ required: true, description: 'The stored instrument.' }),
    appKey: t.string({ description: 'Takes this bank app out of a BLIK alias; with no other left, the alias ends.' }),
  }),
});

const DeactivateProfileSuccess = builder
  .objectRef<{ readonly profile: Profile }>('DeactivateProfileSuccess')
  .implement({
    description: 'The instrument cannot be charged any more.',
    fields: (t) => ({
      profile: t.expose('profile', { type: ProfileRef, description: 'The instrument in its present state.' }),
    }),
  });

builder.mutationField('deactivateProfile', (t) =>
  t.field({
    type: resultUnion('DeactivateProfile', DeactivateProfileSuccess),
    description:
      'Ends a stored instrument, for good; repeating it changes nothing. Scope: payments:write. Refusals: NOT_FOUND.',
    args: { input: t.arg({ type: DeactivateProfileInput, required: true, description: 'What is to be ended.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { subject: input.profileId };
      return refusable(
        context,
        { operation: 'deactivateProfile', scope: 'payments:write', evidence },
        async (actor) => ({
          profile: await deactivateProfile(context.app.payments, actor, withoutNulls(input)),
        }),
      );
    },
  }),
);
