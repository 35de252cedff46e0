import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { hashInput, parseIdempotencyKey } from '../../src/kernel/idempotency.ts';

const hash = (input: object): string => hashInput(input).toString('hex');

describe('The hash of an input', () => {
  const input = {
    amount: 1234n,
    customer: { firstName: 'Jan', lastName: 'Kowalski' },
    methods: ['BLIK', 'CARD'],
    validUntil: new Date('2026-03-02T10:00:00.000Z'),
  };

  it('is 32 bytes', () => {
    expect(hashInput(input)).toHaveLength(32);
  });

  it.each([
    ['its fields in another order', { ...Object.fromEntries(Object.entries(input).reverse()) }],
    ['inner fields in another order', { ...input, customer: { lastName: 'Kowalski', firstName: 'Jan' } }],
    ['a field that is left out', { ...input, title: undefined }],
    ['a field that is null', { ...input, title: null }],
    ['an inner field that is left out', { ...input, customer: { ...input.customer, email: undefined } }],
    ['another object of the same moment', { ...input, validUntil: new Date(input.validUntil.getTime()) }],
  ])('is the same with %s', (_, other) => {
    expect(hash(other)).toBe(hash(input));
  });

  it.each([
    ['another amount', { ...input, amount: 1235n }],
    ['an amount of another type', { ...input, amount: 1234 }],
    ['an amount as text', { ...input, amount: '1234n' }],
    ['a list in another order', { ...input, methods: ['CARD', 'BLIK'] }],
    ['a list joined into one', { ...input, methods: ['BLIK,CARD'] }],
    ['a moment as text', { ...input, validUntil: input.validUntil.toISOString() }],
    ['a moment a millisecond later', { ...input, validUntil: new Date(input.validUntil.getTime() + 1) }],
    ['an inner field moved out', { ...input, customer: { firstName: 'Jan' }, lastName: 'Kowalski' }],
    ['an empty text more', { ...input, title: '' }],
    ['an inner empty object', { ...input, documents: {} }],
    ['names and texts that look like the ends of each other', { 'a":"b': 'c' }],
  ])('is another with %s', (_, other) => {
    expect(hash(other)).not.toBe(hash(input));
  });

  it('stays what it was: it is kept with each payment, and calls are repeated after an upgrade', () => {
    const kept = { b: 'Zażółć "1" 🦊', a: 1234n, c: { z: [1, 'x', null, true], y: undefined }, d: input.validUntil };
    expect(hash({ ...kept, e: null })).toBe('6d4474a404f05da871f752bc5800e381ec58ef54ac9b0cda9cac55fe0e4ccc92');
  });

  it('does not mix up names with texts', () => {
    expect(hash({ a: '1', b: '2' })).not.toBe(hash({ a: '1","b":"2' }));
    expect(hash({ list: ['a', 'b'] })).not.toBe(hash({ list: ['a","b'] }));
  });
});

describe('An idempotency key', () => {
  it.each(['a', 'ą', ' ', 'x'.repeat(255), '😀', 'zamówienie 1'])('may be "%s"', (key) => {
    expect(parseIdempotencyKey(key)).toBe(key);
  });

  it.each([
    ['empty', ''],
    ['of 256 characters', 'x'.repeat(256)],
    ['with a zero character', 'a\0b'],
    ['with half a character, which no database can keep', 'a\ud800'],
  ])('may not be %s', (_, key) => {
    expect(() => parseIdempotencyKey(key)).toThrow(InvalidInput);
  });

  it('is refused in words that fit the case', () => {
    expect(() => parseIdempotencyKey('')).toThrow('must have 1 to 255 characters, not 0');
    expect(() => parseIdempotencyKey('a\0b')).not.toThrow('not 3');
  });
});
