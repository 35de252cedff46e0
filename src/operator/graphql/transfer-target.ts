import { builder } from '../../graphql/builder.ts';
import { requireOperator } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { MoneyRef } from '../../graphql/money.ts';
import { findTarget } from '../../transfers/find-target.ts';
import type { TransferTarget } from '../../transfers/sql/read-target.ts';

const TransferTargetKindEnum = builder.enumType('TransferTargetKind', {
  description: 'What a movement on our account may be for.',
  values: describeValues<TransferTarget['kind']>({
    TRANSACTION: 'An attempt to pay by a transfer.',
    PAYOUT: 'A payout.',
  }),
});

const TransferTargetRef = builder.objectRef<TransferTarget>('TransferTarget').implement({
  description: 'A transaction that is paid by a transfer, or a payout: what a held transfer may be assigned to.',
  fields: (t) => ({
    kind: t.expose('kind', { type: TransferTargetKindEnum, description: 'Which of the two it is.' }),
    id: t.exposeID('id', { description: 'UUID: `transactionId` or `payoutId` of assignHeldTransfer.' }),
    status: t.exposeString('status', { description: 'Where it stands: a TransactionStatus or a PayoutStatus.' }),
    shopId: t.exposeID('shopId', {
      nullable: true,
      description: 'The shop that is paid; null when a recipient of baskets is.',
    }),
    amount: t.field({ type: MoneyRef, description: 'What is asked for, or paid out.', resolve: (row) => row }),
    applied: t.field({
      type: MoneyRef,
      description: 'What of transfers has gone to the transaction already; 0 for a payout.',
      resolve: ({ applied: amount, currency }) => ({ amount, currency }),
    }),
    account: t.exposeString('account', {
      description: 'The account number on which the money of the transaction is awaited, or to which the payout goes.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

builder.queryField('transferTarget', (t) =>
  t.field({
    type: TransferTargetRef,
    nullable: true,
    description:
      'The transaction or payout that a held transfer may be for, as its title or a file of the bank names it, or null. Operators only. Refusals: INVALID_INPUT.',
    args: {
      reference: t.arg.string({
        required: true,
        description:
          'The id of a transaction or payout, with or without dashes, or the account number on which the money of a transaction is awaited.',
      }),
    },
    resolve: async (_, { reference }, context) => {
      requireOperator(context);
      return (await findTarget(context.app.transfers.database, reference)) ?? null;
    },
  }),
);
