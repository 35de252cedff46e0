import { kindOf } from './kind-of.ts';

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
  /**
   * Calls `look`, which may not fail, once it is worth looking again, and never before it returns. Waits for what `take` did not
   * have, so it is called after that.
   */
  wait(look: () => void): void;
  /** Ends the source at once, for a reader who has seen enough; it is over from then on. May be called more than once. */
  end(): void;
};

/** What `take` gives when a source is over. */
export const over = { done: true, value: undefined } as const;

/**
 * What `for await` needs of a source, in terms of the rest. All sources share it: of its own each subscriber, who has three
 * of them, would have fifteen functions.
 */
const iteration = {
  async next(this: Reading<unknown>) {
    for (;;) {
      const taken = this.take();
      if (taken) return taken;
      await new Promise<void>((resolve) => this.wait(resolve));
    }
  },
  async return(this: Reading<unknown>) {
    this.end();
    return over;
  },
  async throw(this: Reading<unknown>, error: unknown) {
    this.end();
    throw error;
  },
  [Symbol.asyncIterator](this: unknown) {
    return this;
  },
  async [Symbol.asyncDispose](this: Reading<unknown>) {
    this.end();
  },
};

/**
 * Makes a source that can also be read with `for await`, and has what else it is given. A generator of the language would
 * keep `return` waiting while it waits itself; this one ends at once.
 */
export function sourceOf<T, More extends object = object>(reading: Reading<T> & More): Source<T> & More {
  return Object.assign(Object.create(iteration), reading);
}

/** Gives a function that makes sources of one kind (kind-of.ts). @param methods may have more to do than sources have. */
export function sourceKind<T, State extends object, More extends object = object>(
  methods: Reading<T> & More & ThisType<State & Source<T> & More>,
): (state: State) => State & Source<T> & More {
  return kindOf(Object.setPrototypeOf(methods, iteration));
}
