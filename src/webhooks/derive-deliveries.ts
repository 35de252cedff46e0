import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction, type Tx } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { PaymentFactData } from '../payments/events.ts';
import type { TransactionFactData } from '../transactions/events.ts';
import { imojeNotification, type Told } from './imoje-notification.ts';
import { deliverWebhookJob, subjectOf } from './model.ts';
import { insertDeliveries, type NewDelivery } from './sql/insert-deliveries.ts';
import { type LoggedFact, readLog } from './sql/read-log.ts';
import { supersedeDeliveries } from './sql/supersede-deliveries.ts';
import { moveReader, type ReaderPlace, takeReader } from './sql/take-reader.ts';

/** How many facts one run reads at most. */
const factsMax = 500;

/**
 * Reads on in the log of a shop and makes the notifications that follow from it, each with a job that sends it: all in
 * the transaction that moves the reader, so that every fact is told exactly once however often this runs. A shop that
 * gave no address is told nothing.
 * @returns whether there may be more to read.
 */
export async function deriveDeliveries(
  deps: { readonly database: Database; readonly clock: Clock },
  shopId: string,
): Promise<boolean> {
  return inTransaction(deps.database, async (tx) => {
    const place = await takeReader(tx, shopId);
    if (!place) return false;
    const facts = await readLog(tx, { shopId, after: place.number, max: factsMax });
    const last = facts.at(-1);
    if (!last) return false;
    const now = deps.clock.now({ clockOffsetMs: Number(place.clockOffsetMs) });
    await write(
      tx,
      facts.flatMap((fact) => deliveryOf(fact, { shopId, place, now })),
    );
    await moveReader(tx, shopId, last.number);
    return facts.length === factsMax;
  });
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

type Run = { readonly shopId: string; readonly place: ReaderPlace; readonly now: Date };

function deliveryOf(fact: LoggedFact, run: Run): NewDelivery[] {
  const { shopId, place, now } = run;
  const { paymentId, transactionId } = fact;
  const url = fact.notificationUrl ?? place.notificationUrl;
  const told = paymentId !== null && url !== null && toldOf(fact, { id: paymentId, shopId, notificationUrl: url });
  if (!told) return [];
  const body = imojeNotification(told);
  return [{ id: newId(now), shopId, eventNumber: fact.number, paymentId, transactionId, url, body, createdAt: now }];
}

function toldOf(
  fact: LoggedFact,
  about: { readonly id: string; readonly shopId: string; readonly notificationUrl: string },
): Told | undefined {
  const subject = subjectOf(fact.type);
  if (subject === undefined) return undefined;
  const { id, shopId, notificationUrl } = about;
  const { at, title, orderId, currency, transactionId, source, method, channel } = fact;
  const payment = {
    id,
    shopId,
    title,
    orderId,
    amount: fact.paymentAmount,
    currency,
    createdAt: fact.paymentCreatedAt,
  };
  if (subject === 'payment') {
    return { at, notificationUrl, payment, transaction: undefined, data: fact.data as PaymentFactData };
  }
  if (transactionId === null) return undefined;
  const [amount, createdAt] = [fact.transactionAmount, fact.transactionCreatedAt];
  const transaction = { id: transactionId, source, method, channel, amount, currency, createdAt };
  return { at, notificationUrl, payment, transaction, data: fact.data as TransactionFactData };
}
