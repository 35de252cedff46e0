import { describe, expect, it } from 'vitest';
import { brandOf, isPast, parseExpiry } from '../../src/cards/model.ts';
import { cardOutcomes, outcomeOf, testCards } from '../../src/cards/test-cards.ts';
import { checkDigitOf } from '../support/card-numbers.ts';

const now = new Date('2026-03-31T21:59:59.999Z');

describe('A brand', () => {
  it.each([
    ['4111111111111111', 'VISA'],
    ['4000001234567899018', 'VISA'],
    ['5555555555554444', 'MASTERCARD'],
    ['2223000048400011', 'MASTERCARD'],
    ['378282246310005', 'NOT_TAKEN'],
    ['6759649826438453', 'NOT_TAKEN'],
    ['6200000000000005', 'NOT_TAKEN'],
    ['4111111111111112', undefined],
    ['9111111111111111', undefined],
    ['411111111111116', undefined],
    ['', undefined],
  ])('of %s is %s', (number, brand) => {
    expect(brandOf(number)).toBe(brand);
  });
});

describe('An expiry', () => {
  it.each(['12/29', '12 / 2029', '12/2029', '1229', '122029', '12-29', '12.29', ' 12 / 29 ', '12\u00a0/\u00a029'])(
    'may be written %j',
    (text) => {
      expect(parseExpiry(text, now)).toEqual({ month: 12, year: 2029 });
    },
  );

  it.each([
    ['1/29', { month: 1, year: 2029 }],
    ['03/26', { month: 3, year: 2026 }],
    ['02/26', { month: 2, year: 2026 }],
    ['12/46', { month: 12, year: 2046 }],
  ])('%j is %o', (text, expiry) => {
    expect(parseExpiry(text, now)).toEqual(expiry);
  });

  it.each([
    '',
    '/',
    '13/29',
    '00/29',
    '0/29',
    '12/9',
    '12/029',
    '129',
    '12/47',
    '12/99',
    '12/29/1',
    'ab/cd',
    '12/２9',
    '-1/29',
  ])('is not %j', (text) => {
    expect(parseExpiry(text, now)).toBeUndefined();
  });

  it('is good to the end of its month in Warsaw, in summer and in winter', () => {
    const march = { month: 3, year: 2026 };
    expect(isPast(march, now)).toBe(false);
    expect(isPast(march, new Date('2026-03-31T22:00:00.000Z'))).toBe(true);
    const december = { month: 12, year: 2026 };
    expect(isPast(december, new Date('2026-12-31T22:59:59.999Z'))).toBe(false);
    expect(isPast(december, new Date('2026-12-31T23:00:00.000Z'))).toBe(true);
    expect(isPast({ month: 1, year: 2027 }, new Date('2026-12-31T22:00:00.000Z'))).toBe(false);
  });
});

describe('The test cards', () => {
  it('are Visa and Mastercard numbers that pass Luhn', () => {
    const numbers = Object.keys(testCards);
    for (const number of numbers) {
      expect(['VISA', 'MASTERCARD']).toContain(brandOf(number));
      expect(number.at(-1)).toBe(String(checkDigitOf(number.slice(0, -1))));
    }
    expect(new Set(numbers.map(brandOf))).toEqual(new Set(['VISA', 'MASTERCARD']));
  });

  it('show every outcome', () => {
    expect(new Set(Object.values(testCards))).toEqual(new Set(cardOutcomes));
  });

  it.each([
    ['4111111111111111', 'AUTHORIZED'],
    ['4485201817664006', 'AUTHORIZED_PROFILE_REJECTED'],
    ['4444333322221111', 'REFUSED'],
    ['4012001037141112', 'CHALLENGE_AUTHORIZED'],
    ['4749601201390567', 'CHALLENGE_PROFILE_REJECTED'],
    ['4934403892699132', 'CHALLENGE_REFUSED'],
    ['4012001007002005', 'PROVIDER_ERROR'],
    ['4282513338596268', 'AUTHORIZED_PROFILE_ERROR'],
    ['5555555555554444', 'AUTHORIZED'],
  ])('of the protocol and of Mastercard do as is written: %s is %s', (number, outcome) => {
    expect(outcomeOf(number)).toBe(outcome);
  });

  it.each(['4242424242424242', '5105105105105100', '4000001234567899018', 'constructor'])(
    'do not count %s, which may be real',
    (number) => {
      expect(outcomeOf(number)).toBe('CARD_INVALID');
    },
  );
});
