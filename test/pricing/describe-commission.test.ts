import { describe, expect, it } from 'vitest';
import { describeCommission, type ExplainedCommission, turnoverLeft } from '../../src/pricing/describe-commission.ts';

const promotion = { until: new Date('2026-04-15T22:00:00.000Z'), turnover: 100_000_000n };
const sale: ExplainedCommission = {
  ...{ amount: 140n, base: 10_000n, currency: 'EUR', ratePpm: 14_000, rule: 'A rule.' },
  plan: { validFrom: new Date('2026-01-14T23:00:00.000Z'), promotion, refundGivesCommission: true },
  ...{ promotion: 'ENDED_BY_TURNOVER', turnoverBefore: 100_000_001n, counted: undefined, givenBack: 70n },
};

describe('A commission in words', () => {
  it('has a sentence for each reason', () => {
    expect(describeCommission(sale)).toEqual([
      '1.40 EUR of 100.00 EUR: A rule.',
      'By the price plan in force since 2026-01-15.',
      'The promotion was over: the turnover had reached 1000000.00 PLN.',
      'A refund gives the commission of the refunded share back, by the next payout.',
      'Refunds have given 0.70 EUR of it back.',
      'It is taken from the payout; no invoice follows.',
    ]);
  });

  const exchange = { table: '001/A/NBP/2026', day: '2026-01-02', rate: 423_450_000n };
  it.each<[Partial<ExplainedCommission>, string]>([
    [{ promotion: 'ENDED_BY_TIME' }, 'The promotion was over at the end of 2026-04-15.'],
    [
      { promotion: 'APPLIED', turnoverBefore: 1n },
      'The promotion makes it free: it lasts to the end of 2026-04-15 or until the turnover reaches 1000000.00 PLN; before the sale it was 0.01 PLN, so 999999.99 PLN were left.',
    ],
    [
      { counted: { turnover: 42_345n, exchange } },
      '100.00 EUR count as 423.45 PLN towards the turnover, at 4.2345 PLN for 1 EUR (table 001/A/NBP/2026 of 2026-01-02).',
    ],
    [
      { counted: { turnover: 0n, exchange: undefined } },
      'It counts nothing towards the turnover: no table of the NBP was known for EUR when it settled.',
    ],
    [
      { currency: 'PLN', counted: { turnover: 10_000n, exchange: undefined } },
      'It counts as 100.00 PLN towards the turnover.',
    ],
  ])('says %#', (given, sentence) => {
    expect(describeCommission({ ...sale, ...given })).toContain(sentence);
  });

  it('tells what of the limit was left for a sale that is free, and for no other', () => {
    expect(turnoverLeft({ ...sale, promotion: 'APPLIED', turnoverBefore: 1n })).toBe(99_999_999n);
    expect(turnoverLeft(sale)).toBeUndefined();
    expect(turnoverLeft({ ...sale, promotion: 'ENDED_BY_TIME', turnoverBefore: 1n })).toBeUndefined();
  });
});
