import { builder } from '../../graphql/builder.ts';
import { actorWith } from '../../graphql/context.ts';
import { CurrencyEnum, LocaleEnum } from '../../graphql/money.ts';
import { type Locale, parseLocale } from '../../kernel/i18n/locales.ts';
import { parsePaymentAmount } from '../../kernel/money.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { PaymentMethodEnum } from '../../transactions/graphql.ts';
import { listMethods, type MethodOption } from '../list-methods.ts';
import { methodName } from '../name-methods.ts';

const PaymentMethodOption = builder
  .objectRef<MethodOption & { readonly locale: Locale }>('PaymentMethodOption')
  .implement({
    description: 'A method that can pay now.',
    fields: (t) => ({
      method: t.expose('method', { type: PaymentMethodEnum, description: 'The method.' }),
      name: t.string({
        description: 'Its name for payers, in the language asked for.',
        resolve: ({ method, locale }) => methodName(method, locale),
      }),
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
      locale: t.arg({ type: LocaleEnum, description: "Language of the names; left out, the shop's." }),
    },
    resolve: async (_, { shopId, amount, currency, locale }, context) => {
      const { shops, acquirers } = context.app.payments;
      const shop = await findVisibleShop(shops, actorWith(context, 'payments:read'), shopId);
      parsePaymentAmount(amount);
      const language = locale ?? parseLocale(shop.locale) ?? 'pl';
      return listMethods(acquirers, shop, { currency, wanted: [] }).map((option) => ({ ...option, locale: language }));
    },
  }),
);
