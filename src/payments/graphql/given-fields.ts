import { builder } from '../../graphql/builder.ts';
import { connectionWithin } from '../../graphql/connections.ts';
import { actorWith, type GraphContext } from '../../graphql/context.ts';
import { MoneyRef } from '../../graphql/money.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import type { Listing } from '../../kernel/listing.ts';
import { customerIdOf } from '../../profiles/model.ts';
import { type CartItem, type Invoice, type InvoicePosition, readCart, readInvoice } from '../read-trade-documents.ts';
import type { ShownPayment } from '../store.ts';
import { TaxStakeEnum } from './cart-input.ts';
import { PaymentRef } from './payment.ts';

const CustomerRef = builder.objectRef<Payment>('Customer').implement({
  description: 'The payer, as the shop or he himself named him.',
  fields: (t) => ({
    firstName: t.exposeString('customerFirstName', { description: 'First name.' }),
    lastName: t.exposeString('customerLastName', { description: 'Last name.' }),
    email: t.exposeString('customerEmail', { nullable: true, description: 'E-mail address.' }),
    phone: t.exposeString('customerPhone', { nullable: true, description: 'Telephone number, as it was given.' }),
    company: t.exposeString('customerCompany', { nullable: true, description: 'Company.' }),
    taxId: t.exposeString('customerTaxId', { nullable: true, description: 'Tax number; in Poland the NIP.' }),
  }),
});

const orElse = 'Null where the form or the REST door took it in a form that has no place here.';

const CartItemRef = builder.objectRef<CartItem>('CartItem').implement({
  description: `Something that is bought. ${orElse}`,
  fields: (t) => ({
    number: t.exposeString('number', { nullable: true, description: "The shop's own number of it." }),
    name: t.exposeString('name', { nullable: true, description: 'What it is.' }),
    amount: t.expose('amount', { type: MoneyRef, nullable: true, description: 'Net price of one.' }),
    tax: t.expose('tax', { type: MoneyRef, nullable: true, description: 'VAT of one.' }),
    taxStake: t.expose('taxStake', { type: TaxStakeEnum, nullable: true, description: 'The rate of that.' }),
    quantity: t.expose('quantity', { type: 'Count', nullable: true, description: 'How many.' }),
  }),
});

const CartItemConnection = builder.connectionObject(
  { type: CartItemRef, name: 'CartItemConnection', description: 'A page of what is bought.' },
  builder.edgeObject({
    type: CartItemRef,
    name: 'CartItemEdge',
    description: 'Something that is bought, and its place.',
  }),
);

/** A cart has up to a thousand items, and a list up to a hundred payments: pages keep an answer to what was asked for. */
const CartRef = builder.objectRef<Listing<CartItem>>('Cart').implement({
  description: 'What is bought.',
  fields: (t) => ({
    items: t.connection(
      {
        type: CartItemRef,
        description: 'In the order of the shop. Refusals: INVALID_INPUT.',
        resolve: connectionWithin,
      },
      CartItemConnection,
    ),
  }),
});

const InvoiceBuyerRef = builder.objectRef<Invoice['buyer']>('InvoiceBuyer').implement({
  description: `Who buys. ${orElse}`,
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'Name of the company or person.' }),
    taxNumber: t.exposeString('taxNumber', { nullable: true, description: 'Tax number; in Poland the NIP.' }),
    country: t.exposeString('country', { nullable: true, description: 'Of the tax number: ISO 3166-1.' }),
  }),
});

const InvoicePositionRef = builder.objectRef<InvoicePosition>('InvoicePosition').implement({
  description: `A line of an invoice. ${orElse}`,
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'What is bought.' }),
    quantity: t.expose('quantity', { type: 'Count', nullable: true, description: 'How many, when it is whole.' }),
    grossAmount: t.expose('grossAmount', { type: MoneyRef, nullable: true, description: 'Price of one with VAT.' }),
    taxStake: t.expose('taxStake', { type: TaxStakeEnum, nullable: true, description: 'The rate of VAT.' }),
    taxAmount: t.expose('taxAmount', { type: MoneyRef, nullable: true, description: 'The VAT of the whole line.' }),
  }),
});

