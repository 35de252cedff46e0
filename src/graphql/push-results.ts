import type { WebSocket } from 'ws';
import type { Source } from '../kernel/source.ts';
import { type Delivery, sharedEventsMax } from './share-results.ts';

/**
 * How many bytes may lie unsent in one socket before its operations wait until they are gone, each with one message; so
 * the back-pressure of TCP reaches the walk through the log.
 */
export const unsentBytesMax = 65_536;

/** After so many results in a row the others get their turn, so that a group stays where it shares what is remembered. */
const inARowMax = sharedEventsMax / 2;

/**
 * Sends the results of one operation as messages `next`, and resolves at its end.
 * @param operation.isWanted says whether its client still wants more: what is not must not go out under its id, which may be
 * in use again.
 */
export async function pushResults(
  socket: WebSocket,
  { id, isWanted }: { readonly id: string; readonly isWanted: () => boolean },
  deliveries: Source<Delivery>,
): Promise<void> {
  // What is the same for many subscribers is serialised once, and only the id is each one's own.
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  for (let inARow = 1; ; inARow += 1) {
    const taken = deliveries.take();
    if (taken?.done) return;
    if (!taken) {
      await deliveries.more();
      continue;
    }
    const { json: result } = taken.value;
    const json = typeof result === 'object' ? await result : result;
    // The sockets of a process that stops are closed by then.
    if (json === undefined || socket.readyState !== socket.OPEN || !isWanted()) continue;
    const message = `${head}${json}}`;
    if (socket.bufferedAmount < unsentBytesMax) socket.send(message);
    else await new Promise<void>((resolve) => socket.send(message, () => resolve()));
    if (inARow % inARowMax === 0) await Promise.resolve();
  }
}
