import type { Log } from './kernel/log.ts';

/** What was done so far, to be undone last first. */
export type Undo = (() => Promise<void>)[];

/** Does what a start consists of. When it fails, what was done until then is undone. */
export async function undoneWhenItFails<Result>(log: Log, start: (undo: Undo) => Promise<Result>): Promise<Result> {
  const undo: Undo = [];
  try {
    return await start(undo);
  } catch (error) {
    await undoAll(undo).catch((failure: unknown) =>
      log.error({ err: failure }, 'cleaning up after a failed start failed'),
    );
    throw error;
  }
}

/** Undoes what was done, last first; one failure does not keep the rest from being undone. */
export async function undoAll(undo: Undo): Promise<void> {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
