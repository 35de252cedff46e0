import { after } from '../kernel/clock.ts';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { isOpen } from '../transactions/model.ts';
import { type MovementTable, readMovement } from '../transactions/sql/keep-movements.ts';
import { readTransactions } from '../transactions/store.ts';
import { type AnswerForMovement, applyCaptureAnswer } from './apply-capture-answer.ts';
import { applyVoidAnswer } from './apply-void-answer.ts';
import type { PaymentDeps } from './deps.ts';
import { askDelay, timerKinds } from './model.ts';
import { askOrSendMovement, type SentMovement } from './send-movement.ts';

const kinds = { capture: timerKinds.askCapture, void: timerKinds.askVoid } as const;
const appliers = { capture: applyCaptureAnswer, void: applyVoidAnswer } as const;

/** Applies a word about a capture or void in a transaction of its own. */
export async function applyMovementAnswer(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'log'>,
  table: MovementTable,
  word: AnswerForMovement,
): Promise<void> {
  await inTransaction(deps.database, (tx): Promise<unknown> => appliers[table](tx, deps, word));
}

/**
 * Asks the acquirer what became of a capture or void that has no end yet, and applies what it says. One that never reached
 * the acquirer is sent again. As long as there is no end, it sets the timer for the next time. Safe to repeat.
 * @param asked.round how often it has been asked before.
 */
export async function askMovement(
  deps: PaymentDeps,
  table: MovementTable,
  asked: { readonly id: string; readonly round: number },
): Promise<void> {
  const { id, round } = asked;
  const movement = await findOpen(deps, table, id);
  if (!movement) return;
  await applyMovementAnswer(deps, table, { id, answer: await askOrSendMovement(deps, movement) });
  const { shop } = movement;
  const dueAt = after(deps.clock.now(shop), askDelay(round + 1));
  await inTransaction(deps.database, async (tx) => {
    // Its end may have come by notification meanwhile; then nobody must ask any more.
    await lockShops(tx, [shop.id]);
    const now = await readMovement(tx, table, id);
    if (!now || !isOpen(now)) return;
    const { merchantId } = shop;
    await setTimers(tx, [{ kind: kinds[table], subject: id, merchantId, dueAt, round: round + 1 }]);
  });
}

/** The capture or void as its acquirer has to know it; undefined when it has its end. */
async function findOpen(deps: PaymentDeps, table: MovementTable, id: string): Promise<SentMovement | undefined> {
  const found = await inTransaction(deps.database, (tx) => readOpen(tx, table, id));
  if (!found) return undefined;
  const shop = await deps.shops.find(found.row.shopId);
  if (!shop) throw new Error(`The ${table} ${id} names no known shop.`);
  return { kind: table, ...found, shop };
}

async function readOpen(tx: Tx, table: MovementTable, id: string) {
  const row = await readMovement(tx, table, id);
  const [transaction] = row ? await readTransactions(tx, [row.transactionId]) : [];
  return row && transaction && isOpen(row) ? { row, transaction } : undefined;
}
