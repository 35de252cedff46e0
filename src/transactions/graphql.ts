import { builder } from '../graphql/builder.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { MoneyRef } from '../graphql/money.ts';
import type { DeclineReason, PaymentMethod, TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';
import { toPercent } from '../pricing/model.ts';

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

/** States of an attempt. */
export const TransactionStatusEnum = builder.enumType('TransactionStatus', {
  description: 'Where an attempt to pay stands.',
  values: describeValues<TransactionStatus>({
    NEW: 'Chosen, not sent to the acquirer.',
    PENDING: 'Sent; the outcome is awaited.',
    AUTHORIZED: 'Money is reserved and can be captured.',
    SUBMITTED: 'Captured; the settlement is awaited.',
    SETTLED: 'The money is taken.',
    REJECTED: 'Refused; `reason` says why. No money was taken.',
    ERROR: 'Failed for a technical reason. No money was taken.',
    CANCELLED: 'Ended before it was paid. If the acquirer took money all the same, it becomes SETTLED and `late`.',
    EXPIRED: 'The authorisation ran out.',
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
  }),
});

const CommissionRef = builder.prismaObject('Commission', {
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

/** The GraphQL type of a transaction. */
export const TransactionRef = builder.prismaObject('Transaction', {
  description: 'One attempt to pay a payment with one method.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    payment: t.relation('payment', { description: 'What it pays.' }),
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
      description: 'The code of the refusal on the imoje wire: `BLK-ERROR-210015`.',
    }),
    late: t.exposeBoolean('late', { description: 'The money came after the attempt or its payment was over.' }),
    surplus: t.exposeBoolean('surplus', { description: 'Another attempt had paid already; refund this one.' }),
    commission: t.relation('commission', {
      type: CommissionRef,
      nullable: true,
      description: 'What it costs the merchant; null until it has settled.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was started.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When the money was taken.' }),
  }),
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
