import { builder } from '../graphql/builder.ts';
import { MoneyRef } from '../graphql/money.ts';

builder.prismaObject('BasketShare', {
  description: 'What one recipient gets of a payment.',
  select: { amount: true, currency: true, recipient: { select: { iban: true } } },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    label: t.exposeString('label', { description: 'Whom it is for.' }),
    title: t.exposeString('title', { nullable: true, description: 'What the recipient reads on his statement.' }),
    amount: t.field({ type: MoneyRef, description: 'What he gets.', resolve: (row) => row }),
    iban: t.string({ description: 'Where he is paid.', resolve: ({ recipient }) => recipient.iban }),
  }),
});
