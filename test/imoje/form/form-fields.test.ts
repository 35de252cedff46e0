import { describe, expect, test } from 'vitest';
import { FormInvalid } from '../../../src/imoje/errors.ts';
import { readPaymentForm } from '../../../src/imoje/form/form-fields.ts';
import { goodForm, packed, problemsWith } from './good-form.ts';

const longUrl = (length: number) => 'https://shop.example/'.padEnd(length, 'x');

type Case = { good?: string[]; bad?: string[] };

/** Every flat field with values it takes and values it refuses. */
const cases: Record<string, Case> = {
  serviceId: {
    good: ['63f574ed-d90d-4abe-9c81-39117584a7b0'],
    bad: [
      '63F574ED-D90D-4ABE-9C81-39117584A7B0',
      '63f574ed-d90d-7abe-9c81-39117584a7b0',
      '63f574ed',
      '63f574ed-d90d-4abe-7c81-39117584a7b0',
    ],
  },
  merchantId: { good: ['6yt3gjtm9p1odfgx8491', 'A'], bad: ['a'.repeat(21), 'a/b', 'a b'] },
  amount: {
    good: ['1', '999999999', '0100'],
    bad: ['0', '000', '1000000000', '-1', '+1', '12.34', '12,34', '1e3', ' 1', '1 ', '0x10', '١', '1\n', 'NaN'],
  },
  currency: {
    good: ['PLN', 'EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON'],
    bad: ['pln', 'SEK', 'XXX', 'PLNX', 'constructor'],
  },
  orderId: {
    good: ['A-1_2#3./4 ż', 'x'.repeat(100), 'À ʀ'],
    bad: ['x'.repeat(101), 'a\\b', 'a&b', 'a"b', 'zażółć€', 'a\n', 'ж'],
  },
  customerFirstName: {
    good: ['Żaneta', 'Іван', 'Jan-Maria, jr.'],
    bad: ['x'.repeat(101), "O'Neil", '<b>', 'a_b', 'a\nb', '李'],
  },
  customerLastName: { good: ['Brzęczyszczykiewicz', 'Шевченко 2'], bad: ['x'.repeat(101), 'a@b', 'a/b'] },
  customerEmail: {
    good: ['', 'jan@example.com', 'łucja@przykład.pl'],
    bad: ['jan', 'jan@localhost', 'a b@example.com', `${'x'.repeat(190)}@example.com`],
  },
  customerPhone: {
    good: ['', '+48 501-501-501', '1'.repeat(20)],
    bad: ['1'.repeat(21), '(48)501', '501.501', 'phone', '501\n'],
  },
  orderDescription: {
    good: ['', 'TEST-100010', 'Zamówienie #1 & co_1,2./\\', 'x'.repeat(255)],
    bad: ['x'.repeat(256), 'a(b)', '<i>', 'a\tb', 'a:b'],
  },
  additionalDescription: {
    good: ['', '2 × książka (twarda): "Lalka" 📚\n1 × mapa', 'x'.repeat(4000)],
    bad: ['x'.repeat(4001), 'a\0b', 'a\u202eb', 'a\u001bb'],
  },
  visibleMethod: {
    good: ['', 'blik', 'card,wallet,pbl,blik,imoje_paylater,wt,lease,imoje_installments', 'card, blik'],
    bad: ['ing', 'card,', ',', 'Card', 'constructor', 'card;blik'],
  },
  preselectMethodCode: {
    good: ['blik', 'mtransfer', 'ecom3ds', 'wt_split', 'lease', 'viamo'],
    bad: ['', 'card', 'BLIK', 'x'.repeat(21), 'constructor'],
  },
  validTo: {
    good: ['', 'NULL', '0', '1772366400', '9999999999'],
    bad: ['-1', 'null', 'never', '1772366400000', '1.5e9', '2026-01-01'],
  },
  invoice: {
    good: ['', packed({ buyer: { type: 'PERSON' }, positions: [] })],
    bad: ['x', '{}', packed([]), packed('text')],
  },
  cart: { good: ['', packed({ items: [] })], bad: ['e30=', packed(null)] },
  cartData: { good: ['', packed({ amount: 1 })], bad: [packed(7), `${packed({})}!`] },
  version: { good: ['', '4.7.1;woocommerce_8.0'], bad: ['x'.repeat(256), 'a\nb'] },
};
for (const name of ['urlSuccess', 'urlFailure', 'urlReturn', 'urlNotification']) {
  cases[name] = {
    good: ['', 'https://shop.example/ok?a=1&b=2', longUrl(300)],
    bad: ['/ok', 'javascript:alert(1)', longUrl(301)],
  };
}

describe('a flat field', () => {
  const rows = (kind: keyof Case) =>
    Object.entries(cases).flatMap(([field, values]) => (values[kind] ?? []).map((value) => [field, value] as const));

  test.each(rows('good'))('%s may be %j', (field, value) => {
    expect(problemsWith({ [field]: value })).toEqual([]);
  });

  test.each(rows('bad'))('%s may not be %j', (field, value) => {
    expect(problemsWith({ [field]: value }).map((problem) => problem.field)).toEqual([field]);
  });

  test.each(Object.keys(cases))('%s may not be a group', (field) => {
    expect(problemsWith({ [field]: { 0: 'x' } })).toEqual([
      { field, message: 'Must be one text, not a group of fields.' },
    ]);
  });

  test.each(Object.keys(goodForm).filter((name) => name !== 'signature'))('%s must be there and not empty', (field) => {
    const { [field]: _, ...others } = goodForm;
    expect(() => readPaymentForm(others)).toThrow(FormInvalid);
    expect(problemsWith({ [field]: '' })).toEqual([{ field, message: 'Is required.' }]);
  });
});

