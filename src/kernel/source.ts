/**
 * Values that come one after another. Where thousands read at once, a promise for every value and each of its layers is most
 * of the work, so what is at hand can be taken without one.
 */
export type Source<T> = AsyncGenerator<T, void, undefined> & Reading<T>;

type Reading<T> = {
  /**
   * The next value, or the end, when it is at hand; undefined when there is something to wait for.
   * @throws what the source ended with, once; after that it is plainly over.
   */
  take(): IteratorResult<T, void> | undefined;
  /** Resolves when it is worth looking again. Waits for what `take` did not have, so it is called after that; never fails. */
  more(): Promise<void>;
};

/** What `take` gives when a source is over. */
export const over = { done: true, value: undefined } as const;

/**
 * Makes a source that can also be read with `for await`. A generator of the language would keep `return` waiting while it
 * waits itself; this one ends at once. @param end is called when the reader has seen enough, perhaps more than once; the
 * source must be over from then on.
 */
export function sourceOf<T>({ take, more, end }: Reading<T> & { end(): void }): Source<T> {
  const next = async (): Promise<IteratorResult<T, void>> => {
    for (;;) {
      const taken = take();
      if (taken) return taken;
      await more();
    }
  };
  const source: Source<T> = {
    take,
    more,
    next,
    return: async () => {
      end();
      return over;
    },
    throw: async (error) => {
      end();
      throw error;
    },
    [Symbol.asyncIterator]: () => source,
    [Symbol.asyncDispose]: async () => end(),
  };
  return source;
}
