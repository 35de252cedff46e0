import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commissionFor, listRatesPpm, toPercent } from '../../src/pricing/model.ts';
import { channels } from '../../src/shops/model.ts';

const plan = { ratesPpm: listRatesPpm, promotion: undefined };
const of = (channel: string, amount: bigint) => commissionFor(plan, { channel, amount, currency: 'PLN' });

describe('The commission by the list prices', () => {
  it.each([
    // BLIK takes 1.59 %: 31 grosz give 0.4929, 32 give 0.5088.
    ['blik', 1n, 0n],
    ['blik', 31n, 0n],
    ['blik', 32n, 1n],
    ['blik', 94n, 1n],
    ['blik', 95n, 2n],
    ['blik', 100n, 2n],
    ['blik', 5_000n, 80n], // 79.5 goes up
    ['blik', 15_000n, 239n], // 238.5 goes up
    ['blik', 14_999n, 238n], // 238.4841
    ['blik', 10_000n, 159n],
    ['blik', 1_234n, 20n],
    ['blik', 999_999_999n, 15_900_000n],
    ['blik_oneclick', 10_000n, 159n],
    ['blik_oneclick', 5_000n, 80n],
    // Everything else 1.4 %: 35 grosz give 0.49, 36 give 0.504.
    ['mtransfer', 1n, 0n],
    ['mtransfer', 35n, 0n],
    ['mtransfer', 36n, 1n],
    ['mtransfer', 250n, 4n], // 3.5 goes up
    ['mtransfer', 750n, 11n], // 10.5 goes up
    ['mtransfer', 749n, 10n], // 10.486
    ['ecom3ds', 10_000n, 140n],
    ['gpay', 10_000n, 140n],
    ['blik_paylater', 10_000n, 140n],
    ['lease', 999_999_999n, 14_000_000n],
  ])('for %s of %s grosz is %s', (channel, amount, expected) => {
    expect(of(channel, amount).amount).toBe(expected);
  });

  it('has 1.59 % for BLIK and BLIK one-click alone', () => {
    const dear = Object.keys(channels).filter((channel) => of(channel, 10_000n).ratePpm !== 14_000);
    expect(dear.map((channel) => [channel, of(channel, 10_000n).ratePpm])).toEqual([
      ['blik', 15_900],
      ['blik_oneclick', 15_900],
    ]);
  });

  it('is kept with its base, its rate and its rule', () => {
    expect(of('blik', 10_000n)).toEqual({
      amount: 159n,
      base: 10_000n,
      currency: 'PLN',
      ratePpm: 15_900,
      rule: '1.59 % for the channel blik, rounded half up.',
    });
    expect(of('ing', 10_000n).rule).toBe('1.4 % for every channel without a rate of its own, rounded half up.');
  });

  it('is the nearest grosz, and the upper one when two are equally near', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999_999_999n }), fc.constantFrom('blik', 'ing'), (amount, channel) => {
        const exactTenThousandths = amount * (channel === 'blik' ? 159n : 140n);
        const { amount: commission } = of(channel, amount);
        const off = commission * 10_000n - exactTenThousandths;
        expect(off > -5_000n && off <= 5_000n).toBe(true);
      }),
    );
  });

  it('cannot be computed by a plan without a rate for it', () => {
    const narrow = { ...plan, ratesPpm: { blik: 15_900 } };
    expect(() => commissionFor(narrow, { channel: 'ing', amount: 1n, currency: 'PLN' })).toThrow('no rate for ing');
  });
});

describe('A rate in per cent', () => {
  it.each([
    [15_900, '1.59'],
    [14_000, '1.4'],
    [10_000, '1'],
    [0, '0'],
    [1, '0.0001'],
    [1_000_000, '100'],
    [100_500, '10.05'],
  ])('of %s ppm is %s', (ppm, expected) => {
    expect(toPercent(ppm)).toBe(expected);
  });
});
