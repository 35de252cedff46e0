import { askedColumns } from '../graphql/asked-columns.ts';
import { builder } from '../graphql/builder.ts';
import { requirePageForm } from '../graphql/connection-arguments.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { MoneyRef } from '../graphql/money.ts';
import type { DeclineReason, MovementStatus, TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';
import { toPercent } from '../pricing/model.ts';
import type { ShownCommission } from '../pricing/store.ts';
import { ProfileRef } from '../profiles/graphql.ts';
import { PaymentMethodEnum } from '../shops/graphql.ts';
import type { TransactionColumn } from './store.ts';

/** States of an attempt. */
export const TransactionStatusEnum = builder.enumType('TransactionStatus', {
  description: 'Where an attempt to pay stands.',
  values: describeValues<TransactionStatus>({
    NEW: 'Chosen, not sent to the acquirer: the payer has yet to enter a card on our page.',
    PENDING: 'Sent; the outcome is awaited.',
    AUTHORIZED: 'Money is reserved and can be captured.',
    SUBMITTED: 'All of the authorised amount is being captured; the settlement is awaited.',
    SETTLED: 'The money is taken.',
    REJECTED: 'Refused; `reason` says why. No money was taken.',
    ERROR: 'Failed for a technical reason. Unless the reason is NO_ANSWER, no money was taken.',
    CANCELLED:
      'Ended before it was paid, or its authorised money was released. If the acquirer took money all the same, it becomes SETTLED and `late`.',
    EXPIRED: 'The authorisation ran out with nothing captured.',
    UNKNOWN: 'The acquirer was called and did not answer; it is asked until it does.',
  }),
});

const DeclineReasonEnum = builder.enumType('DeclineReason', {
  description: 'Why an attempt ended without money.',
  values: describeValues<DeclineReason>({
    CODE_INVALID: 'The BLIK code is wrong: take a new one.',
    CODE_EXPIRED: 'The BLIK code is older than 120 seconds: take a new one.',
    ALIAS_DECLINED: 'The bank declined the stored alias: pay with a code.',
    PAYER_DECLINED: 'The payer declined in the bank app.',
    NOT_CONFIRMED: 'The payer did not confirm within 60 seconds.',
    INSUFFICIENT_FUNDS: 'There is not enough money on the account.',
    LIMIT_EXCEEDED: 'A limit of the account is exceeded: raise it or pay in another way.',
    ISSUER_DECLINED: 'The payer’s bank declined.',
    SECURITY: 'The payer’s bank declined for security reasons.',
    TECHNICAL: 'A technical break at the bank: try again later.',
    GENERAL: 'The payment failed; no cause was given.',
    SUPERSEDED: 'The payer chose another method.',
    PAYMENT_CANCELLED: 'The shop cancelled the payment.',
    PAYMENT_EXPIRED: 'The time to pay ran out.',
    NOT_SENT: 'The acquirer never received the order.',
    NO_ANSWER:
      'The acquirer gave no answer for 15 minutes. If it took money all the same, the attempt becomes SETTLED and `late`.',
    AMOUNT_MISMATCH:
      'The acquirer took another amount than was asked, and the money is held until that is cleared; or it authorised another amount, which was released.',
    VOIDED: 'The shop released the authorised money.',
    CARD_INVALID: 'There is no such card.',
    CARD_EXPIRED: 'The card has expired.',
    AUTHENTICATION_FAILED: 'The payer did not pass the bank’s check (3-D Secure).',
  }),
});

const CommissionRef = builder.objectRef<ShownCommission>('Commission').implement({
  description: 'What the merchant pays for a settled transaction; charged at the payout.',
  fields: (t) => ({
    amount: t.field({
      type: MoneyRef,
      description: 'The commission, half up to the minor unit.',
      resolve: (row) => row,
    }),
    base: t.field({
      type: MoneyRef,
      description: 'What it was computed from.',
      resolve: ({ base, currency }) => ({ amount: base, currency }),
    }),
    ratePercent: t.string({
      description: 'The rate as a decimal percentage: "1.59".',
      resolve: (row) => toPercent(row.ratePpm),
    }),
    rule: t.exposeString('rule', { description: 'Why this rate, for people.' }),
  }),
});

function newestFirst(args: Parameters<typeof requirePageForm>[0]) {
  requirePageForm(args);
  return { orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }] };
}

/** States of a capture. */
export const CaptureStatusEnum = builder.enumType('CaptureStatus', {
  description: 'Where a capture stands.',
  values: describeValues<MovementStatus>({
    NEW: 'Not sent yet.',
    PENDING: 'Ordered; the acquirer’s word is awaited.',
    SETTLED: 'The money is taken.',
    REJECTED:
      'Refused by the acquirer, or never sent to it since another attempt paid meanwhile; without that, the amount can be captured again while the authorisation lasts.',
    UNKNOWN: 'The acquirer was called and did not answer; it is asked until it does.',
  }),
});

/** The GraphQL type of a capture. */
export const CaptureRef = builder.prismaObject('Capture', {
  description: 'Taking authorised money. A method without authorisation has exactly one, made with the settlement.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    amount: t.field({ type: MoneyRef, description: 'What is taken.', resolve: (row) => row }),
    status: t.expose('status', { type: CaptureStatusEnum, description: 'Where it stands.' }),
    code: t.exposeString('acquirerCode', { nullable: true, description: 'The acquirer’s code when it refused.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ordered.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When the money was taken.' }),
  }),
});

const CaptureEdge = builder.edgeObject({
  type: CaptureRef,
  name: 'CaptureEdge',
  description: 'A capture and its place in the list.',
});

const CaptureConnection = builder.connectionObject(
  { type: CaptureRef, name: 'CaptureConnection', description: 'A page of captures.' },
  CaptureEdge,
);

