import { builder } from '../../graphql/builder.ts';
import { requireOperator } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import type { AccountKind } from '../../kernel/db/generated/prisma/enums.ts';
import { accounts } from '../../ledger/accounts.ts';
import { drawTrialBalance, type TrialBalance } from '../../ledger/draw-trial-balance.ts';
import type { TrialBalanceLine } from '../../ledger/sql/read-balances-at.ts';

const meanings = Object.fromEntries(Object.entries(accounts).map(([kind, { meaning }]) => [kind, meaning])) as Record<
  AccountKind,
  string
>;

const AccountKindEnum = builder.enumType('AccountKind', {
  description: 'Kinds of accounts, and what a positive balance of theirs means.',
  values: describeValues(meanings),
});

const TrialBalanceLineRef = builder.objectRef<TrialBalanceLine>('TrialBalanceLine').implement({
  description: 'One account, or all shops or all recipients together.',
  fields: (t) => ({
    kind: t.expose('kind', { type: AccountKindEnum, description: 'What kind of account it is.' }),
    owner: t.exposeString('owner', {
      nullable: true,
      description: 'Whose it is: an acquirer or `gateway`; null for all shops or recipients together.',
    }),
    accounts: t.exposeInt('accounts', {
      description: 'How many accounts it sums up, of those on which something was booked.',
    }),
    balance: t.expose('balance', { type: 'MinorUnits', description: 'Minor units; what we owe is positive.' }),
  }),
});

const TrialBalanceRef = builder.objectRef<TrialBalance>('TrialBalance').implement({
  description: 'What all accounts of one currency had at a moment.',
  fields: (t) => ({
    currency: t.expose('currency', { type: CurrencyEnum, description: 'The currency.' }),
    lines: t.expose('lines', { type: [TrialBalanceLineRef], description: 'Its accounts.' }),
    sum: t.expose('sum', { type: 'MinorUnits', description: 'The sum of all lines: 0, or the books are wrong.' }),
  }),
});

builder.queryField('trialBalance', (t) =>
  t.field({
    type: [TrialBalanceRef],
    description:
      'What all accounts had just before a moment, by currency; those on which nothing was booked by the end of that day are left out. Operators only.',
    args: { before: t.arg({ type: 'DateTime', description: 'The moment; now when it is left out.' }) },
    resolve: (_, { before }, context) => {
      requireOperator(context);
      const { database, clock } = context.app.payments;
      return drawTrialBalance(database, before ?? clock.now());
    },
  }),
);
