import { describe, expect, it } from 'vitest';
import { documentsAgainst } from '../../src/payments/check-documents.ts';

const item = { id: '1', name: 'Laptop', amount: 250_000, tax: 57_500, taxStake: 'TAX_23', quantity: 2 };
const cart = (...items: object[]) => ({ cart: { items: items.map((values) => ({ ...item, ...values })) } });

describe('What came with a payment', () => {
  it.each([
    ['two items of 2,500.00 net', cart({})],
    ['five items of 1,000.00 net, the least of each', cart({ amount: 100_000, quantity: 5 })],
    ['items of different prices', cart({ amount: 100_000, quantity: 1 }, { amount: 400_000, quantity: 1 })],
    ['a discount that leaves enough', cart({ amount: 600_000, quantity: 1, discount: { amount: 100_000, tax: null } })],
    ['no discount', cart({ discount: null })],
  ])('can be leased: %s', (_, documents) => {
    expect(documentsAgainst('lease', documents)).toBeUndefined();
  });

  it.each([
    ['nothing', null, 'lease needs what is leased: send it as the cart of the payment.'],
    ['no cart', { invoice: {} }, 'lease needs what is leased: send it as the cart of the payment.'],
    ['an empty cart', cart(), 'lease needs what is leased: send it as the cart of the payment.'],
    [
      'an item below 1,000.00 net, however many of it',
      cart({}, { amount: 99_999, quantity: 100 }),
      'lease takes items of at least 100000 minor units net each; item 2 of the cart costs 99999.',
    ],
    [
      'an item that its discount makes too cheap',
      cart({ amount: 100_000, quantity: 9, discount: { amount: 1 } }),
      'lease takes items of at least 100000 minor units net each; item 1 of the cart costs 99999.',
    ],
    [
      'a cart below 5,000.00 net',
      cart({ amount: 499_999, quantity: 1 }),
      'lease takes carts of at least 500000 minor units net; this one comes to 499999.',
    ],
  ])('cannot be leased: %s', (_, documents, sentence) => {
    expect(documentsAgainst('lease', documents)).toBe(sentence);
  });

  it('matters to no method that needs none', () => {
    for (const channel of ['blik', 'ecom3ds', 'ipko', 'paypo', 'wt'] as const) {
      expect(documentsAgainst(channel, null)).toBeUndefined();
    }
  });
});
