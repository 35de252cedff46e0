import { describe, expect, test } from 'vitest';
import { readPaymentForm } from '../../../src/imoje/form/form-fields.ts';
import { goodForm, problemsWith } from './good-form.ts';

const address = { firstName: 'Jan', lastName: 'Kowalski' };
const recipient = { ban: '72105000028166973380325415', amount: '1000', label: 'Firma A' };
describe.each(['billing', 'shipping'])('%s', (group) => {
  test.each([
    [
      'all fields',
      {
        ...address,
        company: 'ACME sp. z o.o.',
        street: 'Złota 44/1',
        city: 'Warszawa',
        region: 'mazowieckie',
        postalCode: '00-120',
        countryCodeAlpha2: 'PL',
        taxId: '5260250274',
      },
    ],
    ['names only', address],
    [
      'fields at their limits',
      {
        ...address,
        company: 'x'.repeat(200),
        street: 'x'.repeat(200),
        city: 'x'.repeat(100),
        region: 'x'.repeat(100),
        postalCode: '1'.repeat(30),
        taxId: '1'.repeat(12),
      },
    ],
    ['empty optional fields', { ...address, company: '', countryCodeAlpha2: '' }],
    ['nothing but empty fields', { firstName: '', lastName: '' }],
    ['unknown fields', { ...address, planet: 'Earth' }],
  ])('may hold %s', (_, fields) => {
    expect(problemsWith({ [group]: fields })).toEqual([]);
  });

  test.each([
    ['firstName', ''],
    ['lastName', ''],
    ['firstName', 'x'.repeat(101)],
    ['lastName', 'x'.repeat(101)],
    ['company', 'x'.repeat(201)],
    ['street', 'x'.repeat(201)],
    ['street', 'a\0b'],
    ['city', 'x'.repeat(101)],
    ['region', 'x'.repeat(101)],
    ['postalCode', '1'.repeat(31)],
    ['countryCodeAlpha2', 'POL'],
    ['countryCodeAlpha2', 'pl'],
    ['taxId', '1'.repeat(13)],
    ['firstName', '4111111111111111'],
    ['lastName', 'Kowalski 4111 1111 1111 1111'],
    ['company', 'ACME 4111-1111-1111-1111'],
    ['street', '4111 1111 1111 1111'],
    ['city', '4111.1111.1111.1111'],
    ['region', 'x4111111111111111'],
    ['postalCode', '4111111111111111'],
  ])('may not hold %s = %j', (field, value) => {
    const problems = problemsWith({ [group]: { ...address, [field]: value } });
    expect(problems.map((problem) => problem.field)).toEqual([`${group}[${field}]`]);
  });

  test('may not be one text', () => {
    expect(problemsWith({ [group]: 'Jan' }).map((problem) => problem.field)).toEqual([group]);
  });
});

describe('multipayout', () => {
  test('is read in the order of its numbers', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [String(11 - i), { ...recipient, label: `no ${11 - i}` }]),
    );
    const { multipayout } = readPaymentForm({ ...goodForm, multipayout: labels });
    expect(multipayout?.map(({ label }) => label)).toEqual(Array.from({ length: 12 }, (_, i) => `no ${i}`));
    expect(multipayout?.[0]).toEqual({ ban: recipient.ban, amount: 1000n, label: 'no 0' });
  });

  test('may carry a title for every recipient, or for none', () => {
    const titled = { ...recipient, title: 'x'.repeat(105) };
    expect(problemsWith({ multipayout: { 0: titled, 1: titled } })).toEqual([]);
    expect(problemsWith({ multipayout: { 0: titled, 1: recipient } })).toEqual([
      { field: 'multipayout', message: 'If one recipient has a title, all must have one.' },
    ]);
  });

  test.each([
    ['ban', ''],
    ['ban', '7210500002816697338032541'],
    ['ban', 'PL72105000028166973380325415'],
    ['amount', ''],
    ['amount', '0'],
    ['amount', '10.00'],
    ['label', ''],
    ['label', 'x'.repeat(71)],
    ['label', 'a/b'],
    ['title', 'x'.repeat(106)],
  ])('may not hold %s = %j', (field, value) => {
    const problems = problemsWith({ multipayout: { 0: { ...recipient, [field]: value } } });
    expect(problems.map((problem) => problem.field)).toEqual([`multipayout[0][${field}]`]);
  });

  test.each(['x', '-1', '01', 'constructor', '10000'])('may not be numbered %j', (number) => {
    const problems = problemsWith({ multipayout: { [number]: recipient } });
    expect(problems).toEqual([{ field: `multipayout[${number}]`, message: 'Must be numbered: multipayout[0][ban].' }]);
  });

  test('may not be one text, nor hold texts', () => {
    expect(problemsWith({ multipayout: 'x' }).map((problem) => problem.field)).toEqual(['multipayout']);
    expect(problemsWith({ multipayout: { 0: 'x' } }).map((problem) => problem.field)).toEqual(['multipayout[0]']);
  });
});
