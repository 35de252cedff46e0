import { expect, test } from 'vitest';
import { readPaymentForm } from '../../../src/imoje/form/form-fields.ts';
import { parseForm } from '../../../src/imoje/form/parse-form.ts';
import { signForm, verifyForm } from '../../../src/kernel/signature.ts';
import { goodForm, packed } from './good-form.ts';

test('takes the form that the WooCommerce plugin posts', () => {
  const key = 'K3y-for-Example_0123456789abcdefXYZ0';
  const cartData = {
    address: {
      billing: {
        city: 'Łódź',
        name: 'Jan Kowalski',
        phone: '501501501',
        street: 'Piotrkowska 1',
        country: 'PL',
        postalCode: '90-001',
      },
    },
    items: [{ id: 7, vat: 23, name: 'Książka', amount: 1234, quantity: 1 }],
    createdAt: 1_772_366_400,
    amount: 1234,
  };
  const sent = {
    ...goodForm,
    customerPhone: '',
    orderDescription: 'Zamówienie 77',
    urlNotification: 'https://shop.example/?wc-api=imoje',
    version: '4.7.1;woocommerce_8.0',
    visibleMethod: 'blik',
    cartData: packed(cartData),
  };
  const body = new URLSearchParams({ ...(sent as Record<string, string>), signature: signForm(sent, key, 'sha256') });
  const fields = parseForm(Buffer.from(body.toString()));
  expect(verifyForm(fields, [key])).toBe(true);
  expect(readPaymentForm(fields)).toMatchObject({
    title: 'Zamówienie 77',
    cartData,
    version: '4.7.1;woocommerce_8.0',
    visibleMethods: ['BLIK'],
  });
});

test('takes the query string a redirecting plugin sends, nested names and all', () => {
  const query =
    'serviceId=11111111-2222-4333-8444-555555555555&merchantId=merch000000000000001&amount=1234&currency=PLN&orderId=A%201' +
    '&customerFirstName=%C5%81ucja&customerLastName=Nowak&billing%5BfirstName%5D=Jan&billing%5BlastName%5D=Kowalski' +
    '&multipayout%5B0%5D%5Bban%5D=72105000028166973380325415&multipayout%5B0%5D%5Bamount%5D=1234&multipayout%5B0%5D%5Blabel%5D=A';
  expect(readPaymentForm(parseForm(query))).toMatchObject({
    orderId: 'A 1',
    billing: { firstName: 'Jan', lastName: 'Kowalski' },
    multipayout: [{ amount: 1234n }],
  });
});
