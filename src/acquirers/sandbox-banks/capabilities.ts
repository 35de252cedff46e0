import { after } from '../../kernel/clock.ts';
import { bankChannels, type Channel } from '../../shops/model.ts';
import type { Unavailability } from '../port.ts';

/** Minutes after midnight in Warsaw, from which on a bank is closed and from which on it is open again. */
type Break = { readonly closes: number; readonly opens: number };

/**
 * When banks take no transfers, every day, as they do to close their books. The times are examples for the sandbox; banks
 * that are not named are always open.
 */
const breaks: { readonly [channel in Channel]?: Break } = {
  bos: { closes: 23 * 60 + 30, opens: 30 },
  bs: { closes: 23 * 60, opens: 60 },
  nest: { closes: 3 * 60, opens: 3 * 60 + 30 },
  pocztowy: { closes: 23 * 60 + 45, opens: 15 },
};

/** The banks that the simulator plays: all of pay-by-link. */
export const channels: readonly Channel[] = bankChannels;

/** Why a bank takes no transfer at a moment; undefined when it does. */
export function bankUnavailability(channel: Channel, now: Date): Unavailability | undefined {
  const daily = breaks[channel];
  if (!daily) return undefined;
  const minute = minuteInWarsaw(now);
  const overnight = daily.closes > daily.opens;
  const isClosed = overnight
    ? minute >= daily.closes || minute < daily.opens
    : minute >= daily.closes && minute < daily.opens;
  if (!isClosed) return undefined;
  const wait = (daily.opens - minute + 24 * 60) % (24 * 60);
  const minuteBegan = after(now, { ms: -(now.getTime() % 60_000) });
  return { reason: 'OUTSIDE_HOURS', until: after(minuteBegan, { ms: wait * 60_000 }) };
}

const warsaw = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Warsaw',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
});

function minuteInWarsaw(moment: Date): number {
  const parts = new Map(warsaw.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  return (parts.get('hour') ?? 0) * 60 + (parts.get('minute') ?? 0);
}
