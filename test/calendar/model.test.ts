import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterWorkingHours,
  calendarOf,
  type Day,
  dayOf,
  easterSunday,
  elixirSessions,
  isBusinessDay,
  midnight,
  nextBusinessDay,
  nextElixirSession,
  parseDay,
} from '../../src/calendar/model.ts';
import { currencies } from '../../src/kernel/money.ts';

const day = (text: string): Day => parseDay(text) as Day;
const closedWeekdays = (calendar: 'POLAND' | 'TARGET', year: number): string =>
  Array.from({ length: 366 }, (_, index) => day(`${year}-01-01`).add({ days: index }))
    .filter((date) => date.year === year && date.dayOfWeek <= 5 && !isBusinessDay(calendar, date))
    .map((date) => date.toString().slice(5))
    .join(' ');

describe('The business days', () => {
  // Worked out by hand from the calendars on the wall.
  it.each([
    [2026, '01-01 01-06 04-06 05-01 06-04 11-11 12-24 12-25'],
    [2027, '01-01 01-06 03-29 05-03 05-27 11-01 11-11 12-24'],
    [2028, '01-06 04-17 05-01 05-03 06-15 08-15 11-01 12-25 12-26'],
    [2029, '01-01 04-02 05-01 05-03 05-31 08-15 11-01 12-24 12-25 12-26'],
    [2030, '01-01 04-22 05-01 05-03 06-20 08-15 11-01 11-11 12-24 12-25 12-26'],
  ])('of Poland in %s leave out these weekdays: %s', (year, closed) => {
    expect(closedWeekdays('POLAND', year)).toBe(closed);
  });

  it.each([
    [2026, '01-01 04-03 04-06 05-01 12-25'],
    [2027, '01-01 03-26 03-29'],
    [2028, '04-14 04-17 05-01 12-25 12-26'],
    [2029, '01-01 03-30 04-02 05-01 12-25 12-26'],
    [2030, '01-01 04-19 04-22 05-01 12-25 12-26'],
  ])('of TARGET in %s leave out these weekdays: %s', (year, closed) => {
    expect(closedWeekdays('TARGET', year)).toBe(closed);
  });

  it('leave out 24 December in Poland since 2025', () => {
    expect([isBusinessDay('POLAND', day('2024-12-24')), isBusinessDay('POLAND', day('2025-12-24'))]).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['POLAND', '2026-04-30', '2026-05-04'],
    ['TARGET', '2026-11-10', '2026-11-11'],
    ['POLAND', '2026-11-10', '2026-11-12'],
    ['POLAND', '2026-12-23', '2026-12-28'],
    ['TARGET', '2026-12-23', '2026-12-24'],
    ['POLAND', '2026-12-31', '2027-01-04'],
  ] as const)('of %s: after %s comes %s', (calendar, from, next) => {
    expect(nextBusinessDay(calendar, day(from)).toString()).toBe(next);
  });

  it('of EUR are those of TARGET, of all other currencies those of Poland', () => {
    expect(currencies.filter((currency) => calendarOf(currency) === 'TARGET')).toEqual(['EUR']);
  });
});

it('Easter falls on the day of the church’s own table', () => {
  const years = {
    1818: '03-22',
    2000: '04-23',
    2008: '03-23',
    2019: '04-21',
    2024: '03-31',
    2038: '04-25',
    2049: '04-18',
  };
  for (const [year, date] of Object.entries(years))
    expect(easterSunday(Number(year)).toString()).toBe(`${year}-${date}`);
});

describe('A day in Warsaw', () => {
  it('begins at its own midnight, also when the clocks change', () => {
    const hours = (text: string): number =>
      (midnight(day(text).add({ days: 1 })).getTime() - midnight(day(text)).getTime()) / 3_600_000;
    expect(['2026-03-29', '2026-10-25', '2026-11-27'].map(hours)).toEqual([23, 25, 24]);
    expect(midnight(day('2026-11-27')).toISOString()).toBe('2026-11-26T23:00:00.000Z');
  });

  it('holds each moment from its midnight to just before the next', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        (moment) => {
          const found = dayOf(moment);
          expect(midnight(found) <= moment && moment < midnight(found.add({ days: 1 }))).toBe(true);
        },
      ),
    );
  });

  it.each(['2026-02-29', '2026-13-01', '26-01-01', '2026-1-1', '2026-01-01T00:00', '0000-01-01', '1999-12-31', ''])(
    'is not %j',
    (text) => {
      expect(parseDay(text)).toBeUndefined();
    },
  );
});

describe('The sessions of Elixir', () => {
  it('are three on a business day, two on the last of a year, none on others', () => {
    const times = (text: string): string[] =>
      elixirSessions(day(text)).map((session) => session.toISOString().slice(11, 16));
    expect(times('2026-11-27')).toEqual(['08:30', '12:30', '15:00']);
    expect(times('2026-07-01')).toEqual(['07:30', '11:30', '14:00']);
    expect(times('2026-12-31')).toEqual(['08:30', '12:30']);
    expect(times('2027-12-31')).toEqual(['08:30', '12:30']);
    expect([times('2026-11-11'), times('2026-11-28')]).toEqual([[], []]);
  });

  it.each([
    ['2026-11-27T05:00:00Z', '2026-11-27T08:30:00.000Z'],
    ['2026-11-27T08:30:00Z', '2026-11-27T12:30:00.000Z'],
    ['2026-11-27T15:00:00Z', '2026-11-30T08:30:00.000Z'],
    ['2026-12-31T14:00:00Z', '2027-01-04T08:30:00.000Z'],
    ['2026-10-24T12:00:00Z', '2026-10-26T08:30:00.000Z'],
  ])('after %s begin again at %s', (moment, session) => {
    expect(nextElixirSession(new Date(moment)).toISOString()).toBe(session);
  });
});

describe('Working hours', () => {
  it.each([
    ['on the same day', '2026-11-27T08:00:00Z', 4, '2026-11-27T12:00:00.000Z'],
    ['from before the opening', '2026-11-27T03:00:00Z', 4, '2026-11-27T11:00:00.000Z'],
    ['to the very end of the day', '2026-11-27T11:00:00Z', 4, '2026-11-27T15:00:00.000Z'],
    ['over a weekend', '2026-11-27T14:00:00Z', 4, '2026-11-30T10:00:00.000Z'],
    ['from a holiday', '2026-11-11T10:00:00Z', 1, '2026-11-12T08:00:00.000Z'],
    ['over the change of the clocks', '2026-10-23T13:00:00Z', 2, '2026-10-26T08:00:00.000Z'],
    ['over more than a day', '2026-11-23T07:00:00Z', 17, '2026-11-25T08:00:00.000Z'],
  ])('pass %s', (_, moment, hours, end) => {
    expect(afterWorkingHours(new Date(moment), hours).toISOString()).toBe(end);
  });
});
