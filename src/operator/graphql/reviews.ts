import { ApplicationRef } from '../../contracts/graphql/application.ts';
import { MerchantStatusEnum } from '../../contracts/graphql/contract.ts';
import { reopenAccess } from '../../contracts/reopen-access.ts';
import { type ApplicationDecision, reviewApplication } from '../../contracts/review-application.ts';
import { reviewShop, type ShopDecision } from '../../contracts/review-shop.ts';
import { builder } from '../../graphql/builder.ts';
import { requirePage, withCursor } from '../../graphql/connection-arguments.ts';
import { requireOperator } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { refusableForOperator, resultUnion } from '../../graphql/refusable.ts';
import { choicesIn } from '../../kernel/choices.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Merchant, Shop } from '../../kernel/db/generated/prisma/client.ts';
import { isMerchantId, parseId, parseMerchantId } from '../../kernel/ids.ts';
import { ShopRef, ShopStatusEnum } from '../../shops/graphql.ts';

builder.queryField('applications', (t) =>
  t.prismaConnection(
    {
      type: ApplicationRef,
      cursor: 'id',
      description: 'Applications and contracts, oldest first. Operators only. Refusals: INVALID_INPUT (the page).',
      args: { status: t.arg({ type: [MerchantStatusEnum], description: 'Only in one of these states.' }) },
      resolve: async (query, _, args, context) => {
        requireOperator(context);
        const { merchant } = context.app.contracts.database.prisma;
        await requirePage(args, (id) => merchant.findUnique({ where: { id } }), isMerchantId);
        const status = choicesIn(args.status, ['status']);
        return merchant.findMany({
          ...query,
          where: status ? withCursor({ status: { in: status } }, args) : {},
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
      },
    },
    { name: 'ApplicationConnection', description: 'A page of applications.' },
    { name: 'ApplicationEdge', description: 'An application and its place in the list.' },
  ),
);

builder.queryField('reviewedShops', (t) =>
  t.prismaConnection(
    {
      type: ShopRef,
      cursor: 'id',
      description: 'Shops of all merchants, oldest first. Operators only. Refusals: INVALID_INPUT (the page).',
      args: { status: t.arg({ type: [ShopStatusEnum], description: 'Only in one of these states.' }) },
      resolve: async (query, _, args, context) => {
        requireOperator(context);
        const { shop } = context.app.contracts.database.prisma;
        await requirePage(args, (id) => shop.findUnique({ where: { id } }));
        const status = choicesIn(args.status, ['status']);
        return shop.findMany({
          ...query,
          where: status ? withCursor({ status: { in: status } }, args) : {},
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
      },
    },
    { name: 'ReviewedShopConnection', description: 'A page of shops of all merchants.' },
    { name: 'ReviewedShopEdge', description: 'A shop and its place in the list.' },
  ),
);

const ApplicationDecisionEnum = builder.enumType('ApplicationDecision', {
  description: 'What may be decided on an application.',
  values: describeValues<ApplicationDecision>({
    CONFIRM_SIGNATURE: 'It is signed; it takes effect after a few working hours.',
    HOLD: 'It does not take effect by itself; needs a reason.',
    RELEASE: 'It goes on, at once if its hours are over.',
    REFUSE: 'It is refused for good; needs a reason.',
  }),
});

const ReviewApplicationInput = builder.inputType('ReviewApplicationInput', {
  description: 'A decision on an application.',
  fields: (t) => ({
    merchantId: t.string({ required: true, description: 'The applicant.' }),
    decision: t.field({ type: ApplicationDecisionEnum, required: true, description: 'The decision.' }),
    reason: t.string({
      description: 'Why, for the audit log: at most 500 characters. Of HOLD and REFUSE the applicant reads it as well.',
    }),
  }),
});

const ReviewApplicationSuccess = builder.objectRef<{ application: Merchant }>('ReviewApplicationSuccess').implement({
  description: 'It is decided.',
  fields: (t) => ({ application: t.expose('application', { type: ApplicationRef, description: 'As it is now.' }) }),
});

builder.mutationField('reviewApplication', (t) =>
  t.field({
    type: resultUnion('ReviewApplication', ReviewApplicationSuccess),
    description: 'Decides on an application. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: ReviewApplicationInput, required: true, description: 'The decision.' }) },
    resolve: (_, { input }, context) =>
      refusableForOperator(context, async (operator) => {
        const { contracts } = context.app;
        const merchantId = parseMerchantId(input.merchantId);
        const review = { merchantId, decision: input.decision, reason: input.reason ?? undefined };
        await inTransaction(contracts.database, (tx) => reviewApplication(tx, { ...contracts, operator }, review));
        const where = { id: merchantId };
        return { application: await contracts.database.prisma.merchant.findUniqueOrThrow({ where }) };
      }),
  }),
);

const ReopenAccessInput = builder.inputType('ReopenAccessInput', {
  description: 'Whose first keys were lost.',
  fields: (t) => ({
    merchantId: t.string({ required: true, description: 'The merchant.' }),
    reason: t.string({
      required: true,
      description: 'Why, and how you know that it is he who asks, for the audit log: 1 to 500 characters.',
    }),
  }),
});

const ReopenAccessSuccess = builder.objectRef<{ application: Merchant }>('ReopenAccessSuccess').implement({
  description: 'The first keys are revoked, and the merchant may claim new ones with the secret of his application.',
  fields: (t) => ({ application: t.expose('application', { type: ApplicationRef, description: 'As it is now.' }) }),
});

builder.mutationField('reopenAccess', (t) =>
  t.field({
    type: resultUnion('ReopenAccess', ReopenAccessSuccess),
    description:
      'Lets a merchant whose first keys were lost claim them anew (`claimAccess`); the old ones are revoked, those he made himself are not. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: ReopenAccessInput, required: true, description: 'Whose, and why.' }) },
    resolve: (_, { input }, context) =>
      refusableForOperator(context, async (operator) => {
        const { authenticator, restTokens, contracts } = context.app;
        const { database, clock } = contracts;
        const merchantId = parseMerchantId(input.merchantId);
        const wish = { merchantId, reason: input.reason };
        const revoked = await inTransaction(database, (tx) => reopenAccess(tx, { clock, operator }, wish));
        for (const door of [authenticator, restTokens]) for (const keyId of revoked) door.forget(keyId);
        const where = { id: merchantId };
        return { application: await database.prisma.merchant.findUniqueOrThrow({ where }) };
      }),
  }),
);

const ShopDecisionEnum = builder.enumType('ShopDecision', {
  description: 'What may be decided on a shop.',
  values: describeValues<ShopDecision>({
    HOLD: 'A submitted one does not open by itself; needs a reason.',
    RELEASE: 'It goes on, at once if its hours are over.',
    REFUSE: 'A submitted one is refused for good; needs a reason.',
    SUSPEND: 'An active one takes no payments for now; needs a reason.',
    RESUME: 'A suspended one takes payments again.',
    CLOSE: 'A suspended one is closed for good; needs a reason.',
  }),
});

const ReviewShopInput = builder.inputType('ReviewShopInput', {
  description: 'A decision on a shop.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'The shop.' }),
    decision: t.field({ type: ShopDecisionEnum, required: true, description: 'The decision.' }),
    reason: t.string({ description: 'What the merchant reads: at most 500 characters.' }),
  }),
});

const ReviewShopSuccess = builder.objectRef<{ shop: Shop }>('ReviewShopSuccess').implement({
  description: 'It is decided.',
  fields: (t) => ({ shop: t.expose('shop', { type: ShopRef, description: 'As it is now.' }) }),
});

builder.mutationField('reviewShop', (t) =>
  t.field({
    type: resultUnion('ReviewShop', ReviewShopSuccess),
    description: 'Decides on a shop. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: ReviewShopInput, required: true, description: 'The decision.' }) },
    resolve: (_, { input: { shopId, decision, reason } }, context) =>
      refusableForOperator(context, async (operator) => {
        const { contracts } = context.app;
        const review = { decision, shopId: parseId(shopId, 'shop', ['shopId']), reason: reason ?? undefined };
        await inTransaction(contracts.database, (tx) => reviewShop(tx, { ...contracts, operator }, review));
        contracts.shops.forget(review.shopId);
        const where = { id: review.shopId };
        return { shop: await contracts.database.prisma.shop.findUniqueOrThrow({ where }) };
      }),
  }),
);
