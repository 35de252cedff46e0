import type { BankApp, Redirect } from '../../acquirers/port.ts';
import { builder } from '../../graphql/builder.ts';
import type { GraphContext } from '../../graphql/context.ts';
import { MoneyRef } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { withoutNulls } from '../../graphql/without-nulls.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import type { Money } from '../../kernel/money.ts';
import { BankAppRef } from '../../profiles/graphql.ts';
import { appsOf } from '../../profiles/model.ts';
import { PaymentMethodEnum } from '../../shops/graphql.ts';
import { TransactionRef } from '../../transactions/graphql.ts';
import { nextStepOf, type Transfer, transferOf } from '../../transactions/next-step.ts';
import type { StartedTransaction } from '../decide-start.ts';
import { findVisiblePayment } from '../find-payment.ts';
import { payByAlias } from '../pay-by-alias.ts';
import { startTransaction } from '../start-transaction.ts';
import { tokeniseWalletToken } from '../tokenise-wallet-token.ts';

const BlikInput = builder.inputType('BlikInput', {
  description: 'How the payer shows himself to BLIK.',
  fields: (t) => ({
    code: t.string({ description: 'Six digits from the bank app, good for 120 seconds; spaces are passed over.' }),
    profileId: t.id({
      description: 'A stored alias of the payer, which pays without a code; he confirms in the bank app as with one.',
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
    wallet: t.field({
      type: WalletInput,
      description: 'For the channels gpay and applepay; left out, the payer is sent to a page of ours to choose.',
    }),
    supersede: t.boolean({
      description:
        'True ends an attempt that waits for the payer elsewhere, once he was warned that it may still bring money; left out, such a wish is refused with ATTEMPT_IN_PROGRESS.',
    }),
    payerIp: t.string({
      description:
        "The payer's IPv4 or IPv6 address. With it, one payer whose attempts are refused too often is slowed down and stopped, and not the whole shop.",
    }),
    returnUrl: t.field({ type: 'URL', description: 'Where the payer comes back to after a redirect.' }),
  }),
});

const WalletInput = builder.inputType('WalletInput', {
  description: 'What a wallet on the payer’s device gave.',
  fields: (t) => ({
    token: t.string({
      required: true,
      description:
        'The encrypted payment token as the wallet gave it: JSON of Google Pay (ECv1, ECv2) or Apple Pay (EC_v1).',
    }),
  }),
});

type Confirmation = { readonly expiresAt: Date };

const ConfirmInApp = builder.objectRef<Confirmation>('ConfirmInApp').implement({
  description: 'The payer confirms in the bank app.',
  fields: (t) => ({
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when the bank waits for it.' }),
  }),
});

const FormField = builder.objectRef<Redirect['fields'][number]>('FormField').implement({
  description: 'A field of a form that the payer’s browser posts.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    value: t.exposeString('value', { description: 'Its value.' }),
  }),
});

const RedirectRef = builder.objectRef<Redirect>('Redirect').implement({
  description:
    'Send the payer’s browser there: to the bank, the lender or the wallet, to a challenge of 3-D Secure, or to a page of ours for the card.',
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', description: 'Where to.' }),
    httpMethod: t.exposeString('httpMethod', { description: '`GET`, or `POST` with the fields as a form.' }),
    fields: t.field({ type: [FormField], description: 'Empty for `GET`.', resolve: ({ fields }) => [...fields] }),
  }),
});

type AppChoice = { readonly apps: readonly BankApp[] };

const ChooseBankApp = builder.objectRef<AppChoice>('ChooseBankApp').implement({
  description:
    'Several bank apps hold the alias: let the payer choose one, and start again under a new key with its `appKey`.',
  fields: (t) => ({
    apps: t.field({ type: [BankAppRef], description: 'Those apps.', resolve: ({ apps }) => [...apps] }),
  }),
});

type AwaitedTransfer = Transfer & { readonly amount: Money };

