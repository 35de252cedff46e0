import type { Currency } from '../kernel/money.ts';
import { type CalendarName, holidays } from './holidays.ts';

/** A day as the calendar on the wall has it; which moments it spans depends on the zone, which is always Warsaw's. */
export type Day = Temporal.PlainDate;

/** The zone of everything that goes by days: payouts, promotions, statements, reports. */
export const zone = 'Europe/Warsaw';

const saturday = 6;

/** The first day that is read: nothing here is older, and the calendar's arithmetic ends before the year 0 does. */
const firstDay: Day = Temporal.PlainDate.from('2000-01-01');

/** Reads a day as it is written in ISO 8601: `2026-11-26`. Undefined when there is no such day, or it is before 2000. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' });
    return Temporal.PlainDate.compare(day, firstDay) < 0 ? undefined : day;
  } catch {
    return undefined;
  }
}

/** The day in Warsaw on which a moment falls. */
export function dayOf(moment: Date): Day {
  return zoned(moment).toPlainDate();
}

/** The first moment of a day in Warsaw; with the next day's it spans 23 or 25 hours when the clocks change. */
export function midnight(day: Day): Date {
  return new Date(day.toZonedDateTime(zone).epochMilliseconds);
}

/** A time of a day in Warsaw, `9:30` as `{ hour: 9, minute: 30 }`. */
export function at(
  day: Day,
  time: { readonly hour: number; readonly minute?: number; readonly second?: number },
): Date {
  return new Date(day.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds);
}

/** Says whether a day is one on which a calendar's business is done: Monday to Friday but the holidays. */
export function isBusinessDay(calendar: CalendarName, day: Day): boolean {
  if (day.dayOfWeek >= saturday) return false;
  const { fixed, fromYear, afterEaster } = holidays[calendar];
  const monthDay = day.toString().slice(5);
  const since = (fromYear as { readonly [monthDay: string]: number })[monthDay] ?? 0;
  if ((fixed as readonly string[]).includes(monthDay) && day.year >= since) return false;
  const easter = easterSunday(day.year);
  return !afterEaster.some((days) => easter.add({ days }).equals(day));
}

/** The first business day after a day. */
export function nextBusinessDay(calendar: CalendarName, day: Day): Day {
  let next = day.add({ days: 1 });
  while (!isBusinessDay(calendar, next)) next = next.add({ days: 1 });
  return next;
}

/** The calendar by which a currency is paid out: TARGET for EUR, Poland's for all others. */
export function calendarOf(currency: Currency): CalendarName {
  return currency === 'EUR' ? 'TARGET' : 'POLAND';
}

/**
 * Easter Sunday of the Gregorian calendar, by the anonymous algorithm of 1876 (Meeus, Astronomical Algorithms,
 * chapter 8).
 */
export function easterSunday(year: number): Day {
  const [a, b, c] = [year % 19, Math.trunc(year / 100), year % 100];
  const leapless = b - Math.trunc(b / 4) - Math.trunc((b - Math.trunc((b + 8) / 25) + 1) / 3);
  const moon = (19 * a + leapless + 15) % 30;
  const weekday = (32 + 2 * (b % 4) + 2 * Math.trunc(c / 4) - moon - (c % 4)) % 7;
  const late = Math.trunc((a + 11 * moon + 22 * weekday) / 451);
  const days = moon + weekday - 7 * late + 114;
  return Temporal.PlainDate.from({ year, month: Math.trunc(days / 31), day: (days % 31) + 1 });
}

/** The moment in Warsaw's time. */
export function zoned(moment: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone);
}

const sessions = [
  { hour: 9, minute: 30 },
  { hour: 13, minute: 30 },
  { hour: 16, minute: 0 },
] as const;

/**
 * The settlement sessions of Elixir on a day, the clearing of transfers in PLN: none on a day without business, and no
 * third one on the last business day of a year (KIR).
 */
export function elixirSessions(day: Day): readonly Date[] {
  if (!isBusinessDay('POLAND', day)) return [];
  const isLastOfYear = nextBusinessDay('POLAND', day).year > day.year;
  return (isLastOfYear ? sessions.slice(0, 2) : sessions).map((time) => at(day, time));
}

/** The first session of Elixir after a moment. */
export function nextElixirSession(moment: Date): Date {
  let day = dayOf(moment);
  for (;;) {
    const session = elixirSessions(day).find((begins) => begins > moment);
    if (session) return session;
    day = nextBusinessDay('POLAND', day);
  }
}

const opens = { hour: 8 } as const;
const closes = { hour: 16 } as const;

/**
 * The moment at which so many working hours have passed: 8:00 to 16:00 on Poland's business days.
 * @param hours whole or not, more than 0.
 */
export function afterWorkingHours(moment: Date, hours: number): Date {
  let left = hours * 3_600_000;
  let day = dayOf(moment);
  for (;;) {
    if (isBusinessDay('POLAND', day)) {
      const from = Math.max(moment.getTime(), at(day, opens).getTime());
      const open = at(day, closes).getTime() - from;
      if (open > 0 && left <= open) return new Date(from + left);
      left -= Math.max(open, 0);
    }
    day = day.add({ days: 1 });
  }
}
