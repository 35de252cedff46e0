import type { Locale } from './locales.ts';

// English is European here: plain `en` would put the month first.
const formats = new Map<Locale, Intl.DateTimeFormat>();

/**
 * Writes a moment for a reader, to the minute, in the time of Warsaw with its name, because a payer abroad cannot
 * guess whose clock is meant: `23 listopada 2026 14:05 CET`.
 */
export function formatMoment(moment: Date, locale: Locale): string {
  let format = formats.get(locale);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'Europe/Warsaw',
      timeZoneName: 'short',
      hourCycle: 'h23',
    });
    formats.set(locale, format);
  }
  return format.format(moment);
}

/** Writes a length of time as minutes and seconds: 65 gives `1:05`. Negative lengths give `0:00`. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