const BankTransferRef = builder.objectRef<AwaitedTransfer>('BankTransfer').implement({
  description:
    'The payer makes a transfer of his own, with exactly these details. His page at `Payment.url` shows them too.',
  fields: (t) => ({
    account: t.exposeString('account', {
      description: 'The account number (NRB), 26 digits, of this attempt alone. With PL before it, it is the IBAN.',
    }),
    recipient: t.exposeString('recipient', { description: 'Whom he names as the recipient.' }),
    title: t.exposeString('title', { description: 'The title, at most 140 characters.' }),
    amount: t.field({
      type: MoneyRef,
      description: 'What he transfers. Another amount does not settle the attempt: it is held.',
      resolve: ({ amount }) => amount,
    }),
  }),
});

/** The GraphQL type of what a payer has to do next. */
export const NextAction = builder.unionType('NextAction', {
  description: 'What the payer has to do next. New members may come with new methods.',
  types: [ConfirmInApp, RedirectRef, ChooseBankApp, BankTransferRef],
  resolveType: (action) => {
    if ('account' in action) return BankTransferRef;
    return 'url' in action ? RedirectRef : 'apps' in action ? ChooseBankApp : ConfirmInApp;
  },
});

/** Says what the payer of an attempt has to do next; null when there is nothing to do. */
export async function nextAction(
  { transaction }: StartedTransaction,
  loaders: GraphContext['loaders'],
): Promise<Redirect | Confirmation | AppChoice | AwaitedTransfer | null> {
  const redirect = nextStepOf(transaction);
  if (redirect) return redirect;
  const transfer = transferOf(transaction);
  if (transfer) return { ...transfer, amount: { amount: transaction.amount, currency: transaction.currency } };
  const { status, confirmUntil, profileId } = transaction;
  if (status === 'NEW' && profileId !== null) return { apps: appsOf(await loaders.profile.load(profileId)) };
  return status === 'PENDING' && confirmUntil ? { expiresAt: confirmUntil } : null;
}

const StartTransactionSuccess = builder.objectRef<StartedTransaction>('StartTransactionSuccess').implement({
  description: 'The attempt was made. A refused one is an answer too: its status is REJECTED, with a reason.',
  fields: (t) => ({
    transaction: t.expose('transaction', { type: TransactionRef, description: 'The attempt in its present state.' }),
    action: t.field({
      type: NextAction,
      nullable: true,
      description: 'What the payer has to do; null when there is nothing to do.',
      resolve: (started, _, { loaders }) => nextAction(started, loaders),
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had started it.' }),
  }),
});

builder.mutationField('startTransaction', (t) =>
  t.field({
    type: resultUnion('StartTransaction', StartTransactionSuccess),
    description:
      'Pays a payment from the shop’s own page. Follow the outcome by subscription, notification or `transaction(id)`. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, PAYMENT_NOT_PAYABLE, ATTEMPT_IN_PROGRESS, METHOD_NOT_AVAILABLE, AMOUNT_OUT_OF_RANGE, SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED.',
    args: { input: t.arg({ type: StartTransactionInput, required: true, description: 'What to pay, and how.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { idempotencyKey: input.idempotencyKey, subject: input.paymentId };
      return refusable(context, { operation: 'startTransaction', scope: 'payments:write', evidence }, async (actor) => {
        const { payments } = context.app;
        const { blik, wallet, ...wish } = withoutNulls(input);
        if (blik && wish.method !== 'BLIK') {
          throw new InvalidInput('blik goes with the method BLIK; leave it out here.', ['blik']);
        }
        const { payment, shop } = await findVisiblePayment(payments, actor, { id: wish.paymentId, field: 'paymentId' });
        const card = wallet && (await tokeniseWalletToken(context.app.cards, { ...wish, shop }, wallet.token));
        const owner = { shop, source: 'API' } as const;
        const start = { ...wish, paymentId: payment.id, blikCode: blik?.code, card };
        const { profileId, appKey } = blik ?? {};
        if (profileId === undefined) return startTransaction(payments, owner, start);
        return payByAlias(payments, { actor, ...owner }, { ...start, profileId, appKey });
      });
    },
  }),
);
