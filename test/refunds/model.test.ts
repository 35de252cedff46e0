import { describe, expect, it } from 'vitest';
import { askDelay, windowEnd } from '../../src/refunds/model.ts';

describe('The time in which a transaction can be refunded', () => {
  const settledAt = new Date('2026-03-02T10:00:00.123Z');

  it('ends after twelve calendar months for BLIK and pay later, and after three years for cards', () => {
    expect(windowEnd('BLIK', settledAt).toISOString()).toBe('2027-03-02T10:00:00.123Z');
    expect(windowEnd('PAY_LATER', settledAt).toISOString()).toBe('2027-03-02T10:00:00.123Z');
    expect(windowEnd('CARD', settledAt).toISOString()).toBe('2029-03-02T10:00:00.123Z');
    expect(windowEnd('WALLET', settledAt).toISOString()).toBe('2029-03-02T10:00:00.123Z');
  });

  it('ends in the month it should when it began on a leap day', () => {
    const leapDay = new Date('2028-02-29T23:00:00.000Z');
    expect(windowEnd('BLIK', leapDay).toISOString()).toBe('2029-02-28T23:00:00.000Z');
    expect(windowEnd('CARD', leapDay).toISOString()).toBe('2031-02-28T23:00:00.000Z');
  });

  it('leaves the moment it was given as it was', () => {
    windowEnd('BLIK', settledAt);
    expect(settledAt.toISOString()).toBe('2026-03-02T10:00:00.123Z');
  });
});

describe('The times at which an acquirer is asked about a refund', () => {
  it('lie ever further apart, in the end six hours', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map((round) => askDelay(round).ms / 1000)).toEqual([
      15, 15, 30, 60, 120, 300, 3_600, 21_600, 21_600,
    ]);
  });
});
