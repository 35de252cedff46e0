import { builder } from '../../graphql/builder.ts';
import { requirePage, withCursor } from '../../graphql/connection-arguments.ts';
import { requireOperator } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum, MoneyRef } from '../../graphql/money.ts';
import { refusableForOperator, resultUnion } from '../../graphql/refusable.ts';
import { choicesIn } from '../../kernel/choices.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { BankFile } from '../../kernel/db/generated/prisma/client.ts';
import type { BankFileStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { parseId } from '../../kernel/ids.ts';
import { rejectBankFile } from '../../payouts/reject-bank-file.ts';

const BankFileStatusEnum = builder.enumType('BankFileStatus', {
  description: 'Where a file for the bank stands.',
  values: describeValues<BankFileStatus>({
    MADE: 'Its payouts are SENT with it.',
    REJECTED: 'The bank refused it as a whole; its payouts go into other files.',
  }),
});

// The content is no part of it: a page of a hundred would be hundreds of megabytes.
const BankFileRef = builder.prismaObject('BankFile', {
  select: { id: true },
  description: 'A file that hands payouts of one currency to our bank for one session: a pain.001.001.09 message.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID; without dashes it is the id of the message (MsgId).' }),
    currency: t.expose('currency', { type: CurrencyEnum, description: 'ISO 4217.' }),
    status: t.expose('status', { type: BankFileStatusEnum, description: 'Where it stands.' }),
    sessionAt: t.expose('sessionAt', {
      type: 'DateTime',
      description: 'The session of Elixir it is for, or the end of the day on which its payouts are to arrive.',
    }),
    executionDay: t.field({
      type: 'Date',
      select: { executionDay: true },
      description: 'The day on which the bank is to execute it.',
      resolve: ({ executionDay }) => executionDay.toISOString().slice(0, 10),
    }),
    transactions: t.exposeInt('transactions', { description: 'How many payouts it was made of.' }),
    sum: t.field({
      type: MoneyRef,
      select: { sum: true, currency: true },
      description: 'What they come to.',
      resolve: ({ sum, currency }) => ({ amount: sum, currency }),
    }),
    sha256: t.string({
      select: { sha256: true },
      description: 'SHA-256 of its bytes, 64 hexadecimal digits.',
      resolve: ({ sha256 }) => Buffer.from(sha256).toString('hex'),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    writtenAt: t.expose('writtenAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was written into the folder for the bank; null: it was not, or there is no folder.',
    }),
    rejectedAt: t.expose('rejectedAt', { type: 'DateTime', nullable: true, description: 'When it was rejected.' }),
    rejectionReason: t.exposeString('rejectionReason', { nullable: true, description: 'What the bank said.' }),
  }),
});

builder.queryField('bankFiles', (t) =>
  t.prismaConnection(
    {
      type: BankFileRef,
      cursor: 'id',
      description: 'Files for the bank, newest first. Operators only. Refusals: INVALID_INPUT.',
      args: {
        status: t.arg({ type: [BankFileStatusEnum], description: 'Only in one of these states.' }),
        currency: t.arg({ type: [CurrencyEnum], description: 'Only in one of these currencies.' }),
      },
      resolve: async (query, _, args, context) => {
        requireOperator(context);
        const { bankFile } = context.app.payments.database.prisma;
        await requirePage(args, (id) => bankFile.findUnique({ where: { id }, select: { id: true } }));
        const status = choicesIn(args.status, ['status']);
        const currency = choicesIn(args.currency, ['currency']);
        return bankFile.findMany({
          ...query,
          where: {
            ...(status && withCursor({ status: { in: status } }, args)),
            ...(currency && { currency: { in: currency } }),
          },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
      },
    },
    { name: 'BankFileConnection', description: 'A page of files for the bank.' },
    { name: 'BankFileEdge', description: 'A file for the bank and its place in the list.' },
  ),
);

builder.queryField('bankFileContent', (t) =>
  t.string({
    nullable: true,
    description:
      'The content of a file for the bank, XML in UTF-8, or null when there is none with this id. Operators only.',
    args: { id: t.arg.id({ required: true, description: 'Id of the file.' }) },
    resolve: async (_, { id }, context) => {
      requireOperator(context);
      const where = { id: parseId(id, 'bank file') };
      const select = { content: true };
      const found = await context.app.payments.database.prisma.bankFile.findUnique({ where, select });
      return found?.content ?? null;
    },
  }),
);

const RejectBankFileInput = builder.inputType('RejectBankFileInput', {
  description: 'What the bank said of a file.',
  fields: (t) => ({
    bankFileId: t.id({ required: true, description: 'The file.' }),
    reason: t.string({ required: true, description: 'What the bank said: 1 to 500 characters.' }),
  }),
});

const RejectBankFileSuccess = builder.objectRef<{ bankFile: BankFile }>('RejectBankFileSuccess').implement({
  description: 'It is rejected, and its payouts wait for another file.',
  fields: (t) => ({ bankFile: t.expose('bankFile', { type: BankFileRef, description: 'As it is now.' }) }),
});

builder.mutationField('rejectBankFile', (t) =>
  t.field({
    type: resultUnion('RejectBankFile', RejectBankFileSuccess),
    description:
      'Says that the bank refused a whole file and executes nothing of it: its payouts are SCHEDULED again and go into another one. Refused once any payout of it is SETTLED or RETURNED, or a movement that is held or not booked yet names one. To take one of its payouts out for good, cancel it then (`cancelPayout`). Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: RejectBankFileInput, required: true, description: 'What the bank said.' }) },
    resolve: (_, { input }, context) =>
      refusableForOperator(context, async (operator) => {
        const { database, clock } = context.app.payments;
        const wish = {
          bankFileId: parseId(input.bankFileId, 'bank file', ['bankFileId']),
          reason: input.reason,
        };
        await inTransaction(database, (tx) => rejectBankFile(tx, { clock, operator }, wish));
        return { bankFile: await database.prisma.bankFile.findUniqueOrThrow({ where: { id: wish.bankFileId } }) };
      }),
  }),
);
