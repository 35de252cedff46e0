import type { Locale } from './locales.ts';

// English is European here: plain `en` would put the month first.
const formats = new Map<Locale, Intl.DateTimeFormat>();

const zoneNames = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Warsaw', timeZoneName: 'short' });

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
  const parts = format.formatToParts(moment);
  return parts.map((part, index) => written(part, { moment, locale, next: parts[index + 1] })).join('');
}

type Place = { readonly moment: Date; readonly locale: Locale; readonly next: Intl.DateTimeFormatPart | undefined };

/**
 * Mends what Intl has no good word for: where it numbers the zone (`GMT+1`) the zone gets the name that all Europe knows, and
 * the first of a month is `1er` in French.
 */
function written({ type, value }: Intl.DateTimeFormatPart, { moment, locale, next }: Place): string {
  if (type === 'timeZoneName' && /\d/.test(value)) return zoneNames.formatToParts(moment).at(-1)?.value ?? value;
  if (type === 'literal' && next?.type === 'timeZoneName') return ' ';
  return type === 'day' && locale === 'fr' && value === '1' ? '1er' : value;
}

/** Writes a length of time as minutes and seconds: 65 gives `1:05`. Negative lengths give `0:00`. */
export function formatCountdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
}
