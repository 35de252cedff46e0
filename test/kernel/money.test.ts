import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { isCurrency, parsePaymentAmount, share, toDecimal } from '../../src/kernel/money.ts';

describe('The amount of a payment', () => {
  it.each([1n, 2n, 100n, 999_999_998n, 999_999_999n])('may be %s minor units', (amount) => {
    expect(parsePaymentAmount(amount)).toBe(amount);
  });

  it.each([0n, -1n, 1_000_000_000n, 10n ** 30n])('may not be %s minor units', (amount) => {
    expect(() => parsePaymentAmount(amount)).toThrow(InvalidInput);
  });

  it('blames the field that held it', () => {
    expect(() => parsePaymentAmount(0n, ['basket', 'amount'])).toThrow(
      expect.objectContaining({ field: ['basket', 'amount'] }),
    );
  });
});

describe('A share of an amount', () => {
  it.each([
    [0n, 15_900, 0n],
    [31n, 15_900, 0n],
    [32n, 15_900, 1n],
    [500_000n, 1, 1n],
    [499_999n, 1, 0n],
    [1_499_999n, 1, 1n],
    [1_500_000n, 1, 2n],
    [999_999_999n, 1_000_000, 999_999_999n],
    [-500_000n, 1, -1n],
    [-499_999n, 1, 0n],
  ])('of %s at %s ppm is %s', (amount, rate, expected) => {
    expect(share(amount, rate)).toBe(expected);
  });

  it('is never more than half a minor unit away from the exact value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 1_000_000 }), (amount, rate) => {
        const twiceOff = 2n * (share(amount, rate) * 1_000_000n - amount * BigInt(rate));
        expect(twiceOff > -1_000_000n && twiceOff <= 1_000_000n).toBe(true);
      }),
    );
  });
});

describe('Minor units as a decimal', () => {
  it.each([
    [0n, '0.00'],
    [1n, '0.01'],
    [99n, '0.99'],
    [100n, '1.00'],
    [123_450n, '1234.50'],
    [-5n, '-0.05'],
    [-123n, '-1.23'],
  ])('are %s -> %s', (amount, expected) => {
    expect(toDecimal(amount)).toBe(expected);
  });
});

describe('A currency', () => {
  it.each(['PLN', 'EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON'])('is %s', (code) => {
    expect(isCurrency(code)).toBe(true);
  });

  it.each(['pln', 'JPY', '', 'PLN ', 'length', 'toString'])('is not "%s"', (code) => {
    expect(isCurrency(code)).toBe(false);
  });
});
