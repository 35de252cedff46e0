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

/** Adds a duration to a moment. */
export function after(moment: Date, duration: { readonly ms: number }): Date {
  return new Date(moment.getTime() + duration.ms);
}
