import { hideCardNumbers } from '../kernel/card-numbers.ts';
import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { clearTimers, setTimers } from '../kernel/jobs/timers.ts';
import { notificationSignatureHeader } from '../kernel/signature.ts';
import { readServiceKeys } from '../shops/store.ts';
import type { WebhookDeps } from './deps.ts';
import { delayAfter, deliverWebhookJob, queueOf, resendWebhookJob } from './model.ts';
import { isAcknowledged, type SendOutcome } from './send-request.ts';
import {
  type DeliveryState,
  type DeliveryToSend,
  findDelivery,
  insertAttempt,
  lockDelivery,
  moveDelivery,
} from './store.ts';

/** Which try of a delivery is due: one of the ladder, after so many others, or one that a person ordered. */
export type DueTry = { readonly deliveryId: string; readonly round: number | 'manual' };

type Made = { readonly due: DueTry; readonly at: Date; readonly outcome: SendOutcome; readonly serviceKey: string };

/** Of an answer this much is kept. */
const answerCharactersMax = 1_000;

/**
 * Sends a notification once: decides whether this try is still due, calls the shop outside any transaction, and records
 * the try with what follows from it. A crash after the call and before the record sends again, so a shop may get a
 * notification twice, but never not at all. A shop that answers slowly and has its share of the calls is called later.
 */
export async function deliverWebhook(deps: WebhookDeps, due: DueTry): Promise<void> {
  const delivery = await findDelivery(deps.database, due.deliveryId);
  if (!delivery || !isDue(delivery, due)) return;
  // Newer news of its payment wait in line behind this job, however long it takes to get a place.
  const place = await deps.places.take(delivery.shopId);
  if ('waitMs' in place) return postpone(deps, delivery, { due, waitMs: place.waitMs });
  const made = await callShop(deps, delivery, due).finally(() => place.leave());
  await record(deps, delivery, made);
}

async function callShop(deps: WebhookDeps, delivery: DeliveryToSend, due: DueTry): Promise<Made> {
  const at = clockOf(deps, delivery);
  const serviceKey = await currentServiceKey(deps, delivery.shopId, at);
  const { url, body } = delivery;
  const outcome = await deps.sender.send({ url, headers: headersFor(delivery, serviceKey), body });
  return { due, at, outcome, serviceKey };
}

/** Has a try made later, which is no try: the ladder stays where it is. */
function postpone(
  deps: WebhookDeps,
  delivery: DeliveryToSend,
  { due, waitMs }: { readonly due: DueTry; readonly waitMs: number },
): Promise<void> {
  const { id, merchantId } = delivery;
  const dueAt = after(clockOf(deps, delivery), { ms: waitMs });
  return inTransaction(deps.database, async (tx) => {
    const state = await lockDelivery(tx, id);
    if (!state || !isDue(state, due)) return;
    const kind = due.round === 'manual' ? resendWebhookJob : deliverWebhookJob;
    if (due.round !== 'manual') await moveDelivery(tx, id, { ...state, nextTryAt: dueAt });
    await setTimers(tx, [{ kind, subject: id, merchantId, dueAt, round: state.tries, queue: queueOf(delivery) }]);
  });
}

/** A try of the ladder happens once: the number of those before it says which one it is. */
function isDue(delivery: Pick<DeliveryState, 'status' | 'tries'>, { round }: DueTry): boolean {
  return round === 'manual' || (delivery.status === 'PENDING' && delivery.tries === round);
}

async function currentServiceKey(deps: WebhookDeps, shopId: string, at: Date): Promise<string> {
  const [sealed] = await readServiceKeys(deps.database, shopId, at);
  if (!sealed) throw new Error(`Shop ${shopId} has no service key.`);
  return deps.seal.open(sealed, shopId);
}

/** The headers that imoje sends (protocol, section 4); shops compare some of them letter by letter. */
function headersFor(delivery: DeliveryToSend, serviceKey: string): { [name: string]: string } {
  const { merchantId, shopId: serviceId, body } = delivery;
  return {
    Accept: 'text/plain',
    'User-Agent': 'imoje',
    'Content-Type': 'application/json; charset=UTF-8',
    'X-Imoje-Signature': notificationSignatureHeader({ merchantId, serviceId, serviceKey, body }),
  };
}

async function record(deps: WebhookDeps, delivery: DeliveryToSend, made: Made): Promise<void> {
  const { id, merchantId } = delivery;
  const next = await inTransaction(deps.database, async (tx) => {
    const state = await lockDelivery(tx, id);
    if (!state) return undefined;
    const moved = stateAfter(state, made, clockOf(deps, delivery));
    await insertAttempt(tx, attemptOf(made));
    await moveDelivery(tx, id, moved);
    const timer = { kind: deliverWebhookJob, subject: id, merchantId };
    if (moved.status !== 'PENDING') await clearTimers(tx, [timer]);
    else if (moved.nextTryAt && moved.tries !== state.tries) {
      await setTimers(tx, [{ ...timer, dueAt: moved.nextTryAt, round: moved.tries, queue: queueOf(delivery) }]);
    }
    return moved;
  });
  if (next?.status === 'FAILED' && made.due.round !== 'manual') {
    deps.log.warn({ deliveryId: id, shopId: delivery.shopId }, 'a notification was given up');
  }
}

/**
 * What a try makes of its delivery, which may have been superseded or sent by hand in the meantime. An acknowledgement
 * counts whenever it comes; a failure counts only for the try of the ladder that was due.
 */
function stateAfter(state: DeliveryState, made: Made, now: Date): DeliveryState {
  const counted = made.due.round !== 'manual' && isDue(state, made.due);
  const tries = state.tries + (counted ? 1 : 0);
  if (state.status === 'DELIVERED') return state;
  if (isAcknowledged(made.outcome)) return { status: 'DELIVERED', tries, nextTryAt: null, deliveredAt: now };
  if (!counted) return state;
  const delay = delayAfter(tries);
  if (!delay) return { ...state, status: 'FAILED', tries, nextTryAt: null };
  return { ...state, tries, nextTryAt: after(now, delay) };
}

function attemptOf({ due, at, outcome, serviceKey }: Made): Parameters<typeof insertAttempt>[1] {
  const answered = outcome.status !== undefined;
  return {
    deliveryId: due.deliveryId,
    at,
    durationMs: outcome.durationMs,
    responseStatus: answered ? outcome.status : null,
    responseBody: answered ? excerptOf(outcome.body, serviceKey) : null,
    error: answered ? null : hideCardNumbers(outcome.error),
    manual: due.round === 'manual',
  };
}

/**
 * The beginning of an answer as Postgres can keep it. A shop that is being debugged might print its own key, or what its
 * customers typed.
 */
function excerptOf(body: string, serviceKey: string): string {
  const printable = body.replaceAll(serviceKey, '[removed]').replaceAll('\0', '');
  return hideCardNumbers(printable).slice(0, answerCharactersMax).toWellFormed();
}

function clockOf(deps: WebhookDeps, delivery: DeliveryToSend): Date {
  return deps.clock.now({ clockOffsetMs: Number(delivery.clockOffsetMs) });
}
