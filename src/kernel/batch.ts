import { DatabaseUnavailable } from './db/database.ts';
import { Refusal } from './errors.ts';

/** What became of one item of a batch: its result, or why it was refused. */
export type Outcome<Result> = { readonly value: Result } | { readonly refusal: Refusal };

/** An item that failed although others of its batch are done, so that the batch cannot be tried again. */
export type Failed = { readonly error: unknown };

/**
 * Does one batch and gives an outcome for each item in the order of the items.
 * @throws DatabaseUnavailable when nobody knows whether it was done; anything else when nothing was.
 */
export type BatchRunner<Item, Result> = (items: readonly Item[]) => Promise<readonly (Outcome<Result> | Failed)[]>;

export type Lane<Item, Result> = {
  /** Adds an item to the next batch; resolves after that batch has committed, rejects with the item's own refusal. */
  submit(item: Item): Promise<Result>;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
};

type Waiting<Item, Result> = {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

const batchMax = 512;

/**
 * Collects what arrives while a batch is under way and does it in one go: one connection, at most one batch in flight.
 * There is no timer: an idle gateway adds one turn of the event loop. An unexpected error halves the batch and tries
 * the halves, so that a bad item fails alone.
 */
export function createLane<Item, Result>(run: BatchRunner<Item, Result>): Lane<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let running = false;
  let idleWaiters: (() => void)[] = [];

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchMax);
      queue = queue.slice(batchMax);
      await runHalving(run, batch);
    }
    running = false;
    for (const wake of idleWaiters) wake();
    idleWaiters = [];
  }

  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        if (running) return;
        running = true;
        setImmediate(() => void drain());
      }),
    idle: () => (running ? new Promise((resolve) => idleWaiters.push(resolve)) : Promise.resolve()),
  };
}

async function runHalving<Item, Result>(
  run: BatchRunner<Item, Result>,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const outcomes = await run(batch.map((waiting) => waiting.item));
    batch.forEach((waiting, index) => {
      settle(waiting, outcomes[index]);
    });
  } catch (error) {
    // Without a database each half would fail as the whole did, one after the other, each after its own time-out.
    if (batch.length === 1 || error instanceof DatabaseUnavailable) {
      for (const waiting of batch) waiting.reject(error);
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await runHalving(run, batch.slice(0, middle));
    await runHalving(run, batch.slice(middle));
  }
}

function settle<Item, Result>(waiting: Waiting<Item, Result>, outcome: Outcome<Result> | Failed | undefined): void {
  if (!outcome) waiting.reject(new Error('The batch gave no outcome for this item.'));
  else if ('error' in outcome) waiting.reject(outcome.error);
  else if ('refusal' in outcome) waiting.reject(outcome.refusal);
  else waiting.resolve(outcome.value);
}

/** Runs a check that may refuse, and gives the outcome instead of throwing; other errors pass through. */
export function outcomeOf<Result>(check: () => Result): Outcome<Result> {
  try {
    return { value: check() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
