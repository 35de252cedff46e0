import { builder } from '../../graphql/builder.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum, MoneyRef } from '../../graphql/money.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';
import type { PayoutStatus } from '../../kernel/db/generated/prisma/enums.ts';
import type { Money } from '../../kernel/money.ts';
import { ShopRef } from '../../shops/graphql.ts';

/** States of a payout. */
export const PayoutStatusEnum = builder.enumType('PayoutStatus', {
  description: 'Where a payout stands.',
  values: describeValues<PayoutStatus>({
    SCHEDULED:
      'Taken from the balance; it goes to the bank for the next session. It waits if one to its account came back.',
    SENT: 'Handed to the bank.',
    SETTLED: 'Booked by the bank.',
    RETURNED:
      'It came back, or was cancelled before it was sent; the sum is on the balance again, and part of the next payout. That waits until another account is in force, or it is said that this one may be paid to again.',
  }),
});

const sumOf =
  (part: 'gross' | 'refunds' | 'returned' | 'carriedIn' | 'commission' | 'carriedOut' | 'net') =>
  (row: Payout): Money => ({ amount: row[part], currency: row.currency });

/** The GraphQL type of a payout. */
export const PayoutRef = builder.prismaObject('Payout', {
  description:
    'A balance paid out for one business day: net = carriedIn + gross + returned - refunds - commission - carriedOut. Commission is taken here, and no invoice follows.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    shop: t.field({
      type: ShopRef,
      nullable: true,
      description: 'The shop that is paid; null when a recipient of baskets is.',
      resolve: ({ shopId }, _, context) => (shopId === null ? null : context.loaders.shop.load(shopId)),
    }),
    recipient: t.relation('recipient', {
      nullable: true,
      description: 'The recipient of baskets who is paid; null when a shop is.',
    }),
    currency: t.expose('currency', { type: CurrencyEnum, description: 'ISO 4217. Currencies are never mixed.' }),
    businessDay: t.field({
      type: 'Date',
      description: 'The day of the run. It takes up what was booked before that day began in Europe/Warsaw.',
      resolve: ({ businessDay }) => businessDay.toISOString().slice(0, 10),
    }),
    status: t.expose('status', { type: PayoutStatusEnum, description: 'Where it stands.' }),
    gross: t.field({ type: MoneyRef, description: 'Settled sales.', resolve: sumOf('gross') }),
    refunds: t.field({
      type: MoneyRef,
      description: 'Refunds that were ordered, less those that were refused; below zero when more were refused.',
      resolve: sumOf('refunds'),
    }),
    returned: t.field({
      type: MoneyRef,
      description:
        'Earlier payouts that came back or were cancelled, less those cancelled that the bank executed all the same; below zero when these are more.',
      resolve: sumOf('returned'),
    }),
    carriedIn: t.field({
      type: MoneyRef,
      description: 'What the payout before had left on the balance.',
      resolve: sumOf('carriedIn'),
    }),
    commission: t.field({ type: MoneyRef, description: 'Commission of what settled.', resolve: sumOf('commission') }),
    carriedOut: t.field({
      type: MoneyRef,
      description:
        'What stays for the next payout: a rest below a whole forint, or what refunds have taken since midnight.',
      resolve: sumOf('carriedOut'),
    }),
    net: t.field({ type: MoneyRef, description: 'What is transferred.', resolve: sumOf('net') }),
    iban: t.exposeString('iban', { description: 'The account it goes to.' }),
    sendAt: t.expose('sendAt', {
      type: 'DateTime',
      description: 'When it is due at the bank: PLN half an hour before the session of Elixir, others at once.',
    }),
    expectedAt: t.expose('expectedAt', {
      type: 'DateTime',
      description:
        'When it should arrive: PLN with the next session of Elixir, others by the end of the day named here.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was taken from the balance.' }),
    sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true, description: 'When it was handed to the bank.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When the bank booked it.' }),
    returnedAt: t.expose('returnedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it came back, or was cancelled.',
    }),
    returnReason: t.exposeString('returnReason', {
      nullable: true,
      description: 'Why it came back, or was cancelled: a code of ISO 20022 such as AC04, a closed account.',
    }),
    resumedAt: t.expose('resumedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when its account may be paid to again, of one that came back: it was said so, or the account was named anew; until then the next payout waits for another account.',
    }),
  }),
});
