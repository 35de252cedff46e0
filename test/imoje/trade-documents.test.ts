import { describe, expect, it } from 'vitest';
import { readPaymentForm } from '../../src/imoje/form/form-fields.ts';
import { problemsOf } from '../../src/imoje/trade-documents.ts';
import { goodForm, packed } from './form/good-form.ts';

/** As the official plugins for PHP write them: floats that are whole, empty texts, false for no category. */
const invoice = {
  buyer: {
    ...{ type: 'PERSON', email: 'a@shop.example', fullName: 'Jan Kowalski', street: 'Długa 1 ', city: 'Łódź' },
    ...{ postalCode: '', countryCodeAlpha2: 'PL' },
  },
  positions: [
    { name: 'Kubek', code: '12', quantity: 1.0, unit: 'szt.', taxStake: 'TAX_23', grossAmount: 1234 },
    { name: 'Wysyłka', code: '', quantity: 0.5, unit: 'szt.', taxStake: 'TAX_NOT_EXCLUDING', grossAmount: 0 },
    { name: 'Usługa', quantity: 2, taxStake: '8', grossAmount: 1, discountAmount: 1, taxAmount: 0 },
  ],
  basisForVatExemption: { type: 'DENTAL_TECHNICAN_SERVICES' },
  somethingNew: { a: 1 },
};
const cart = {
  items: [
    {
      ...{ id: 12, categoryId: false, name: 'Laptop', amount: 500_000, tax: 115_000, taxStake: 23, quantity: 1 },
      ...{ url: 'https://shop.example/p', discount: { amount: 1 } },
    },
    {
      id: 'x',
      categoryId: 'Biurka',
      name: 'Biurko',
      amount: 0,
      tax: 0,
      taxStake: 'TAX_EXEMPT',
      quantity: 2,
      state: 'NEW',
    },
  ],
};
const address = {
  ...{ city: 'Łódź', name: 'Jan Kowalski', phone: '', street: 'Długa 1 ', country: 'PL', postalCode: '90-001' },
};
const cartData = {
  address: { billing: address, delivery: { ...address, vatNumber: '5252344078' } },
  items: [
    { id: 7, vat: 23.0, name: 'Kubek', amount: 1234.0, quantity: 1 },
    { id: 8, vat: 'EXEMPT', name: '', amount: 0, quantity: 0 },
  ],
  ...{ discount: { vat: 0, name: 'Zniżka', amount: 100 }, shipping: { vat: 0, name: 'Brak wysyłki', amount: 0 } },
  ...{ createdAt: 1_770_000_000, amount: 1234 },
};

/** As shops write what is meant well: empty lists and texts for nothing, digits as texts, less than nothing taken off. */
const odd: [string, Parameters<typeof problemsOf>[0], object][] = [
  ['no shipping as an empty list', 'cartData', { ...cartData, shipping: [], discount: [], address: [] }],
  ['no shipping as an empty text', 'cartData', { ...cartData, shipping: '', items: '', createdAt: '' }],
  [
    'amounts as digits',
    'cartData',
    {
      ...cartData,
      amount: '1234',
      items: [
        { amount: '4999', quantity: '2.5' },
        { amount: 1, quantity: 0.1 + 0.2 },
      ],
    },
  ],
  ['a moment as digits', 'cartData', { ...cartData, createdAt: '1795000000' }],
  ['a negative discount', 'cartData', { ...cartData, discount: { name: 'Zniżka', amount: -100 } }],
  ['a negative discount as digits', 'cartData', { ...cartData, discount: { amount: '-100' } }],
  [
    'a person without a kind of number',
    'invoice',
    { ...invoice, buyer: { ...invoice.buyer, idType: '', idNumber: '', idCountryCodeAlpha2: '' } },
  ],
  ['no reason for an exemption', 'invoice', { ...invoice, basisForVatExemption: [], positions: [] }],
  [
    'a thing by digits',
    'cart',
    { items: [{ ...cart.items[0], amount: '500000', tax: '0', quantity: '1', discount: [] }] },
  ],
];

