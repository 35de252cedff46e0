import { setTimeout as pause } from 'node:timers/promises';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { answerProblem } from '../http/answers.ts';
import { addressOf } from '../http/client-address.ts';
import type { HttpContext, HttpDeps } from '../http/deps.ts';
import { noteAwayForRequests } from '../http/unavailable.ts';
import { addressGroup } from '../kernel/address-group.ts';
import { FeedClosed } from '../realtime/errors.ts';
import { findPayerState, type PayerState } from './find-payer-state.ts';
import { isOver, markOf, waitsForNextStep } from './payment-view.ts';

/** Proxies close connections on which nothing happens, often after 30 seconds or more. */
const heartbeatMs = 15_000;
/** Browsers connect again by themselves, so a stream whose reader is gone without a word does not live for ever. */
const streamMsMax = 600_000;
const retryMs = 2_000;
/** How often a payment is looked at whose next step may come without an event; acquirers take seconds to name it. */
const lookAgainMs = 1_000;
/** Streams that one address, or a /64 of IPv6, may hold: a household behind one router has a few. */
const streamsMax = 20;

/** Answers with the news of one payment as server-sent events (HTML Living Standard, section 9.2). */
export type StatusStreamer = (c: HttpContext, state: PayerState) => Response;

/**
 * Makes the answer of `/pay/{id}/events`: the event `status` at once and after each change, until the payment is over.
 * Everything a stream holds is given back when it ends, whoever ends it.
 */
export function createStatusStreamer(deps: HttpDeps): StatusStreamer {
  const open = new Map<string, number>();
  return (c, state) => {
    const exact = addressOf(c.env?.incoming, deps.trustedProxies);
    const address = addressGroup(exact) ?? exact;
    const count = open.get(address) ?? 0;
    if (count >= streamsMax) return answerProblem(c, 429, 'Too many pages wait at this address; close some of them.');
    open.set(address, count + 1);
    // Asks proxies not to hold the answer back until it is whole.
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async (stream) => {
      try {
        await tellChanges(deps, stream, state);
      } finally {
        const left = (open.get(address) ?? 1) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      }
    });
  };
}

async function tellChanges(deps: HttpDeps, stream: SSEStreamingApi, state: PayerState): Promise<void> {
  const { id, shopId } = state.payment;
  const { acquirers } = deps.payments;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  stream.onAbort(end);
  const timers = [setInterval(() => void stream.write(':\n\n'), heartbeatMs), setTimeout(end, streamMsMax)];
  let told: string | undefined;
  const tell = async (): Promise<'over' | 'looks-again' | 'waits'> => {
    const now = await findPayerState(deps.payments, id);
    if (!now) return 'over';
    const mark = markOf(now, acquirers);
    if (mark !== told) await stream.writeSSE({ event: 'status', data: mark, retry: retryMs });
    told = mark;
    if (isOver(now, acquirers)) return 'over';
    return waitsForNextStep(now) ? 'looks-again' : 'waits';
  };
  try {
    // Follows first and reads then, so that no change falls between the two.
    const events = await deps.feed.follow({ shopId, paymentId: id, signal: ending.signal });
    const nextEvent = () => {
      const next = events.next();
      // It may break off while the payment is read, and is awaited after that.
      next.catch(() => undefined);
      return next;
    };
    let coming = nextEvent();
    let then = await tell();
    while (then !== 'over' && !ending.signal.aborted) {
      const event = await (then === 'waits'
        ? coming
        : Promise.race([coming, pause(lookAgainMs, undefined, { ref: false })]));
      if (event?.done) break;
      if (event) coming = nextEvent();
      then = await tell();
    }
  } catch (error) {
    // The browser comes again, to this process or another.
    if (!noteAwayForRequests(deps.log, error) && !(error instanceof FeedClosed))
      deps.log.warn({ err: error, paymentId: id }, 'a stream of news broke off');
  } finally {
    for (const timer of timers) clearTimeout(timer);
    end();
  }
}
