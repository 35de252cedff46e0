import { describe, expect, it } from 'vitest';
import { bankUnavailability } from '../../src/acquirers/sandbox-banks/capabilities.ts';
import { bankChannels, type Channel } from '../../src/shops/model.ts';

/** One night of each bank that closes: from when to when, in the time of Warsaw. */
const nights: readonly (readonly [bank: Channel, closes: string, opens: string])[] = [
  // In winter.
  ['bos', '2026-01-15T23:30+01:00', '2026-01-16T00:30+01:00'],
  ['bs', '2026-01-15T23:00+01:00', '2026-01-16T01:00+01:00'],
  ['nest', '2026-01-15T03:00+01:00', '2026-01-15T03:30+01:00'],
  ['pocztowy', '2026-01-15T23:45+01:00', '2026-01-16T00:15+01:00'],
  ['bs', '2026-12-31T23:00+01:00', '2027-01-01T01:00+01:00'],
  // In summer.
  ['bos', '2026-07-15T23:30+02:00', '2026-07-16T00:30+02:00'],
  ['bs', '2026-07-15T23:00+02:00', '2026-07-16T01:00+02:00'],
  ['nest', '2026-07-15T03:00+02:00', '2026-07-15T03:30+02:00'],
  ['pocztowy', '2026-07-15T23:45+02:00', '2026-07-16T00:15+02:00'],
  // The night in which 2:00 becomes 3:00, and the next one.
  ['bs', '2026-03-28T23:00+01:00', '2026-03-29T01:00+01:00'],
  ['nest', '2026-03-29T03:00+02:00', '2026-03-29T03:30+02:00'],
  ['bs', '2026-03-29T23:00+02:00', '2026-03-30T01:00+02:00'],
  // The night in which 3:00 becomes 2:00, and the next one.
  ['bs', '2026-10-24T23:00+02:00', '2026-10-25T01:00+02:00'],
  ['nest', '2026-10-25T03:00+01:00', '2026-10-25T03:30+01:00'],
  ['bs', '2026-10-25T23:00+01:00', '2026-10-26T01:00+01:00'],
];

const minuteMs = 60_000;

describe('A bank that closes', () => {
  it.each(nights)('%s: from %s to %s', (bank, closing, opening) => {
    const [closes, opens] = [new Date(closing), new Date(opening)];
    const closed = { reason: 'OUTSIDE_HOURS', until: opens };
    const earlier = (moment: Date, ms: number): Date => new Date(moment.getTime() - ms);
    expect(bankUnavailability(bank, earlier(closes, 1))).toBeUndefined();
    expect(bankUnavailability(bank, earlier(closes, minuteMs))).toBeUndefined();
    expect(bankUnavailability(bank, closes)).toEqual(closed);
    expect(bankUnavailability(bank, earlier(closes, -59_999))).toEqual(closed);
    expect(bankUnavailability(bank, earlier(opens, minuteMs))).toEqual(closed);
    expect(bankUnavailability(bank, earlier(opens, 1))).toEqual(closed);
    expect(bankUnavailability(bank, opens)).toBeUndefined();
  });
});

describe('Every bank', () => {
  const minutesClosed: { readonly [bank in Channel]?: number } = { bos: 60, bs: 120, nest: 30, pocztowy: 30 };
  const days = [
    ['of 24 hours', '2026-01-15T00:00+01:00', 24],
    ['of 23 hours', '2026-03-29T00:00+01:00', 23],
    ['of 25 hours', '2026-10-25T00:00+02:00', 25],
  ] as const;

  it.each(days)('is closed as long as it says on a day %s, and the others never are', (_, midnight, hours) => {
    const start = new Date(midnight).getTime();
    const closed = bankChannels.map((bank) => {
      const minutes = Array.from({ length: hours * 60 }, (_none, minute) => new Date(start + minute * minuteMs));
      return [bank, minutes.filter((minute) => bankUnavailability(bank, minute) !== undefined).length];
    });
    expect(closed).toEqual(bankChannels.map((bank) => [bank, minutesClosed[bank] ?? 0]));
  });
});