const wrong: [string, Parameters<typeof problemsOf>[0], object, (string | number)[]][] = [
  ['no buyer', 'invoice', { ...invoice, buyer: undefined }, ['buyer']],
  ['another type of buyer', 'invoice', { ...invoice, buyer: { ...invoice.buyer, type: 'SHOP' } }, ['buyer', 'type']],
  [
    'a company without a number',
    'invoice',
    { ...invoice, buyer: { type: 'COMPANY', idType: 'ID' } },
    ['buyer', 'idNumber'],
  ],
  [
    'a VAT id without a country',
    'invoice',
    { ...invoice, buyer: { type: 'COMPANY', idType: 'VAT_ID', idNumber: '1' } },
    ['buyer', 'idCountryCodeAlpha2'],
  ],
  [
    'a price that is a text of no digits',
    'invoice',
    { ...invoice, positions: [{ ...invoice.positions[0], grossAmount: '1.5' }] },
    ['positions', 0, 'grossAmount'],
  ],
  [
    'a price in parts of a grosz',
    'invoice',
    { ...invoice, positions: [{ ...invoice.positions[0], grossAmount: 1.5 }] },
    ['positions', 0, 'grossAmount'],
  ],
  [
    'a rate that does not exist',
    'invoice',
    { ...invoice, positions: [{ ...invoice.positions[0], taxStake: 19 }] },
    ['positions', 0, 'taxStake'],
  ],
  ['a cart that is no list', 'cart', { items: {} }, ['items']],
  ['none of a thing', 'cart', { items: [{ ...cart.items[0], quantity: 0 }] }, ['items', 0, 'quantity']],
  ['another state', 'cart', { items: [{ ...cart.items[0], state: 'OLD' }] }, ['items', 0, 'state']],
  ['shipping below nothing', 'cartData', { ...cartData, shipping: { amount: -1 } }, ['shipping', 'amount']],
  ['a list for an object', 'cartData', { ...cartData, shipping: [1] }, ['shipping']],
  ['a moment in words', 'cartData', { ...cartData, createdAt: '2026-03-01' }, ['createdAt']],
  [
    'a company with an empty kind',
    'invoice',
    { ...invoice, buyer: { type: 'COMPANY', idType: '', idNumber: '1' } },
    ['buyer', 'idType'],
  ],
  ['an empty buyer', 'invoice', { ...invoice, buyer: [] }, ['buyer', 'type']],
  [
    'a name that is too long',
    'cartData',
    { items: [{ name: 'x'.repeat(1001), amount: 1, quantity: 1 }] },
    ['items', 0, 'name'],
  ],
  ['an item that is none', 'cart', { items: ['x'] }, ['items', 0]],
  ['an amount below nothing', 'cartData', { ...cartData, amount: -1 }, ['amount']],
  [
    'an item without an amount',
    'cartData',
    { ...cartData, items: [{ name: 'Kubek', quantity: 1 }] },
    ['items', 0, 'amount'],
  ],
  [
    'a street that is a number',
    'cartData',
    { ...cartData, address: { billing: { ...address, street: 1 } } },
    ['address', 'billing', 'street'],
  ],
];

describe('An invoice, a cart, and the data of a cart', () => {
  it('are good as the official plugins write them', () => {
    expect([problemsOf('invoice', invoice), problemsOf('cart', cart), problemsOf('cartData', cartData)]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it.each(odd)('are good with %s', (_, name, document) => {
    expect(problemsOf(name, document)).toEqual([]);
  });

  it.each(wrong)('are refused with the path: %s', (_, name, document, path) => {
    const problems = problemsOf(name, document);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.message).toMatch(/^(?:Must be |Is required).*\.$/);
  });

  it('come through the form as they were packed, with unknown fields, or are refused with the path', () => {
    const form = { ...goodForm, invoice: packed(invoice), cart: packed(cart), cartData: packed(cartData) };
    const read = readPaymentForm(form);
    expect([read.invoice, read.cart, read.cartData]).toEqual([invoice, cart, cartData]);
    expect(() => readPaymentForm({ ...goodForm, cart: packed({ items: [{}] }) })).toThrow(/cart\[items\]\[0\]\[id\]/);
  });
});
