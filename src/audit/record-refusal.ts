import { hideCardNumbers } from '../kernel/card-numbers.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import { isUuid, newId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { RefusedOperation } from './model.ts';
import { insertRefusals } from './sql/insert-refusals.ts';

export type RefusalRecorder = {
  /** Keeps the refusal in a transaction of its own, and resolves when it is kept; never fails the caller. */
  record(refused: RefusedOperation): Promise<void>;
  /** Resolves when everything that was recorded so far is written. */
  flush(): Promise<void>;
};

/** At most so many per key and minute are kept; a flood is counted in the metrics, not in the table. */
const keptPerMinuteMax = 60;
const textLengthMax = 255;

/** Makes the recorder of refused money operations, so that nobody can say one never happened (domain, invariant 6). */
export function createRefusalRecorder(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): RefusalRecorder {
  let window = { minute: 0, kept: new Map<string, number>() };
  let writing: Promise<void> = Promise.resolve();
  return {
    record: async (refused) => {
      const at = deps.clock.now();
      const minute = Math.floor(at.getTime() / 60_000);
      if (window.minute !== minute) window = { minute, kept: new Map() };
      const kept = (window.kept.get(refused.actor.keyId) ?? 0) + 1;
      window.kept.set(refused.actor.keyId, kept);
      if (kept > keptPerMinuteMax) return;
      const { idempotencyKey, subject } = refused;
      const texts = { idempotencyKey: storable(idempotencyKey), subject: storable(subject) };
      const row = { ...refused, ...texts, id: newId(at), at, shopId: shopIdOf(refused) };
      writing = writing
        .then(() => inTransaction(deps.database, (tx) => insertRefusals(tx, [row])))
        .catch((error: unknown) => deps.log.error({ err: error }, 'a refused operation could not be recorded'));
      await writing;
    },
    flush: () => writing,
  };
}

function shopIdOf(refused: RefusedOperation): string | undefined {
  const shopId = refused.shopId?.toLowerCase() ?? refused.actor.shopId;
  return shopId !== undefined && isUuid(shopId) ? shopId : undefined;
}

/**
 * A bad key is one of the things that are refused: what no text column takes, or nobody needs, is not kept of it. Card
 * numbers go first, while they are whole.
 */
function storable(text: string | undefined): string | undefined {
  const shown = text === undefined ? undefined : hideCardNumbers(text);
  return shown?.slice(0, textLengthMax).replaceAll('\0', '\ufffd').toWellFormed();
}
