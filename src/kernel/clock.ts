/**
 * The only source of time. In the sandbox a merchant may have moved his clock, so whoever acts for a merchant asks with
 * that merchant's offset; nothing else in the code or in SQL reads the time.
 */
export type Clock = {
  /** The present moment, in UTC, moved by the offset of the merchant concerned. */
  now(tenant?: { readonly clockOffsetMs: number }): Date;
};

/** The machine's clock. */
export const systemClock: Clock = {
  now: (tenant) => new Date(Date.now() + (tenant?.clockOffsetMs ?? 0)),
};

/**
 * Adds months to a moment, in UTC. Where the month that it comes to is too short for the day, it is the last day of that
 * month: 15 months behind the 30th of November ends in February, not in March.
 */
export function monthsAfter(moment: Date, months: number): Date {
  const then = new Date(moment);
  then.setUTCMonth(then.getUTCMonth() + months);
  if (then.getUTCDate() !== moment.getUTCDate()) then.setUTCDate(0);
  return then;
}

/** Adds a duration to a moment. */
export function after(moment: Date, duration: { readonly ms: number }): Date {
  return new Date(moment.getTime() + duration.ms);
}
