export type Cache<Value> = {
  /** The value under this key, at most as old as the cache allows; undefined when there is none. */
  get(key: string): Promise<Value | undefined>;
  /** Whether something is kept under this key, be it too old. */
  has(key: string): boolean;
  /** Forgets a key at once, after a change made here. */
  forget(key: string): void;
};

type Entry<Value> = { readonly value: Promise<Value | undefined>; readonly freshUntil: number };

/**
 * Keeps what `load` gave for a short time. Concurrent asks for one key share one load; what does not exist is never
 * kept, so that a row is seen as soon as it is made; the oldest entries go when there are too many.
 */
export function createCache<Value>(options: {
  readonly load: (key: string) => Promise<Value | undefined>;
  readonly ageMsMax: number;
  readonly entriesMax: number;
}): Cache<Value> {
  const entries = new Map<string, Entry<Value>>();
  return {
    get: async (key) => {
      const entry = entries.get(key);
      if (entry && entry.freshUntil > performance.now()) return entry.value;
      entries.delete(key);
      const value = options.load(key);
      const fresh = { value, freshUntil: performance.now() + options.ageMsMax };
      entries.set(key, fresh);
      const oldest = entries.size > options.entriesMax ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      const dropIfEmpty = (): void => {
        if (entries.get(key) === fresh) entries.delete(key);
      };
      try {
        const found = await value;
        if (found === undefined) dropIfEmpty();
        return found;
      } catch (error) {
        dropIfEmpty();
        throw error;
      }
    },
    has: (key) => entries.has(key),
    forget: (key) => entries.delete(key),
  };
}
