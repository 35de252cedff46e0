import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commissionFor,
  commissionGivenBack,
  parsePercent,
  promotionAt,
  promotionOf,
  toPercent,
} from '../../src/pricing/model.ts';

describe('The promotion of a contract', () => {
  it.each([
    // Signed (UTC), first moment after the promotion (UTC). Warsaw is an hour ahead in winter, two in summer.
    ['2026-01-15T11:00:00.000Z', '2026-04-15T22:00:00.000Z'], // from winter time into summer time
    ['2026-09-15T10:00:00.000Z', '2026-12-15T23:00:00.000Z'], // and back
    ['2026-07-28T22:30:00.000Z', '2026-10-29T23:00:00.000Z'], // the 29th in Warsaw
    ['2025-12-29T12:00:00.000Z', '2026-03-29T22:00:00.000Z'], // the last day is the one of 23 hours
    ['2026-07-25T12:00:00.000Z', '2026-10-25T23:00:00.000Z'], // the last day is the one of 25 hours
    ['2026-11-30T12:00:00.000Z', '2027-02-28T23:00:00.000Z'], // February has no 30th
    ['2027-11-29T12:00:00.000Z', '2028-02-29T23:00:00.000Z'], // but a 29th in leap years
    ['2026-05-31T21:59:59.999Z', '2026-08-31T22:00:00.000Z'], // the last moment of the 31st
    ['2026-05-31T22:00:00.000Z', '2026-09-01T22:00:00.000Z'], // the first of June
  ])('signed at %s is over at %s', (signedAt, until) => {
    expect(promotionOf(new Date(signedAt))).toEqual({ until: new Date(until), turnover: 100_000_000n });
  });

  const promotion = promotionOf(new Date('2026-01-15T11:00:00.000Z'));
  const end = promotion.until.getTime();
  it.each([
    [end - 1, 0n, 'APPLIED'],
    [end, 0n, 'ENDED_BY_TIME'],
    [end - 1, 99_999_999n, 'APPLIED'],
    [end - 1, 100_000_000n, 'ENDED_BY_TURNOVER'],
    [end, 100_000_000n, 'ENDED_BY_TURNOVER'],
    [0, 0n, 'APPLIED'],
  ])('at %s with a turnover of %s before is %s', (at, turnoverBefore, state) => {
    expect(promotionAt({ promotion }, { at: new Date(at), turnoverBefore })).toBe(state);
  });

  it('is none in a plan without one', () => {
    expect(promotionAt({ promotion: undefined }, { at: new Date(0), turnoverBefore: 0n })).toBe('NONE');
  });

  it('makes every channel free, and says by what', () => {
    const plan = { ratesPpm: { '*': 14_000 }, promotion };
    expect(commissionFor(plan, { channel: 'ing', amount: 10_000n, currency: 'EUR' }, 'APPLIED')).toEqual({
      ...{ amount: 0n, base: 10_000n, currency: 'EUR', ratePpm: 0 },
      rule: '0 % by the promotion: to 2026-04-15 or 1000000.00 PLN of turnover before the sale.',
    });
    expect(commissionFor(plan, { channel: 'ing', amount: 10_000n, currency: 'EUR' }, 'ENDED_BY_TIME').amount).toBe(
      140n,
    );
  });
});

describe('The commission that refunds give back', () => {
  const charged = { amount: 159n, base: 10_000n };
  it.each([
    [0n, 10_000n, 159n],
    [0n, 5_000n, 80n], // 79.5 goes up
    [5_000n, 5_000n, 79n], // what is left
    [0n, 31n, 0n],
    [0n, 32n, 1n],
    [31n, 1n, 1n],
  ])('after %s for %s is %s', (before, amount, expected) => {
    expect(commissionGivenBack(charged, { before, amount })).toBe(expected);
  });

  it('is never more than was charged, never below 0, and all of it when everything is refunded', () => {
    const parts = fc.array(fc.bigInt({ min: 1n, max: 100_000n }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 1_000_000 }), (refunds, ratePpm) => {
        const base = refunds.reduce((sum, part) => sum + part, 0n);
        const sale = { channel: 'ing', amount: base, currency: 'PLN' } as const;
        const { amount } = commissionFor({ ratesPpm: { '*': ratePpm }, promotion: undefined }, sale);
        let before = 0n;
        let given = 0n;
        for (const part of refunds) {
          const back = commissionGivenBack({ amount, base }, { before, amount: part });
          expect(back >= 0n).toBe(true);
          before += part;
          given += back;
          // Within half a grosz of the exact share of all that was refunded so far.
          const off = 2n * (given * base - amount * before);
          expect(off > -base && off <= base).toBe(true);
        }
        expect(given).toBe(amount);
      }),
    );
  });
});

describe('A percentage', () => {
  it.each(['0', '1.59', '1.4', '100', '0.0001', '10.05'])('%s is read as it is written', (text) => {
    expect(toPercent(parsePercent(text) ?? -1)).toBe(text);
  });

  it.each(['', '-1', '100.0001', '101', '1,59', '1.', '.5', '1.23456', '1e1', ' 1', '1.59%'])('%j is none', (text) => {
    expect(parsePercent(text)).toBeUndefined();
  });
});
