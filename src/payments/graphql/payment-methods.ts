import type { Unavailability } from '../../acquirers/port.ts';
import { builder } from '../../graphql/builder.ts';
import { shopWith } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum, LocaleEnum } from '../../graphql/money.ts';
import { type Locale, parseLocale } from '../../kernel/i18n/locales.ts';
import { parsePaymentAmount } from '../../kernel/money.ts';
import { PaymentMethodEnum } from '../../shops/graphql.ts';
import { type ChannelOption, listMethods, type MethodOption } from '../list-methods.ts';
import { channelName, methodName } from '../name-methods.ts';

const UnavailabilityReasonEnum = builder.enumType('UnavailabilityReason', {
  description: 'Why nobody can pay through a channel now.',
  values: describeValues<Unavailability['reason']>({
    ACQUIRER_DOWN: 'Whoever takes the money is out of order; it is asked every few seconds whether it is back.',
    OUTSIDE_HOURS: 'The bank takes no payments at this hour.',
  }),
});

const UnavailabilityRef = builder.objectRef<Unavailability>('Unavailability').implement({
  description: 'Why and until when nobody can pay through a channel.',
  fields: (t) => ({
    reason: t.expose('reason', { type: UnavailabilityReasonEnum, description: 'Why.' }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Until when, by the merchant’s clock; null when nobody knows.',
      resolve: ({ until }) => until,
    }),
  }),
});

const PaymentChannelOption = builder
  .objectRef<ChannelOption & { readonly locale: Locale }>('PaymentChannelOption')
  .implement({
    description: 'A channel of a method: the exact variant, such as one bank.',
    fields: (t) => ({
      channel: t.exposeString('channel', { description: 'Give it as `channel` to startTransaction.' }),
      name: t.string({
        description: 'Its name for payers, in the language asked for; brands are not translated.',
        resolve: ({ channel, locale }) => channelName(channel, locale),
      }),
      unavailable: t.expose('unavailable', {
        type: UnavailabilityRef,
        nullable: true,
        description: 'Why it cannot be used now; null when it can.',
      }),
    }),
  });

const PaymentMethodOption = builder
  .objectRef<MethodOption & { readonly locale: Locale }>('PaymentMethodOption')
  .implement({
    description: 'A method of a shop, and its channels.',
    fields: (t) => ({
      method: t.expose('method', { type: PaymentMethodEnum, description: 'The method.' }),
      name: t.string({
        description: 'Its name for payers, in the language asked for.',
        resolve: ({ method, locale }) => methodName(method, locale),
      }),
      channels: t.stringList({
        description: 'Its channels that can be used now, best first; give one as `channel` to startTransaction.',
        resolve: (option) => [...option.channels],
      }),
      options: t.field({
        type: [PaymentChannelOption],
        description:
          'Its channels with their names, best first; with `includeUnavailable` also those that cannot be used now.',
        resolve: ({ options, locale }) => options.map((option) => ({ ...option, locale })),
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
      includeUnavailable: t.arg.boolean({
        defaultValue: false,
        description: 'True lists also what cannot be used at this moment, with the reason.',
      }),
    },
    resolve: async (_, { shopId, amount, currency, locale, includeUnavailable }, context) => {
      const { acquirers, clock } = context.app.payments;
      const shop = await shopWith(context, 'payments:read', shopId);
      const language = locale ?? parseLocale(shop.locale) ?? 'pl';
      const wish = {
        ...{ amount: parsePaymentAmount(amount), currency, wanted: [] },
        ...{ now: clock.now(shop), includeUnavailable: includeUnavailable ?? false },
      };
      return listMethods(acquirers, shop, wish).map((option) => ({ ...option, locale: language }));
    },
  }),
);
