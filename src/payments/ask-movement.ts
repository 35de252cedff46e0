import { after } from '../kernel/clock.ts';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { isOpen } from '../transactions/model.ts';
import { type MovementTable, readMovement } from '../transactions/sql/keep-movements.ts';
import { readTransactions } from '../transactions/store.ts';
import { type AnswerForMovement, applyCaptureAnswer } from './apply-capture-answer.ts';
import { applyVoidAnswer } from './apply-void-answer.ts';
import type { PaymentDeps } from './deps.ts';
import { askDelay, isTooLateToCall, timerKinds } from './model.ts';
import { readMoved } from './read-moved.ts';
import { readPaymentOf } from './read-payment-of.ts';
import { askAboutMovement, type SentMovement, sendMovement } from './send-movement.ts';

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
 * the acquirer is sent again, unless its reason is gone: then it is refused. As long as there is no end, it sets the timer for
 * the next time. Safe to repeat.
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
  const decidedAt = deps.clock.now();
  const heard = await askAboutMovement(deps, movement);
  if (heard.kind === 'unheard') await sendAgain(deps, table, { ...movement, decidedAt });
  else await applyMovementAnswer(deps, table, { id, answer: heard });
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

/**
 * Sends what never arrived, and applies the answer; or refuses it unsent if its reason is gone, which is looked at right before
 * the call (docs/decisions/0053-what-was-decided-is-sent-at-once-or-not-at-all.md).
 */
async function sendAgain(
  deps: PaymentDeps,
  table: MovementTable,
  movement: SentMovement & { readonly decidedAt: Date },
): Promise<void> {
  const { id } = movement.row;
  const isWanted = await inTransaction(deps.database, async (tx) => {
    const { row, transaction } = await readMoved(tx, deps.clock, { table, id });
    // This process may have stood still since it asked, and another one may have sent it.
    if (!isOpen(row) || isTooLateToCall(movement.decidedAt, deps.clock.now())) return false;
    if (await hasReason(tx, table, transaction)) return true;
    await appliers[table](tx, deps, { id, answer: { kind: 'withdrawn' } });
    return false;
  });
  if (!isWanted) return;
  await applyMovementAnswer(deps, table, { id, answer: await sendMovement(deps, movement) });
}

/**
 * Says whether a capture or void that was ordered is still to be sent: not a capture of a payment that another attempt has paid
 * meanwhile, lest the payer pays twice; nor a void of what is not authorised any more, since it was taken or is released by then.
 */
async function hasReason(tx: Tx, table: MovementTable, transaction: Transaction): Promise<boolean> {
  if (table === 'void') return transaction.status === 'AUTHORIZED';
  return !(await readPaymentOf(tx, transaction)).otherSettled;
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