describe('a card number', () => {
  const texts = {
    ...{
      orderId: 'ORD 4111 1111 1111 1111',
      customerFirstName: 'Jan 4111-1111-1111-1111',
      customerLastName: 'x4111111111111111',
    },
    ...{
      customerEmail: '4111111111111111@example.com',
      customerPhone: '4111 1111 1111 1111',
      version: '4111.1111.1111.1111',
    },
    ...{ orderDescription: '4111111111111111', additionalDescription: 'two lines\n4111 1111 1111 1111' },
    ...{
      urlSuccess: 'https://shop.example/?c=4111+1111+1111+1111',
      urlReturn: 'https://shop.example/4111%201111%201111%201111',
    },
    ...{ urlFailure: 'https://shop.example/4111111111111111', urlNotification: 'https://4111111111111111.example/n' },
  };
  const packages = {
    cart: packed({ items: [{ name: 'Buty', state: 'nr 4111 1111 1111 1111' }] }),
    cartData: packed({ createdAt: 4111111111111111 }),
    invoice: packed({ buyer: { x4111111111111111: '' } }),
  };

  test.each(Object.entries({ ...texts, ...packages }))('in %s is refused, and said back to nobody', (field, value) => {
    const problems = problemsWith({ [field]: value });
    expect(problems).toEqual([
      { field, message: expect.stringMatching(/^Looks like a card number; card numbers go only/) },
    ]);
    expect(JSON.stringify(problems)).not.toContain('4111');
  });

  test('in a field that nobody knows is refused all the same: a hash of the whole form is kept', () => {
    const fields = {
      note: '4111111111111111',
      twistoData: { a: { b: '4111-1111-1111-1111' } },
      x4111111111111111: '1',
    };
    expect(problemsWith(fields).map((problem) => problem.field)).toEqual([
      ...['note', 'twistoData[a][b]', 'x[card number removed]'],
    ]);
    expect(problemsWith({ billing: { firstName: 'Jan', lastName: 'K', note: '4111 1111 1111 1111' } })).toMatchObject([
      { field: 'billing[note]' },
    ]);
  });

  test('as the number of a recipient is not said back either', () => {
    const problems = problemsWith({ multipayout: { 4111111111111111: { ban: '1' } } });
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('4111');
  });
});

describe('the result', () => {
  test('of the required fields leaves everything else undefined', () => {
    const none = undefined;
    expect(readPaymentForm(goodForm)).toStrictEqual({
      serviceId: goodForm.serviceId,
      merchantId: goodForm.merchantId,
      amount: 1234n,
      currency: 'PLN',
      orderId: 'ORD/2026-0001',
      title: none,
      additionalDescription: none,
      customer: { firstName: 'Łucja', lastName: 'Nowak-Żak', email: none, phone: none },
      urls: { success: none, failure: none, return: none, notification: none },
      visibleMethods: none,
      preselectMethodCode: none,
      validUntil: none,
      billing: none,
      shipping: none,
      multipayout: none,
      invoice: none,
      cart: none,
      cartData: none,
      version: none,
      customerId: none,
      widgetType: none,
      urlCancel: none,
    });
  });

  test('translates methods, moments and packed JSON', () => {
    const visibleMethod = 'card,wallet,pbl,blik,imoje_paylater,wt,lease,imoje_installments,card';
    const form = readPaymentForm({ ...goodForm, visibleMethod, validTo: '1800000000', cart: packed({ items: [] }) });
    expect(form.visibleMethods).toEqual([
      'CARD',
      'WALLET',
      'PBL',
      'BLIK',
      'PAY_LATER',
      'WIRE_TRANSFER',
      'LEASE',
      'INSTALLMENTS',
    ]);
    expect(form.validUntil).toEqual(new Date('2027-01-15T08:00:00Z'));
    expect(form.cart).toEqual({ items: [] });
    expect(readPaymentForm({ ...goodForm, validTo: 'NULL' }).validUntil).toBe('never');
  });

  test('ignores unknown and legacy fields', () => {
    expect(problemsWith({ simp: '1', twistoData: 'x', note: { a: 'b' }, ['__proto__' as string]: 'x' })).toEqual([]);
  });

  test.each(Object.keys(cases))('what is said of a bad %s is one sentence', (field) => {
    for (const { message } of problemsWith({ [field]: '\u0007' })) expect(message).toMatch(/^Must .*[^.]\.$/s);
  });

  test('names every problem at once', () => {
    const changes = {
      amount: 'x',
      currency: 'x',
      orderId: '',
      billing: { city: 'x'.repeat(101) },
      validTo: '1',
      preselectMethodCode: '',
    };
    const fields = [
      'amount',
      'currency',
      'orderId',
      'preselectMethodCode',
      'billing[firstName]',
      'billing[lastName]',
      'billing[city]',
    ];
    expect(problemsWith(changes).map((problem) => problem.field)).toEqual(fields);
    expect(() => readPaymentForm({ ...goodForm, ...changes })).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        field: fields,
        message: expect.stringContaining('amount, currency'),
      }),
    );
  });
});
