import { builder } from '../../graphql/builder.ts';
import type { GraphContext } from '../../graphql/context.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { answering, resultUnion } from '../../graphql/refusable.ts';
import { addressGroup } from '../../kernel/address-group.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Merchant } from '../../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { type Applied, applyForContract } from '../apply-for-contract.ts';
import { claimAccess, type FirstAccess } from '../claim-access.ts';
import { type Applicant, requireApplicant } from '../require-applicant.ts';
import { signContract } from '../sign-contract.ts';
import { LegalFormEnum, MerchantStatusEnum } from './contract.ts';

/** The GraphQL type of an application. */
export const ApplicationRef = builder.prismaObject('Merchant', {
  variant: 'Application',
  description: 'An application for a contract, as its applicant and operators see it.',
  fields: (t) => ({
    merchantId: t.exposeString('id', { description: '20 characters `[a-z0-9]`.' }),
    status: t.expose('status', { type: MerchantStatusEnum, description: 'Where it stands.' }),
    name: t.exposeString('name', { description: 'The name of the merchant.' }),
    legalForm: t.expose('legalForm', { type: LegalFormEnum, description: 'The legal form.' }),
    nip: t.exposeString('nip', { nullable: true, description: 'The tax number.' }),
    regon: t.exposeString('regon', { nullable: true, description: 'The number in the register.' }),
    activeFrom: t.expose('reviewDueAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it takes effect by itself; null until it is signed, and once it has. Later while it is held.',
    }),
    heldReason: t.exposeString('heldReason', {
      nullable: true,
      description: 'Why the bank holds it; null: it does not.',
    }),
    reason: t.exposeString('statusReason', { nullable: true, description: 'Why it was refused.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

async function readApplicant(context: GraphContext, applicant: Applicant): Promise<Merchant> {
  const { database } = context.app.contracts;
  await inTransaction(database, (tx) => requireApplicant(tx, applicant));
  return database.prisma.merchant.findUniqueOrThrow({ where: { id: applicant.merchantId } });
}

builder.queryField('application', (t) =>
  t.field({
    type: ApplicationRef,
    description:
      'An application, for whoever made it. Send it by POST: an address with the secret in it would stand in logs. Needs no key. Refusals: NOT_FOUND, INVALID_INPUT (sent by GET).',
    args: {
      merchantId: t.arg.string({ required: true, description: 'As `applyForContract` gave it.' }),
      secret: t.arg.string({ required: true, description: 'As `applyForContract` gave it.' }),
    },
    resolve: (_, applicant, context) => {
      if (context.inAddress) {
        throw new InvalidInput('Send this query by POST: the address of a request, with the secret, goes into logs.', [
          'secret',
        ]);
      }
      return readApplicant(context, applicant);
    },
  }),
);

const PayoutAccountInput = builder.inputType('PayoutAccountInput', {
  description: 'Where payouts of one currency are to go.',
  fields: (t) => ({
    currency: t.field({ type: CurrencyEnum, required: true, description: 'Of which payouts.' }),
    iban: t.string({ required: true, description: '26 digits, with or without PL; spaces do not matter.' }),
  }),
});

const FirstShopInput = builder.inputType('FirstShopInput', {
  description: 'The first shop of a merchant.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What payers read: 1 to 100 characters.' }),
    url: t.field({ type: 'URL', required: true, description: 'Where it sells.' }),
  }),
});

const ApplyForContractInput = builder.inputType('ApplyForContractInput', {
  description: 'What somebody writes who wants a contract.',
  fields: (t) => ({
    idempotencyKey: t.string({
      required: true,
      description: 'A random UUID; keep it to yourself, it gives the secret again.',
    }),
    legalForm: t.field({ type: LegalFormEnum, required: true, description: 'The legal form.' }),
    name: t.string({ required: true, description: 'The name in the register: 1 to 200 characters.' }),
    nip: t.string({ required: true, description: 'The tax number: ten digits with a good check digit.' }),
    regon: t.string({
      required: true,
      description: 'The number in the register: 9 or 14 digits with good check digits.',
    }),
    email: t.string({ required: true, description: 'At most 200 characters.' }),
    street: t.string({ required: true, description: 'Street and house: 1 to 100 characters.' }),
    postalCode: t.string({ required: true, description: 'Such as 00-950.' }),
    city: t.string({ required: true, description: '1 to 100 characters.' }),
    payoutAccounts: t.field({
      type: [PayoutAccountInput],
      required: true,
      description: 'One for each currency that the shop is to take; at least one.',
    }),
    shop: t.field({ type: FirstShopInput, required: true, description: 'The first shop.' }),
  }),
});

type AppliedAnswer = Applied & { readonly application: Merchant };

const ApplyForContractSuccess = builder.objectRef<AppliedAnswer>('ApplyForContractSuccess').implement({
  description: 'The application is made. Keep the secret: by it you sign, follow the application, and get your keys.',
  fields: (t) => ({
    application: t.expose('application', { type: ApplicationRef, description: 'The application.' }),
    secret: t.exposeString('secret', { description: '64 hexadecimal digits, of which only a hash is kept.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had made it.' }),
  }),
});

builder.mutationField('applyForContract', (t) =>
  t.field({
    type: resultUnion('ApplyForContract', ApplyForContractSuccess),
    description:
      'Applies for a contract, with the first shop. Needs no key. Refusals: INVALID_INPUT, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED.',
    args: { input: t.arg({ type: ApplyForContractInput, required: true, description: 'The application.' }) },
    resolve: (_, { input: { idempotencyKey, ...input } }, context) =>
      answering(context, async () => {
        const address = addressGroup(context.address) ?? context.address;
        const applied = await applyForContract(context.app.contracts, { idempotencyKey, address }, input);
        return { ...applied, application: await readApplicant(context, applied) };
      }),
  }),
);

const ApplicantInput = builder.inputType('ApplicantInput', {
  description: 'By what an applicant shows that an application is his.',
  fields: (t) => ({
    merchantId: t.string({ required: true, description: 'As `applyForContract` gave it.' }),
    secret: t.string({ required: true, description: 'As `applyForContract` gave it.' }),
  }),
});

const SignContractSuccess = builder.objectRef<{ application: Merchant }>('SignContractSuccess').implement({
  description: 'The contract is signed; it takes effect after a few working hours.',
  fields: (t) => ({ application: t.expose('application', { type: ApplicationRef, description: 'As it is now.' }) }),
});

builder.mutationField('signContract', (t) =>
  t.field({
    type: resultUnion('SignContract', SignContractSuccess),
    description:
      'Signs the contract, for a sole trader; others sign with the bank. Needs no key. Refusals: NOT_FOUND, WRONG_STATE.',
    args: { input: t.arg({ type: ApplicantInput, required: true, description: 'Which application.' }) },
    resolve: (_, { input }, context) =>
      answering(context, async () => {
        const { contracts } = context.app;
        await inTransaction(contracts.database, (tx) => signContract(tx, contracts, input));
        return { application: await readApplicant(context, input) };
      }),
  }),
);

const ClaimAccessSuccess = builder.objectRef<FirstAccess>('ClaimAccessSuccess').implement({
  description: 'All that a new merchant’s programs need, shown this once.',
  fields: (t) => ({
    merchantId: t.exposeString('merchantId', { description: 'The merchant.' }),
    shopId: t.exposeID('shopId', { description: 'The first shop; the `serviceId` of imoje.' }),
    serviceKey: t.exposeString('serviceKey', { description: 'Signs forms and notifications of that shop.' }),
    apiKey: t.exposeString('apiKey', { description: 'For GraphQL, `bk_…`, with every scope.' }),
    restToken: t.exposeString('restToken', { description: 'For the REST calls of imoje.' }),
  }),
});

builder.mutationField('claimAccess', (t) =>
  t.field({
    type: resultUnion('ClaimAccess', ClaimAccessSuccess),
    description:
      'Hands the first keys over once the contract has taken effect. Needs no key. Refusals: NOT_FOUND, WRONG_STATE, ACCESS_CLAIMED.',
    args: { input: t.arg({ type: ApplicantInput, required: true, description: 'Which application.' }) },
    resolve: (_, { input }, context) =>
      answering(context, () => {
        const { contracts } = context.app;
        return inTransaction(contracts.database, (tx) => claimAccess(tx, contracts, input));
      }),
  }),
);
