import { MerchantRef } from '../../auth/graphql.ts';
import { builder } from '../../graphql/builder.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Merchant, PayoutAccountChange, Shop } from '../../kernel/db/generated/prisma/client.ts';
import { ShopRef } from '../../shops/graphql.ts';
import { giveNotice } from '../give-notice.ts';
import { cancelPayoutAccountChange, requestPayoutAccount } from '../request-payout-account.ts';
import { submitShop } from '../submit-shop.ts';
import { PayoutAccountChangeRef } from './contract.ts';

const whole = 'Scope: contract:write. The key must be good for the whole merchant.';

const GiveNoticeSuccess = builder.objectRef<{ merchant: Merchant; replayed: boolean }>('GiveNoticeSuccess').implement({
  description: 'Notice is given; `merchant.contract.endsAt` says when the contract ends.',
  fields: (t) => ({
    merchant: t.expose('merchant', { type: MerchantRef, description: 'The merchant as he is now.' }),
    replayed: t.exposeBoolean('replayed', { description: 'It had been given before.' }),
  }),
});

builder.mutationField('giveNotice', (t) =>
  t.field({
    type: resultUnion('GiveNotice', GiveNoticeSuccess),
    description:
      'Gives notice of the contract: it ends with the thirtieth day from now, at midnight in Warsaw. Until then everything works; ' +
      `afterwards there are no new payments; payouts go on, and refunds that balances cover. ${whole} Refusals: FORBIDDEN, MERCHANT_NOT_ACTIVE.`,
    resolve: (_, __, context) =>
      refusable(context, { operation: 'giveNotice', scope: 'contract:write' }, async (actor) => {
        const { contracts } = context.app;
        const { replayed } = await inTransaction(contracts.database, (tx) => giveNotice(tx, contracts, actor));
        const where = { id: actor.merchantId };
        return { replayed, merchant: await contracts.database.prisma.merchant.findUniqueOrThrow({ where }) };
      }),
  }),
);

const SubmitShopInput = builder.inputType('SubmitShopInput', {
  description: 'A further shop.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: '1 to 255 characters, unique for the merchant.' }),
    name: t.string({ required: true, description: 'What payers read: 1 to 100 characters.' }),
    url: t.field({ type: 'URL', required: true, description: 'Where it sells.' }),
  }),
});

const SubmitShopSuccess = builder.objectRef<{ shop: Shop; replayed: boolean }>('SubmitShopSuccess').implement({
  description: 'The shop waits for its review, and becomes ACTIVE after a few working hours.',
  fields: (t) => ({
    shop: t.expose('shop', { type: ShopRef, description: 'The shop as it is now.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had submitted it.' }),
  }),
});

builder.mutationField('submitShop', (t) =>
  t.field({
    type: resultUnion('SubmitShop', SubmitShopSuccess),
    description:
      'Submits a further shop, for the currencies in which you have payout accounts. ' +
      `${whole} Refusals: FORBIDDEN, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, MERCHANT_NOT_ACTIVE, WRONG_STATE (no payout account).`,
    args: { input: t.arg({ type: SubmitShopInput, required: true, description: 'The shop.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'submitShop', scope: 'contract:write' }, async (actor) => {
        const { contracts } = context.app;
        const deps = { ...contracts, actor };
        const { shopId, replayed } = await inTransaction(contracts.database, (tx) => submitShop(tx, deps, input));
        const where = { id: shopId };
        return { replayed, shop: await contracts.database.prisma.shop.findUniqueOrThrow({ where }) };
      }),
  }),
);

const RequestPayoutAccountInput = builder.inputType('RequestPayoutAccountInput', {
  description: 'Where payouts of a currency are to go.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: '1 to 255 characters, unique for the merchant.' }),
    currency: t.field({ type: CurrencyEnum, required: true, description: 'Of which payouts.' }),
    iban: t.string({ required: true, description: '26 digits, with or without PL; spaces do not matter.' }),
  }),
});

type Requested = { readonly change: PayoutAccountChange; readonly replayed: boolean };

const RequestPayoutAccountSuccess = builder.objectRef<Requested>('RequestPayoutAccountSuccess').implement({
  description: 'The change waits until it is in force.',
  fields: (t) => ({
    change: t.expose('change', { type: PayoutAccountChangeRef, description: 'The change as it is now.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had asked for it.' }),
  }),
});

builder.mutationField('requestPayoutAccount', (t) =>
  t.field({
    type: resultUnion('RequestPayoutAccount', RequestPayoutAccountSuccess),
    description:
      'Asks for payouts of a currency to go to another account, in force after two whole business days unless the gateway is set ' +
      `otherwise; until then it can be cancelled. For a currency without one, your shops take that currency from then on. ${whole} Refusals: FORBIDDEN, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, WRONG_STATE.`,
    args: { input: t.arg({ type: RequestPayoutAccountInput, required: true, description: 'The account.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'requestPayoutAccount', scope: 'contract:write' }, (actor) => {
        const { contracts } = context.app;
        return inTransaction(contracts.database, (tx) => requestPayoutAccount(tx, { ...contracts, actor }, input));
      }),
  }),
);

const CancelPayoutAccountChangeSuccess = builder
  .objectRef<{ change: PayoutAccountChange }>('CancelPayoutAccountChangeSuccess')
  .implement({
    description: 'The change is cancelled; payouts go where they went before.',
    fields: (t) => ({ change: t.expose('change', { type: PayoutAccountChangeRef, description: 'As it is now.' }) }),
  });

builder.mutationField('cancelPayoutAccountChange', (t) =>
  t.field({
    type: resultUnion('CancelPayoutAccountChange', CancelPayoutAccountChangeSuccess),
    description: `Takes a change of a payout account back before it is in force. ${whole} Refusals: FORBIDDEN, NOT_FOUND, WRONG_STATE.`,
    args: { id: t.arg.id({ required: true, description: 'Id of the change.' }) },
    resolve: (_, { id }, context) =>
      refusable(context, { operation: 'cancelPayoutAccountChange', scope: 'contract:write' }, async (actor) => {
        const { contracts } = context.app;
        const deps = { ...contracts, actor };
        return { change: await inTransaction(contracts.database, (tx) => cancelPayoutAccountChange(tx, deps, id)) };
      }),
  }),
);
