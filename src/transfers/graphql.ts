import { builder } from '../graphql/builder.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { MoneyRef } from '../graphql/money.ts';
import type { StatementEntry, StatementFile } from '../kernel/db/generated/prisma/client.ts';
import type {
  EntryDirection,
  HeldReason,
  StatementEntryStatus,
  StatementFormat,
} from '../kernel/db/generated/prisma/enums.ts';
import { withoutHyphens } from '../kernel/ids.ts';
import type { Money } from '../kernel/money.ts';

const StatementFormatEnum = builder.enumType('StatementFormat', {
  description: 'In what a bank writes what moved on an account.',
  values: describeValues<StatementFormat>({
    CAMT_053: 'camt.053 (ISO 20022): the statement of a day.',
    CAMT_054: 'camt.054 (ISO 20022): single movements, before the statement.',
    MT940: 'MT940 (SWIFT): the statement of a day.',
  }),
});

/** A file that was imported. */
export const StatementFileRef = builder.objectRef<StatementFile>('StatementFile').implement({
  description: 'A file of the bank that was imported.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    name: t.exposeString('name', { description: 'As it was called.' }),
    format: t.expose('format', { type: StatementFormatEnum, description: 'What it is.' }),
    entries: t.field({
      type: 'Count',
      description: 'How many booked movements it tells of.',
      resolve: ({ entries }) => BigInt(entries),
    }),
    newEntries: t.field({
      type: 'Count',
      description: 'How many of them no file had told before.',
      resolve: ({ fresh }) => BigInt(fresh),
    }),
    importedAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was imported first.' }),
  }),
});

const EntryDirectionEnum = builder.enumType('EntryDirection', {
  description: 'Which way money went on our account.',
  values: describeValues<EntryDirection>({ CREDIT: 'It came in.', DEBIT: 'It went out.' }),
});

/** States of a movement. */
export const StatementEntryStatusEnum = builder.enumType('StatementEntryStatus', {
  description: 'What became of a movement on our account.',
  values: describeValues<StatementEntryStatus>({
    NEW: 'It is kept, and waits to be booked.',
    BOOKED: 'All of it has its place: a payment, a payout, a transfer that was sent back.',
    PARTIAL: 'It is for a payment that has not all of its money yet, and waits for the rest.',
    HELD: 'It has no place, or a part of it has none: an operator decides.',
    RETURNED: 'It, or what was held of it, was sent back, or the bank took it back.',
    DISMISSED: 'It went out for nothing of the gateway’s.',
  }),
});

const HeldReasonEnum = builder.enumType('HeldReason', {
  description: 'Why a movement waits.',
  values: describeValues<HeldReason>({
    UNKNOWN_ACCOUNT: 'It names no account number on which money is awaited, or several of different attempts.',
    CURRENCY_DIFFERS: 'It is in another currency than the payment.',
    ATTEMPT_NOT_SENT: 'The attempt to pay was never sent, so nobody can have paid it.',
    UNDERPAID: 'It is less than the payment lacks.',
    OVERPAID: 'It is more than the payment lacked: the rest is held.',
    PAID_ALREADY: 'The payment has all of its money.',
    PAYOUT_NOT_SENT: 'It names a payout that was not sent yet.',
    PAYOUT_AMOUNT_DIFFERS: 'It names a payout of another amount or currency.',
    PAYOUT_REPEATED: 'It names a payout that has such a movement already.',
    UNKNOWN_DEBIT: 'Money went out for no payout, and no transfer that was sent back.',
  }),
});

const sumOf =
  (part: 'amount' | 'appliedAmount' | 'heldAmount' | 'releasedAmount' | 'takenBackAmount') =>
  (row: StatementEntry): Money => ({ amount: row[part], currency: row.currency });

/** A movement on our account. */
export const StatementEntryRef = builder.prismaObject('StatementEntry', {
  description: 'One movement on an account of ours, as the bank told it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    number: t.expose('number', { type: 'Count', description: 'Ascending in the order of import, perhaps with gaps.' }),
    account: t.exposeString('account', { description: 'The account: an IBAN.' }),
    direction: t.expose('direction', { type: EntryDirectionEnum, description: 'In or out.' }),
    isReversal: t.exposeBoolean('isReversal', { description: 'It takes an earlier movement back.' }),
    amount: t.field({ type: MoneyRef, description: 'How much it was.', resolve: sumOf('amount') }),
    applied: t.field({
      type: MoneyRef,
      description: 'What of it went to payments.',
      resolve: sumOf('appliedAmount'),
    }),
    held: t.field({ type: MoneyRef, description: 'What of it is held.', resolve: sumOf('heldAmount') }),
    returned: t.field({
      type: MoneyRef,
      description: 'What of it was sent back, or came out of a payout that was returned.',
      resolve: sumOf('releasedAmount'),
    }),
    takenBack: t.field({
      type: MoneyRef,
      description: 'What of it the bank took back.',
      resolve: sumOf('takenBackAmount'),
    }),
    bookedOn: t.field({
      type: 'Date',
      description: 'The day on which the bank booked it.',
      resolve: ({ bookedOn }) => bookedOn.toISOString().slice(0, 10),
    }),
    bankReference: t.exposeString('bankReference', { nullable: true, description: 'What the bank calls it.' }),
    endToEndId: t.exposeString('endToEndId', { nullable: true, description: 'What whoever sent it calls it.' }),
    counterpartyName: t.exposeString('counterpartyName', { nullable: true, description: 'The other side.' }),
    counterpartyAccount: t.exposeString('counterpartyAccount', {
      nullable: true,
      description: 'The account of the other side: an IBAN, or what the bank wrote.',
    }),
    title: t.exposeString('title', { description: 'Its title, at most 500 characters.' }),
    status: t.expose('status', { type: StatementEntryStatusEnum, description: 'What became of it.' }),
    reason: t.expose('reason', {
      type: HeldReasonEnum,
      nullable: true,
      description: 'Why it waits; null when it does not.',
    }),
    transactionId: t.exposeID('transactionId', {
      nullable: true,
      description: 'The transaction that it pays, takes money back from, or whose account number it names.',
    }),
    payoutId: t.exposeID('payoutId', { nullable: true, description: 'The payout that it is, or names.' }),
    returnReason: t.exposeString('returnReason', {
      nullable: true,
      description: 'Why it came back, when it brings back what we had sent: a code of ISO 20022 such as AC04.',
    }),
    returnReference: t.string({
      description:
        'The reference (EndToEndId) for the transfer that sends it back: by it the bank’s debit is recognised.',
      resolve: ({ id }) => withoutHyphens(id),
    }),
    importedAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was imported.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});
