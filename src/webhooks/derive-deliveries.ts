import { inTransaction, type Tx } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { PaymentFactData } from '../payments/events.ts';
import type { RefundFactData } from '../refunds/events.ts';
import type { TransactionFactData } from '../transactions/events.ts';
import type { WebhookDeps } from './deps.ts';
import {
  imojeNotification,
  type Told,
  type ToldPayment,
  type ToldProfile,
  type ToldRefund,
  type ToldTransaction,
} from './imoje-notification.ts';
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
  deps: Pick<WebhookDeps, 'database' | 'clock' | 'publicUrl'>,
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
      facts.flatMap((fact) => deliveryOf(fact, { shopId, place, now, publicUrl: deps.publicUrl })),
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

type Run = { readonly shopId: string; readonly place: ReaderPlace; readonly now: Date; readonly publicUrl: string };

function deliveryOf(fact: LoggedFact, run: Run): NewDelivery[] {
  const { shopId, place, now } = run;
  const { paymentId, transactionId, refundId } = fact;
  const url = fact.notificationUrl ?? place.notificationUrl;
  const { merchantId } = place;
  if (paymentId === null || url === null) return [];
  const paymentUrl = `${run.publicUrl}/pay/${paymentId}`;
  const told = toldOf(fact, { id: paymentId, shopId, merchantId, notificationUrl: url, paymentUrl });
  if (!told) return [];
  const body = imojeNotification(told);
  const about = { shopId, eventNumber: fact.number, paymentId, transactionId, refundId };
  return [{ ...about, id: newId(now), url, body, createdAt: now }];
}

function toldOf(
  fact: LoggedFact,
  about: {
    readonly id: string;
    readonly shopId: string;
    readonly merchantId: string;
    readonly notificationUrl: string;
    readonly paymentUrl: string;
  },
): Told | undefined {
  const { at, transactionId, refundId } = fact;
  const { notificationUrl, paymentUrl } = about;
  const common = { at, notificationUrl, paymentUrl, payment: paymentOf(fact, about) };
  switch (subjectOf(fact.type)) {
    case 'payment':
      // imoje tells of payments alone where they have an address to send; a sale is its attempt, which is told.
      if (fact.isSale) return undefined;
      return { ...common, transaction: undefined, data: fact.data as PaymentFactData };
    case 'transaction': {
      if (transactionId === null) return undefined;
      const data = fact.data as TransactionFactData;
      return {
        ...common,
        transaction: transactionOf(fact, transactionId),
        data,
        profile: profileOf(fact, data, about),
      };
    }
    case 'refund': {
      if (transactionId === null || refundId === null) return undefined;
      const [transaction, refund] = [transactionOf(fact, transactionId), refundOf(fact, refundId)];
      return { ...common, transaction, refund, data: fact.data as RefundFactData };
    }
    case undefined:
      return undefined;
  }
}

function paymentOf(fact: LoggedFact, { id, shopId }: Pick<ToldPayment, 'id' | 'shopId'>): ToldPayment {
  const { title, orderId, currency, paymentAmount: amount, paymentCreatedAt: createdAt } = fact;
  return { id, shopId, title, orderId, amount, currency, createdAt };
}

function transactionOf(fact: LoggedFact, id: string): ToldTransaction {
  const { source, method, channel, currency, transferAccount } = fact;
  const { transactionAmount: amount, transactionCreatedAt: createdAt } = fact;
  return { id, source, method, channel, amount, currency, transferAccount, createdAt };
}

/** An attempt that stores its instrument is told with it once it is stored, one that charges it always. */
function profileOf(
  { transactionId, profileId: id, firstTransactionId, ...fact }: LoggedFact,
  { transaction: { status } }: TransactionFactData,
  { merchantId }: { readonly merchantId: string },
): ToldProfile | undefined {
  const isStored = firstTransactionId !== transactionId || status === 'AUTHORIZED' || status === 'SETTLED';
  // Of an alias imoje tells nothing: it has no number and no month.
  if (id === null || !isStored || fact.method !== 'CARD') return undefined;
  const { customerId, profileKind: kind, profileLabel: label, profileDetails: details } = fact;
  return { id, merchantId, customerId, kind, label, details };
}

function refundOf(fact: LoggedFact, id: string): ToldRefund {
  const { refundAmount: amount, refundNote: note, refundCreatedAt: createdAt } = fact;
  return { id, amount, note, createdAt };
}
