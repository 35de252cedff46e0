/** Says whether one more is allowed under this key, and counts it if so. */
export type RateLimit = (key: string) => boolean;

/** Allows at most `max` under each key in a window of time; all keys begin anew with each window. */
export function createRateLimit(limit: { readonly max: number; readonly windowMs: number }): RateLimit {
  let counts = new Map<string, number>();
  let windowEnd = 0;
  return (key) => {
    const moment = performance.now();
    if (moment >= windowEnd) {
      counts = new Map();
      windowEnd = moment + limit.windowMs;
    }
    const count = counts.get(key) ?? 0;
    if (count >= limit.max) return false;
    counts.set(key, count + 1);
    return true;
  };
}
