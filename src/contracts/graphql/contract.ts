import { requireWholeMerchant } from '../../auth/actor.ts';
import { MerchantRef } from '../../auth/graphql.ts';
import { builder } from '../../graphql/builder.ts';
import { type GraphContext, requireActor } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import type { LegalForm, MerchantStatus, PayoutAccountChangeStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { settlement } from '../model.ts';

/** States of a merchant. */
export const MerchantStatusEnum = builder.enumType('MerchantStatus', {
  description: 'Where a merchant stands with the contract.',
  values: describeValues<MerchantStatus>({
    APPLIED: 'Has applied, and has not signed.',
    SIGNED: 'Has signed; it takes effect after a few working hours.',
    ACTIVE: 'The contract runs.',
    NOTICE: 'Notice was given; until the end everything works.',
    TERMINATED: 'The contract has ended: no new payments; payouts go on, and refunds that balances cover.',
    REFUSED: 'The application was refused.',
  }),
});

/** Legal forms of merchants. */
export const LegalFormEnum = builder.enumType('LegalForm', {
  description: 'Legal forms of merchants.',
  values: describeValues<LegalForm>({
    SOLE_TRADER: 'One person who trades; signs by himself.',
    CIVIL_PARTNERSHIP: 'Spółka cywilna.',
    PARTNERSHIP: 'A partnership of the commercial code.',
    LIMITED_COMPANY: 'Spółka z o.o.',
    JOINT_STOCK_COMPANY: 'Spółka akcyjna.',
    OTHER: 'Any other, such as a foundation.',
  }),
});

const SettlementEnum = builder.enumType('Settlement', {
  description: 'How a merchant is settled. It cannot be changed.',
  values: describeValues<typeof settlement>({
    NEXT_BUSINESS_DAY: 'All that was owed at midnight is paid out on the business day, less commission.',
  }),
});

const ContractRef = builder.prismaObject('Contract', {
  description: 'The contract of a merchant, for an indefinite time.',
  fields: (t) => ({
    settlement: t.field({
      type: SettlementEnum,
      description: 'How it is settled.',
      resolve: () => settlement as typeof settlement,
    }),
    signedAt: t.expose('signedAt', { type: 'DateTime', nullable: true, description: 'When it was signed.' }),
    noticeAt: t.expose('noticeAt', { type: 'DateTime', nullable: true, description: 'When notice was given.' }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ends; null: no notice was given.',
    }),
  }),
});

/** The GraphQL type of an account that payouts go to. */
export const PayoutAccountRef = builder.prismaObject('PayoutAccount', {
  description: 'Where payouts of one currency go.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    currency: t.expose('currency', { type: CurrencyEnum, description: 'Of which payouts.' }),
    iban: t.exposeString('iban', { description: 'PL and 26 digits.' }),
    validFrom: t.expose('validFrom', { type: 'DateTime', description: 'Since when.' }),
    validUntil: t.expose('validUntil', { type: 'DateTime', nullable: true, description: 'Until when; null: now.' }),
  }),
});

const PayoutAccountChangeStatusEnum = builder.enumType('PayoutAccountChangeStatus', {
  description: 'Where a change of a payout account stands.',
  values: describeValues<PayoutAccountChangeStatus>({
    REQUESTED: 'Waits, and can be cancelled.',
    CANCELLED: 'Was cancelled.',
    IN_FORCE: 'Payouts go there.',
  }),
});

/** The GraphQL type of a change of a payout account. */
export const PayoutAccountChangeRef = builder.prismaObject('PayoutAccountChange', {
  description: 'A merchant’s wish to be paid elsewhere.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    currency: t.expose('currency', { type: CurrencyEnum, description: 'Of which payouts.' }),
    iban: t.exposeString('iban', { description: 'PL and 26 digits.' }),
    status: t.expose('status', { type: PayoutAccountChangeStatusEnum, description: 'Where it stands.' }),
    inForceFrom: t.expose('inForceFrom', {
      type: 'DateTime',
      description: 'From when payouts go there; until then it can be cancelled.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
});

/** The condition of reads of what belongs to the merchant as a whole. @throws Forbidden; Unauthenticated. */
function ofWholeMerchant(context: GraphContext): { readonly merchantId: string } {
  const actor = requireActor(context);
  requireWholeMerchant(actor, 'contract:read');
  return { merchantId: actor.merchantId };
}

const scope = 'Scope: contract:read. The key must be good for the whole merchant.';

builder.prismaObjectFields(MerchantRef, (t) => ({
  status: t.expose('status', { type: MerchantStatusEnum, description: 'Where he stands with the contract.' }),
  legalForm: t.expose('legalForm', { type: LegalFormEnum, description: 'The legal form.' }),
  nip: t.exposeString('nip', { nullable: true, description: 'The tax number: ten digits.' }),
  regon: t.exposeString('regon', { nullable: true, description: 'The number in the register: 9 or 14 digits.' }),
  email: t.string({
    nullable: true,
    description: `Where the bank writes to. ${scope}`,
    resolve: (merchant, _, context) => ofWholeMerchant(context) && merchant.email,
  }),
  address: t.string({
    nullable: true,
    description: `The registered address, in one line. ${scope}`,
    resolve: ({ street, postalCode, city }, _, context) =>
      ofWholeMerchant(context) && street && `${street}, ${postalCode} ${city}`,
  }),
  contract: t.prismaField({
    type: ContractRef,
    nullable: true,
    description: `The contract; null for merchants that are older than contracts. ${scope}`,
    resolve: (query, _, __, context) =>
      context.app.payments.database.prisma.contract.findUnique({ ...query, where: ofWholeMerchant(context) }),
  }),
  payoutAccounts: t.prismaField({
    type: [PayoutAccountRef],
    description: `The accounts that payouts go to or went to, newest first, at most 100. ${scope}`,
    resolve: (query, _, __, context) =>
      context.app.payments.database.prisma.payoutAccount.findMany({
        ...query,
        where: ofWholeMerchant(context),
        orderBy: [{ validFrom: 'desc' }, { id: 'desc' }],
        take: 100,
      }),
  }),
  payoutAccountChanges: t.prismaField({
    type: [PayoutAccountChangeRef],
    description: `Changes of payout accounts, newest first, at most 100. ${scope}`,
    resolve: (query, _, __, context) =>
      context.app.payments.database.prisma.payoutAccountChange.findMany({
        ...query,
        where: ofWholeMerchant(context),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: 100,
      }),
  }),
}));
