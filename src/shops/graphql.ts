import { visibleShops } from '../auth/actor.ts';
import { builder } from '../graphql/builder.ts';
import { requirePage } from '../graphql/connection-arguments.ts';
import { actorWith } from '../graphql/context.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { CurrencyEnum, LocaleEnum, MoneyRef } from '../graphql/money.ts';
import { refusable, resultUnion } from '../graphql/refusable.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Shop as ShopRow } from '../kernel/db/generated/prisma/client.ts';
import type { CaptureMode, PaymentMethod, ShopStatus } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { parseId } from '../kernel/ids.ts';
import { findVisibleShop } from './find-shop.ts';
import { rotateServiceKey } from './rotate-service-key.ts';
import { updateShop } from './update-shop.ts';

/** States of a shop. */
export const ShopStatusEnum = builder.enumType('ShopStatus', {
  description: 'Where a shop stands. Only an ACTIVE one takes payments.',
  values: describeValues<ShopStatus>({
    SUBMITTED: 'Waits for its review.',
    ACTIVE: 'Takes payments.',
    SUSPENDED: 'Takes no payments for now.',
    CLOSED: 'Takes no payments any more.',
    REFUSED: 'Was not accepted.',
  }),
});

/** Ways to pay. */
export const PaymentMethodEnum = builder.enumType('PaymentMethod', {
  description: 'Ways to pay; each has one or more channels.',
  values: describeValues<PaymentMethod>({
    BLIK: 'A six-digit code from a bank app, confirmed there. PLN.',
    PBL: 'A quick transfer at the payer’s bank. PLN.',
    CARD: 'Visa or Mastercard with 3-D Secure.',
    WALLET: 'Google Pay, Apple Pay, Visa Mobile.',
    PAY_LATER: 'Bought now, paid to a lender later. PLN.',
    INSTALLMENTS: 'Paid to a lender in instalments. PLN.',
    LEASE: 'Leasing for companies. PLN.',
    WIRE_TRANSFER: 'A traditional transfer to an account number of its own.',
  }),
});

/** When money is taken. */
export const CaptureModeEnum = builder.enumType('CaptureMode', {
  description: 'When the money of cards and wallets is taken. Other methods have no authorisation and settle at once.',
  values: describeValues<CaptureMode>({
    AUTOMATIC: 'With the payment.',
    MANUAL: 'It is authorised for seven days; `captureTransaction` takes it, `voidTransaction` releases it.',
  }),
});

/** The GraphQL type of a shop. */
export const ShopRef = builder.prismaObject('Shop', {
  description: 'One selling place of a merchant, with its own keys, methods and notifications.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID version 4; the `serviceId` of imoje.' }),
    merchantId: t.exposeString('merchantId', { description: 'The merchant: 20 characters `[a-z0-9]`.' }),
    name: t.exposeString('name', { description: 'What payers read.' }),
    url: t.expose('url', { type: 'URL', nullable: true, description: 'Where the shop sells.' }),
    status: t.expose('status', { type: ShopStatusEnum, description: 'Only an ACTIVE shop takes payments.' }),
    locale: t.field({
      type: LocaleEnum,
      description: "The language of the payer's pages when nothing else asks for one.",
      resolve: (shop) => parseLocale(shop.locale) ?? 'pl',
    }),
    currencies: t.expose('currencies', { type: [CurrencyEnum], description: 'What the shop takes.' }),
    balances: t.field({
      type: [MoneyRef],
      description:
        'What the shop has now, in each of its currencies: what was settled, less refunds that are under way or settled, disputes, and what was paid out with its commission. Refunds may take it below zero. Scope: payouts:read.',
      resolve: ({ id }, _, context) => actorWith(context, 'payouts:read') && context.loaders.shopBalances.load(id),
    }),
    notificationUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'Where notifications go for payments that name no address of their own. Scope: shops:read.',
      // A shop is also reached from its payments and events, by keys that may not read its settings.
      resolve: (shop, _, context) => actorWith(context, 'shops:read') && shop.notificationUrl,
    }),
    paymentValiditySeconds: t.int({
      nullable: true,
      description:
        'Seconds a new payment may be paid when it does not say so itself; null is 15 months. Scope: shops:read.',
      resolve: (shop, _, context) => actorWith(context, 'shops:read') && shop.paymentValiditySeconds,
    }),
    capture: t.expose('captureMode', {
      type: CaptureModeEnum,
      description: 'When the money of cards and wallets is taken, for payments that do not say so themselves.',
    }),
    sandboxDelayMs: t.exposeInt('sandboxDelayMs', {
      description: 'Sandbox only: milliseconds the simulated acquirers wait before they tell the outcome.',
    }),
    activeFrom: t.expose('reviewDueAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a submitted shop becomes ACTIVE by itself, later while it is held; null for all others.',
    }),
    heldReason: t.exposeString('heldReason', { nullable: true, description: 'Why the bank holds a submitted shop.' }),
    reason: t.exposeString('statusReason', { nullable: true, description: 'Why it was refused, suspended or closed.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the shop was made.' }),
  }),
});

builder.queryField('shop', (t) =>
  t.prismaField({
    type: ShopRef,
    nullable: true,
    description: 'One shop of yours, or null. Scope: shops:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the shop.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.shop.findFirst({
        ...query,
        where: { AND: visibleShops(actorWith(context, 'shops:read')), id: parseId(id, 'shop') },
      }),
  }),
);

