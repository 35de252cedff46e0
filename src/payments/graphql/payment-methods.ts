import { builder } from '../../graphql/builder.ts';
import { actorWith } from '../../graphql/context.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { parsePaymentAmount } from '../../kernel/money.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { PaymentMethodEnum } from '../../transactions/graphql.ts';
import { listMethods, type MethodOption } from '../list-methods.ts';

const PaymentMethodOption = builder.objectRef<MethodOption>('PaymentMethodOption').implement({
  description: 'A method that can pay now.',
  fields: (t) => ({
    method: t.expose('method', { type: PaymentMethodEnum, description: 'The method.' }),
    channels: t.stringList({
      description: 'Its channels, best first; give one as `channel` to startTransaction.',
      resolve: (option) => [...option.channels],
    }),
  }),
});

builder.queryField('paymentMethods', (t) =>
  t.field({
    type: [PaymentMethodOption],
    description:
      'What can pay an amount at a shop now, best first. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
    args: {
      shopId: t.arg.id({ required: true, description: 'The shop.' }),
      amount: t.arg({ type: 'MinorUnits', required: true, description: '1 to 999,999,999 minor units.' }),
      currency: t.arg({ type: CurrencyEnum, required: true, description: 'The currency.' }),
    },
    resolve: async (_, { shopId, amount, currency }, context) => {
      const { shops, acquirers } = context.app.payments;
      const shop = await findVisibleShop(shops, actorWith(context, 'payments:read'), shopId);
      parsePaymentAmount(amount);
      return listMethods(acquirers, shop, { currency, wanted: [] });
    },
  }),
);
