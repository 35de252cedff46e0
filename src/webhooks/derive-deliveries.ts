import { inTransaction, type Tx, withoutTransaction } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { WebhookDeps } from './deps.ts';
import { deliverWebhookJob, factsMax } from './model.ts';
import { insertDeliveries, type NewDelivery } from './sql/insert-deliveries.ts';
import { moveReader } from './sql/move-reader.ts';
import { type NewFact, readNewFacts } from './sql/read-log.ts';
import { supersedeDeliveries } from './sql/supersede-deliveries.ts';
import { tellFact } from './tell-fact.ts';

/**
 * Reads on in the log of a shop and makes the notifications that follow from it, each with a job that sends it: all in
 * the transaction that moves the reader, so that every fact is told exactly once however often this runs. A shop that
 * gave no address is told nothing.
 * @returns whether there may be more to read.
 */
export async function deriveDeliveries(
  deps: Pick<WebhookDeps, 'database' | 'clock' | 'publicUrl'>,
  shopId: string,
): Promise<boolean> {
  const { database } = deps;
  const facts = await readNewFacts(database, { shopId, max: factsMax });
  const [first, last] = [facts.at(0), facts.at(-1)];
  if (!first || !last) return false;
  const now = deps.clock.now({ clockOffsetMs: Number(first.clockOffsetMs) });
  const deliveries = facts.flatMap((fact) => deliveryOf(fact, { shopId, now, publicUrl: deps.publicUrl }));
  const run = deliveries.length > 0 ? inTransaction : withoutTransaction;
  const moved = await run(database, async (tx) => {
    const isOurs = await moveReader(tx, { shopId, from: first.readUpTo, to: last.number });
    if (isOurs) await write(tx, deliveries);
    return isOurs;
  });
  // Whoever moved it meanwhile may have read less.
  return !moved || facts.length === factsMax;
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

type Run = { readonly shopId: string; readonly now: Date; readonly publicUrl: string };

function deliveryOf(fact: NewFact, { shopId, now, publicUrl }: Run): NewDelivery[] {
  const { paymentId, transactionId, refundId } = fact;
  const url = fact.notificationUrl ?? fact.shopNotificationUrl;
  if (paymentId === null || url === null) return [];
  const body = tellFact(fact, { ...fact, shopId, publicUrl, notificationUrl: url });
  if (body === undefined) return [];
  const about = { shopId, eventNumber: fact.number, paymentId, transactionId, refundId };
  return [{ ...about, id: newId(now), url, body, createdAt: now }];
}
