import { builder } from '../../graphql/builder.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { withoutNulls } from '../../graphql/without-nulls.ts';
import { TransactionRef } from '../../transactions/graphql.ts';
import { chargeProfile } from '../charge-profile.ts';
import type { StartedTransaction } from '../decide-start.ts';
import { NextAction, nextAction } from './start-transaction.ts';

const ChargeProfileInput = builder.inputType('ChargeProfileInput', {
  description: 'What is to be taken from a stored instrument.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'The shop at which it was stored.' }),
    profileId: t.id({ required: true, description: 'The stored instrument.' }),
    idempotencyKey: t.string({
      required: true,
      description:
        '1 to 255 characters, unique per shop among payments and charges: the same key and input give the same charge.',
    }),
    amount: t.field({ type: 'MinorUnits', required: true, description: '1 to 999,999,999 minor units.' }),
    currency: t.field({ type: CurrencyEnum, required: true, description: 'One that the shop takes.' }),
    orderId: t.string({
      required: true,
      description: "The shop's own number: 1 to 100 characters, need not be unique.",
    }),
    title: t.string({ description: 'What the payer reads: at most 255 characters.' }),
    appKey: t.string({ description: 'Which bank app, when several hold a BLIK alias.' }),
    notificationUrl: t.field({ type: 'URL', description: "Where notifications go, instead of the shop's address." }),
  }),
});

const ChargeProfileSuccess = builder.objectRef<StartedTransaction>('ChargeProfileSuccess').implement({
  description: 'The charge was made. A refused one is an answer too: its status is REJECTED, with a reason.',
  fields: (t) => ({
    transaction: t.expose('transaction', { type: TransactionRef, description: 'The charge in its present state.' }),
    action: t.field({
      type: NextAction,
      nullable: true,
      description: 'What the payer has to do: nothing for a card, to confirm in the bank app for a BLIK alias.',
      resolve: (started, _, { loaders }) => nextAction(started, loaders),
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had made it.' }),
  }),
});

builder.mutationField('chargeProfile', (t) =>
  t.field({
    type: resultUnion('ChargeProfile', ChargeProfileSuccess),
    description:
      'Takes money from a stored instrument: makes a payment and pays it. A card is charged without the payer, a BLIK alias once he confirms in his bank app. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, PROFILE_NOT_ACTIVE, SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, CURRENCY_NOT_AVAILABLE, METHOD_NOT_AVAILABLE, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED.',
    args: { input: t.arg({ type: ChargeProfileInput, required: true, description: 'What is to be taken.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { ...input, subject: input.profileId };
      return refusable(context, { operation: 'chargeProfile', scope: 'payments:write', evidence }, async (actor) => {
        const { payments, addressRule } = context.app;
        const prepare = { clock: payments.clock, acquirers: payments.acquirers, addressRule };
        return chargeProfile({ payments, prepare }, { actor, source: 'API' }, withoutNulls(input));
      });
    },
  }),
);
