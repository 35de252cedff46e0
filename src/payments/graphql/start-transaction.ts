import { builder } from '../../graphql/builder.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { withoutNulls } from '../../graphql/without-nulls.ts';
import { MethodNotAvailable } from '../../shops/errors.ts';
import { PaymentMethodEnum, TransactionRef } from '../../transactions/graphql.ts';
import type { StartedTransaction } from '../decide-start.ts';
import { findVisiblePayment } from '../find-payment.ts';
import { guardAttempt } from '../guard-attempts.ts';
import { startTransaction } from '../start-transaction.ts';

const BlikInput = builder.inputType('BlikInput', {
  description: 'How the payer shows himself to BLIK.',
  fields: (t) => ({
    code: t.string({ description: 'Six digits from the bank app, good for 120 seconds; spaces are passed over.' }),
    profileId: t.id({
      description: 'A stored alias of the payer, for one-click; METHOD_NOT_AVAILABLE where there is none.',
    }),
    appKey: t.string({ description: 'Which bank app, when the alias stands for several.' }),
  }),
});

const StartTransactionInput = builder.inputType('StartTransactionInput', {
  description: "An attempt to pay a payment, from the shop's own page.",
  fields: (t) => ({
    paymentId: t.id({ required: true, description: 'What is to be paid.' }),
    idempotencyKey: t.string({
      required: true,
      description: '1 to 255 characters, unique per shop: the same key and input give the same attempt.',
    }),
    method: t.field({ type: PaymentMethodEnum, required: true, description: 'How it is paid.' }),
    channel: t.string({ description: "The exact variant; left out, the shop's first channel of the method." }),
    blik: t.field({ type: BlikInput, description: 'For the method BLIK.' }),
    payerIp: t.string({
      description:
        "The payer's IPv4 or IPv6 address. With it, one payer whose attempts are refused too often is slowed down and stopped, and not the whole shop.",
    }),
    returnUrl: t.field({ type: 'URL', description: 'Where the payer comes back to after a redirect.' }),
  }),
});

type Confirmation = { readonly expiresAt: Date };

const ConfirmInApp = builder.objectRef<Confirmation>('ConfirmInApp').implement({
  description: 'The payer confirms in the bank app.',
  fields: (t) => ({
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when the bank waits for it.' }),
  }),
});

const NextAction = builder.unionType('NextAction', {
  description: 'What the payer has to do next. New members may come with new methods.',
  types: [ConfirmInApp],
  resolveType: () => ConfirmInApp,
});

const StartTransactionSuccess = builder.objectRef<StartedTransaction>('StartTransactionSuccess').implement({
  description: 'The attempt was made. A refused one is an answer too: its status is REJECTED, with a reason.',
  fields: (t) => ({
    transaction: t.expose('transaction', { type: TransactionRef, description: 'The attempt in its present state.' }),
    action: t.field({
      type: NextAction,
      nullable: true,
      description: 'What the payer has to do; null when there is nothing to do.',
      resolve: ({ transaction }) =>
        transaction.status === 'PENDING' && transaction.confirmUntil ? { expiresAt: transaction.confirmUntil } : null,
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had started it.' }),
  }),
});

builder.mutationField('startTransaction', (t) =>
  t.field({
    type: resultUnion('StartTransaction', StartTransactionSuccess),
    description:
      'Pays a payment from the shop’s own page. Follow the outcome by subscription, notification or `transaction(id)`. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, PAYMENT_NOT_PAYABLE, ATTEMPT_IN_PROGRESS, METHOD_NOT_AVAILABLE, SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED.',
    args: { input: t.arg({ type: StartTransactionInput, required: true, description: 'What to pay, and how.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { idempotencyKey: input.idempotencyKey, subject: input.paymentId };
      return refusable(context, { operation: 'startTransaction', scope: 'payments:write', evidence }, async (actor) => {
        const { payments } = context.app;
        const { blik, ...wish } = withoutNulls(input);
        if (blik?.profileId !== undefined) {
          throw new MethodNotAvailable('No stored alias can be charged yet; pay with a code.', ['blik', 'profileId']);
        }
        const { payment, shop } = await findVisiblePayment(payments, actor, { id: wish.paymentId, field: 'paymentId' });
        const start = { ...wish, paymentId: payment.id, blikCode: blik?.code };
        const owner = { shop, source: 'API' } as const;
        const { method, payerIp: address } = wish;
        const tried = { shopId: shop.id, paymentId: payment.id, method, source: owner.source, address };
        return guardAttempt(payments.attempts, tried, () => startTransaction(payments, owner, start));
      });
    },
  }),
);