const InvoicePositionConnection = builder.connectionObject(
  { type: InvoicePositionRef, name: 'InvoicePositionConnection', description: 'A page of the lines of an invoice.' },
  builder.edgeObject({
    type: InvoicePositionRef,
    name: 'InvoicePositionEdge',
    description: 'A line of an invoice, and its place.',
  }),
);

const InvoiceRef = builder.objectRef<Invoice>('Invoice').implement({
  description: 'The invoice that is paid.',
  fields: (t) => ({
    number: t.exposeString('number', { nullable: true, description: 'Its number; null when none was given.' }),
    buyer: t.expose('buyer', { type: InvoiceBuyerRef, description: 'Who buys.' }),
    positions: t.connection(
      {
        type: InvoicePositionRef,
        description: 'In the order of the shop. Refusals: INVALID_INPUT.',
        resolve: ({ positions }, args) => connectionWithin(positions, args),
      },
      InvoicePositionConnection,
    ),
  }),
});

/**
 * Reads what a shop gave for a payment. Payments are also reached from refunds, payouts and the answers of mutations, by keys
 * that may not read them: whom they are of, and where he is sent, is told to keys that may.
 */
function given<Value>(read: (payment: Payment) => Value) {
  return (payment: Payment, _: object, context: GraphContext): Value => {
    actorWith(context, 'payments:read');
    return read(payment);
  };
}

/** Lists read the name of the payer alone, not the documents that it is kept with. */
function shownCustomerId(payment: Payment & Pick<ShownPayment, 'customerId'>): string | undefined {
  const { customerId } = payment;
  return customerIdOf(customerId === undefined ? payment : { documents: { customerId } });
}

/** All of it may be null: an error must not take the rest of the payment along, which may just have been made. */
builder.prismaObjectFields(PaymentRef, (t) => ({
  customer: t.field({
    type: CustomerRef,
    nullable: true,
    description: 'The payer. Scope: payments:read.',
    resolve: given((payment) => payment),
  }),
  customerId: t.string({
    nullable: true,
    description: "The shop's own name of the payer, under which cards are stored. Scope: payments:read.",
    resolve: given(shownCustomerId),
  }),
  description: t.string({
    nullable: true,
    description: "The shop's own note, of its form, REST call or link; payers do not see it. Scope: payments:read.",
    resolve: given((payment) => payment.description),
  }),
  successUrl: t.field({
    type: 'URL',
    nullable: true,
    description: 'Where the payer goes once it is paid. Scope: payments:read.',
    resolve: given((payment) => payment.successUrl),
  }),
  failureUrl: t.field({
    type: 'URL',
    nullable: true,
    description: 'Where the payer goes when it cannot be paid any more. Scope: payments:read.',
    resolve: given((payment) => payment.failureUrl),
  }),
  returnUrl: t.field({
    type: 'URL',
    nullable: true,
    description: 'Where the payer goes when neither of the others is given. Scope: payments:read.',
    resolve: given((payment) => payment.returnUrl),
  }),
  notificationUrl: t.field({
    type: 'URL',
    nullable: true,
    description: "Where its notifications go; null: to the shop's address. Scope: payments:read.",
    resolve: given((payment) => payment.notificationUrl),
  }),
  cart: t.field({
    type: CartRef,
    nullable: true,
    description: 'What is bought, as given for the method LEASE. Scope: payments:read.',
    resolve: given(readCart),
  }),
  invoice: t.field({
    type: InvoiceRef,
    nullable: true,
    description: 'The invoice that is paid, as given for the channel wt_split. Scope: payments:read.',
    resolve: given(readInvoice),
  }),
}));
