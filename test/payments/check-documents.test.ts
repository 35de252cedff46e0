import { describe, expect, it } from 'vitest';
import { documentsAgainst } from '../../src/payments/check-documents.ts';
import { transferTitle } from '../../src/payments/title-transfer.ts';

const item = { id: '1', name: 'Laptop', amount: 250_000, tax: 57_500, taxStake: 'TAX_23', quantity: 2 };
const cart = (...items: object[]) => ({ cart: { items: items.map((values) => ({ ...item, ...values })) } });

const seller = { taxNumber: '6340135475' };

describe('What came with a payment', () => {
  it.each([
    ['two items of 2,500.00 net', cart({})],
    ['five items of 1,000.00 net, the least of each', cart({ amount: 100_000, quantity: 5 })],
    ['items of different prices', cart({ amount: 100_000, quantity: 1 }, { amount: 400_000, quantity: 1 })],
    ['a discount that leaves enough', cart({ amount: 600_000, quantity: 1, discount: { amount: 100_000, tax: null } })],
    ['no discount', cart({ discount: null })],
    ['numbers as PHP writes them', cart({ amount: '250000', quantity: '2', discount: { amount: '' } })],
  ])('can be leased: %s', (_, documents) => {
    expect(documentsAgainst('lease', { documents, amount: 615_000n }, seller)).toBeUndefined();
  });

  it.each([
    ['nothing', null, 'lease needs what is leased: send it as the cart of the payment.'],
    ['no cart', { invoice: {} }, 'lease needs what is leased: send it as the cart of the payment.'],
    ['a cart that is an empty list', { cart: [] }, 'lease needs what is leased: send it as the cart of the payment.'],
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
    expect(documentsAgainst('lease', { documents, amount: 615_000n }, seller)).toBe(sentence);
  });

  it('matters to no method that needs none', () => {
    for (const channel of ['blik', 'ecom3ds', 'ipko', 'paypo', 'wt'] as const) {
      expect(documentsAgainst(channel, { documents: null, amount: 1n }, seller)).toBeUndefined();
    }
  });
});

describe('A transfer with split payment', () => {
  const amount = 123_00n;
  const buyer = { type: 'COMPANY', idType: 'VAT_ID', idNumber: '526-025-02-74', idCountryCodeAlpha2: 'PL' };
  const position = { name: 'Kubek', quantity: 1, grossAmount: 6150, taxStake: 'TAX_23', taxAmount: 1150 };
  const invoice = { invoiceId: 'FV/1/2026', buyer, positions: [position, position] };
  const paid = { title: 'Dwa kubki z napisem i dwie łyżeczki', orderId: 'ORD-1', documents: { invoice }, amount };

  it('has a title that says what its bank has to know: tax, tax number, invoice, and 33 characters of text', () => {
    expect(documentsAgainst('wt_split', paid, seller)).toBeUndefined();
    expect(transferTitle('wt_split', paid, seller)).toBe(
      '/VAT/23,00/IDC/6340135475/INV/FV/1/2026/TXT/Dwa kubki z napisem i dwie łyżecz',
    );
    const cents = { invoice: { ...invoice, positions: [{ ...position, taxAmount: '5' }] } };
    expect(transferTitle('wt_split', { ...paid, title: null, documents: cents }, seller)).toBe(
      '/VAT/0,05/IDC/6340135475/INV/FV/1/2026/TXT/ORD-1',
    );
    expect(transferTitle('wt', { ...paid, title: 'x'.repeat(200) }, seller)).toBe('x'.repeat(140));
  });

  it.each([
    ['no invoice', {}, 'needs what is invoiced'],
    ['no number of it', { invoice: { ...invoice, invoiceId: undefined } }, 'needs the number of the invoice'],
    ['an empty number', { invoice: { ...invoice, invoiceId: '' } }, 'needs the number of the invoice'],
    ['a long number', { invoice: { ...invoice, invoiceId: 'x'.repeat(36) } }, 'needs the number of the invoice'],
    [
      'a buyer who is a person',
      { invoice: { ...invoice, buyer: { type: 'PERSON' } } },
      'needs the VAT number of the buyer',
    ],
    [
      'a number of another kind',
      { invoice: { ...invoice, buyer: { ...buyer, idType: 'ID' } } },
      'needs the VAT number',
    ],
    [
      'a long tax number',
      { invoice: { ...invoice, buyer: { ...buyer, idNumber: '1'.repeat(15) } } },
      'needs the VAT number',
    ],
    ['positions that are an empty text', { invoice: { ...invoice, positions: '' } }, 'needs the tax of each position'],
    [
      'half a grosz of tax',
      { invoice: { ...invoice, positions: [{ ...position, taxAmount: 0.5 }] } },
      'needs the tax of each',
    ],
    ['no positions', { invoice: { ...invoice, positions: [] } }, 'needs the tax of each position'],
    [
      'a position without tax',
      { invoice: { ...invoice, positions: [position, { ...position, taxAmount: null }] } },
      'needs the tax of each position',
    ],
    [
      'no tax at all',
      { invoice: { ...invoice, positions: [{ ...position, taxAmount: 0 }] } },
      'this one has 0 minor units',
    ],
    [
      'more tax than is paid',
      { invoice: { ...invoice, positions: [{ ...position, taxAmount: 12_300 }] } },
      'this one has 12300 minor units',
    ],
  ])('cannot be made for %s', (_, documents, words) => {
    expect(documentsAgainst('wt_split', { documents, amount }, seller)).toMatch(/^wt_split needs /);
    expect(documentsAgainst('wt_split', { documents, amount }, seller)).toContain(words);
  });

  it('cannot be made for a merchant whose tax number is not known', () => {
    expect(documentsAgainst('wt_split', paid, { taxNumber: undefined })).toContain('needs the tax number of the shop');
  });
});