builder.queryField('shops', (t) =>
  t.prismaConnection(
    {
      type: ShopRef,
      cursor: 'id',
      description: 'Your shops, oldest first. Scope: shops:read.',
      resolve: async (query, _, args, context) => {
        const where = visibleShops(actorWith(context, 'shops:read'));
        const { prisma } = context.app.payments.database;
        await requirePage(args, (id) => prisma.shop.findFirst({ where: { AND: where, id } }));
        return prisma.shop.findMany({
          ...query,
          where,
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
      },
    },
    { name: 'ShopConnection', description: 'A page of shops.' },
    { name: 'ShopEdge', description: 'A shop and its place in the list.' },
  ),
);

const UpdateShopInput = builder.inputType('UpdateShopInput', {
  description:
    'Settings to change; what is left out stays. `notificationUrl` and `paymentValiditySeconds` are cleared by null, nothing else is.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'The shop to change.' }),
    name: t.string({ description: '1 to 100 characters.' }),
    url: t.field({
      type: 'URL',
      description: 'Any value is answered ADDRESS_BY_MESSAGE: the bank changes the address (`sendMessage`).',
    }),
    settlement: t.string({
      description: 'Any value is answered SETTLEMENT_FIXED: the way of settling is part of the contract.',
    }),
    notificationUrl: t.field({
      type: 'URL',
      description: 'Where notifications go. In production public, on a default port; else INVALID_INPUT.',
    }),
    locale: t.field({ type: LocaleEnum, description: "Language of the payer's pages." }),
    paymentValiditySeconds: t.int({ description: '60 to 40,000,000 seconds.' }),
    capture: t.field({ type: CaptureModeEnum, description: 'When the money of cards and wallets is taken.' }),
    sandboxDelayMs: t.int({ description: '0 to 600,000 milliseconds.' }),
  }),
});

const UpdateShopSuccess = builder.objectRef<{ shop: ShopRow }>('UpdateShopSuccess').implement({
  description: 'The settings are changed.',
  fields: (t) => ({ shop: t.expose('shop', { type: ShopRef, description: 'The shop as it is now.' }) }),
});

builder.mutationField('updateShop', (t) =>
  t.field({
    type: resultUnion('UpdateShop', UpdateShopSuccess),
    description:
      'Changes settings of a shop. Scope: shops:write. Refusals: NOT_FOUND, INVALID_INPUT, SETTLEMENT_FIXED, ADDRESS_BY_MESSAGE.',
    args: { input: t.arg({ type: UpdateShopInput, required: true, description: 'What to change.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'updateShop', scope: 'shops:write' }, async (actor) => {
        const { payments, addressRule } = context.app;
        const shop = await findVisibleShop(payments.shops, actor, input.shopId);
        for (const field of ['name', 'locale', 'capture', 'sandboxDelayMs'] as const) {
          if (input[field] === null)
            throw new InvalidInput(`${field} cannot be cleared; give a value, or leave it out.`, [field]);
        }
        const { capture, settlement, url, ...given } = input;
        const settings = {
          ...given,
          captureMode: capture ?? undefined,
          name: input.name ?? undefined,
          locale: input.locale ?? undefined,
          sandboxDelayMs: input.sandboxDelayMs ?? undefined,
        };
        const deps = { actor, clock: payments.clock, addressRule };
        const fixed = { settlement, url };
        await inTransaction(payments.database, (tx) => updateShop(tx, deps, { shop, settings, fixed }));
        payments.shops.forget(shop.id);
        return { shop: await payments.database.prisma.shop.findUniqueOrThrow({ where: { id: shop.id } }) };
      }),
  }),
);

const RotateServiceKeyInput = builder.inputType('RotateServiceKeyInput', {
  description: 'Which shop gets a new service key, and how long the old one stays good.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'The shop.' }),
    overlapHours: t.int({
      required: true,
      defaultValue: 24,
      description: 'Hours for which forms signed with the old key are still taken: 0 to 720.',
    }),
  }),
});

type Rotated = { readonly serviceKey: string; readonly oldValidUntil: Date };

const RotateServiceKeySuccess = builder.objectRef<Rotated>('RotateServiceKeySuccess').implement({
  description: 'The shop has a new service key; notifications are signed with it from now on.',
  fields: (t) => ({
    serviceKey: t.exposeString('serviceKey', { description: 'The new key, shown this once.' }),
    oldValidUntil: t.expose('oldValidUntil', { type: 'DateTime', description: 'When the old key stops being good.' }),
  }),
});

builder.mutationField('rotateServiceKey', (t) =>
  t.field({
    type: resultUnion('RotateServiceKey', RotateServiceKeySuccess),
    description:
      'Gives a shop a new key for signing forms and notifications. Scope: shops:write. Refusals: NOT_FOUND, INVALID_INPUT.',
    args: { input: t.arg({ type: RotateServiceKeyInput, required: true, description: 'Which shop, which overlap.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'rotateServiceKey', scope: 'shops:write' }, async (actor) => {
        const { payments, seal } = context.app;
        const shop = await findVisibleShop(payments.shops, actor, input.shopId);
        const deps = { actor, clock: payments.clock, seal };
        return inTransaction(payments.database, (tx) =>
          rotateServiceKey(tx, deps, { shop, overlapHours: input.overlapHours }),
        );
      }),
  }),
);