/** States of a void. */
export const VoidStatusEnum = builder.enumType('VoidStatus', {
  description: 'Where a void stands.',
  values: describeValues<MovementStatus>({
    NEW: 'Not sent yet.',
    PENDING: 'Ordered; the acquirer’s word is awaited.',
    SETTLED: 'The money is released.',
    REJECTED:
      'Refused by the acquirer, and the money stays authorised; or never sent to it, since the transaction ended meanwhile.',
    UNKNOWN: 'The acquirer was called and did not answer; it is asked until it does.',
  }),
});

/** The GraphQL type of a void. */
export const VoidRef = builder.prismaObject('TransactionVoid', {
  name: 'Void',
  description: 'Releasing authorised money: all of it, or what is left after captures.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    amount: t.field({ type: MoneyRef, description: 'What is released.', resolve: (row) => row }),
    status: t.expose('status', { type: VoidStatusEnum, description: 'Where it stands.' }),
    code: t.exposeString('acquirerCode', { nullable: true, description: 'The acquirer’s code when it refused.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ordered.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When it was released.' }),
  }),
});

const VoidEdge = builder.edgeObject({
  type: VoidRef,
  name: 'VoidEdge',
  description: 'A void and its place in the list.',
});

const VoidConnection = builder.connectionObject(
  { type: VoidRef, name: 'VoidConnection', description: 'A page of voids.' },
  VoidEdge,
);

/** The GraphQL type of a transaction. */
export const TransactionRef = builder.prismaObject('Transaction', {
  description: 'One attempt to pay a payment with one method.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    method: t.expose('method', { type: PaymentMethodEnum, description: 'How it is paid.' }),
    channel: t.exposeString('channel', { description: 'The exact variant: `blik`, `mtransfer`, …' }),
    amount: t.field({ type: MoneyRef, description: 'What is asked for.', resolve: (row) => row }),
    status: t.expose('status', { type: TransactionStatusEnum, description: 'Where it stands.' }),
    reason: t.expose('reason', {
      type: DeclineReasonEnum,
      nullable: true,
      description: 'Why it ended without money; null while it runs and when it settled.',
    }),
    code: t.exposeString('acquirerCode', {
      nullable: true,
      description:
        'The code of the refusal on the imoje wire: `BLK-ERROR-210015`, `CODE_51`. `CODE_SD` while a card that was declined softly is challenged.',
    }),
    captured: t.field({
      type: MoneyRef,
      description: 'What was taken so far: at most `amount`.',
      resolve: ({ settledAmount, currency }) => ({ amount: settledAmount, currency }),
    }),
    capturable: t.field({
      type: MoneyRef,
      description: 'What is authorised and neither captured nor being captured.',
      resolve: ({ status, amount, capturedAmount, currency }) => ({
        amount: status === 'AUTHORIZED' ? amount - capturedAmount : 0n,
        currency,
      }),
    }),
    held: t.field({
      type: MoneyRef,
      description: 'Money that came for it and fits nothing, such as another amount than was asked; 0 nearly always.',
      resolve: ({ heldAmount, currency }) => ({ amount: heldAmount, currency }),
    }),
    transferAccount: t.exposeString('transferAccount', {
      nullable: true,
      description:
        'The account number (NRB) on which its money is awaited, 26 digits, of this attempt alone and for ever; null when it is paid otherwise than by a transfer of the payer’s own.',
    }),
    authorizedUntil: t.expose('authorizedUntil', {
      type: 'DateTime',
      nullable: true,
      description:
        'Until when it can be captured: seven days from the authorisation; null when it never was authorised.',
    }),
    captures: t.relatedConnection(
      'captures',
      { cursor: 'id', description: 'Captures of it, newest first.', query: newestFirst },
      CaptureConnection,
    ),
    voids: t.relatedConnection(
      'voids',
      { cursor: 'id', description: 'Releases of its authorised money, newest first.', query: newestFirst },
      VoidConnection,
    ),
    late: t.exposeBoolean('late', { description: 'The money came after the attempt or its payment was over.' }),
    surplus: t.exposeBoolean('surplus', { description: 'Another attempt had paid already; refund this one.' }),
    commission: t.field({
      type: CommissionRef,
      nullable: true,
      description: 'What it costs the merchant; null until it has settled.',
      resolve: ({ id }, _, { loaders }) => loaders.commission.load(id),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was started.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When the money was taken.' }),
  }),
});

/** The columns that a list of transactions must read for what is asked of them. */
export const transactionColumns = askedColumns<TransactionColumn>('Transaction', {
  amount: ['amount', 'currency'],
  captured: ['settledAmount', 'currency'],
  capturable: ['status', 'amount', 'capturedAmount', 'currency'],
  held: ['heldAmount', 'currency'],
  commission: [],
  payment: ['paymentId'],
});

const TransactionEdge = builder.edgeObject({
  type: TransactionRef,
  name: 'TransactionEdge',
  description: 'A transaction and its place in the list.',
});

/** A page of transactions, of a shop or of one payment. */
export const TransactionConnection = builder.connectionObject(
  { type: TransactionRef, name: 'TransactionConnection', description: 'A page of transactions.' },
  TransactionEdge,
);

builder.prismaObjectField(TransactionRef, 'profile', (t) =>
  t.relation('profile', {
    nullable: true,
    description: 'The stored instrument that it charged, or that it stored.',
  }),
);

builder.prismaObjectField(ProfileRef, 'firstTransaction', (t) =>
  t.field({
    type: TransactionRef,
    nullable: true,
    description: 'The payment that stored it.',
    resolve: ({ firstTransactionId }, _, context) =>
      firstTransactionId === null ? null : context.loaders.transaction.load(firstTransactionId),
  }),
);
