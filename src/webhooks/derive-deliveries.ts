import { inTransaction, type Tx, withoutTransaction } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { WebhookDeps } from './deps.ts';
import { deliverWebhookJob, factsMax } from './model.ts';
import { insertDeliveries, type NewDelivery } from './sql/insert-deliveries.ts';
import { moveReaders } from './sql/move-reader.ts';
import { type NewFact, readNewFacts } from './sql/read-log.ts';
import { supersedeDeliveries } from './sql/supersede-deliveries.ts';
import { tellFact } from './tell-fact.ts';

/**
 * Reads on in the logs of shops and makes the notifications that follow from them, each with a job that sends it: all in
 * the transaction that moves the reader, so that every fact is told exactly once however often this runs. A shop that
 * gave no address is told nothing.
 * @returns the shops in whose logs there may be more to read.
 */
export async function deriveDeliveries(
  deps: Pick<WebhookDeps, 'database' | 'clock' | 'publicUrl'>,
  shopIds: readonly string[],
): Promise<string[]> {
  const { database } = deps;
  const max = Math.ceil(factsMax / shopIds.length);
  const facts = await readNewFacts(database, { shopIds, max });
  const logs = [...Map.groupBy(facts, ({ shopId }) => shopId)];
  const moves = logs.flatMap(([shopId, [first, ...rest]]) => {
    const last = rest.at(-1) ?? first;
    return first && last ? [{ shopId, from: first.readUpTo, to: last.number }] : [];
  });
  if (moves.length === 0) return [];
  const deliveries = facts.flatMap((fact) => deliveryOf(deps, fact));
  const run = deliveries.length > 0 ? inTransaction : withoutTransaction;
  const moved = await run(database, async (tx) => {
    const ours = await moveReaders(tx, moves);
    await write(
      tx,
      deliveries.filter(({ shopId }) => ours.has(shopId)),
    );
    return ours;
  });
  // Whoever moved a place meanwhile may have read less.
  return logs.flatMap(([shopId, { length }]) => (!moved.has(shopId) || length === max ? [shopId] : []));
}

/** Jobs of one payment share a queue, so its notifications go out one after the other and hold up no other payment's. */
async function write(tx: Tx, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const written = await insertDeliveries(tx, deliveries);
  const superseded = await supersedeDeliveries(tx, deliveries);
  await clearTimers(
    tx,
    [...superseded].map((id) => ({ kind: deliverWebhookJob, subject: id })),
  );
  const due = deliveries.filter(({ id }) => written.has(id) && !superseded.has(id));
  await enqueue(
    tx,
    due.map(({ id, paymentId }) => ({ name: deliverWebhookJob, payload: { subject: id }, queue: paymentId })),
  );
}

function deliveryOf({ clock, publicUrl }: Pick<WebhookDeps, 'clock' | 'publicUrl'>, fact: NewFact): NewDelivery[] {
  const { shopId, paymentId, transactionId, refundId } = fact;
  const url = fact.notificationUrl ?? fact.shopNotificationUrl;
  if (paymentId === null || url === null) return [];
  const body = tellFact(fact, { ...fact, publicUrl, notificationUrl: url });
  if (body === undefined) return [];
  const now = clock.now({ clockOffsetMs: Number(fact.clockOffsetMs) });
  const about = { shopId, eventNumber: fact.number, paymentId, transactionId, refundId };
  return [{ ...about, id: newId(now), url, body, createdAt: now }];
}
