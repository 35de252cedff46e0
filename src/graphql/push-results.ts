import type { WebSocket } from 'ws';
import { over, type Source } from '../kernel/source.ts';
import { type Delivery, sharedEventsMax } from './share-results.ts';

/**
 * How many bytes may lie unsent in one socket before its operations wait until they are gone, each with one message; so
 * the back-pressure of TCP reaches the walk through the log.
 */
export const unsentBytesMax = 65_536;

/** After so many results in a row the others get their turn, so that a group stays where it shares what is remembered. */
const inARowMax = sharedEventsMax / 2;

/**
 * Has the results of one operation sent as messages `next`, and gives graphql-ws something that looks like an operation
 * without results: its `next` resolves at the end. What is the same for many subscribers is serialised once, which
 * graphql-ws cannot do.
 */
export function pushResults(
  socket: WebSocket,
  id: string,
  deliveries: Source<Delivery>,
): AsyncGenerator<never, void, void> {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const push = async (): Promise<IteratorResult<never, void>> => {
    for (let inARow = 1; ; inARow += 1) {
      const taken = deliveries.take();
      if (taken?.done) return taken;
      if (!taken) {
        await deliveries.more();
        continue;
      }
      const { json: result } = taken.value;
      const json = typeof result === 'object' ? await result : result;
      // The sockets of a process that stops are closed by then.
      if (json === undefined || socket.readyState !== socket.OPEN) continue;
      const message = `${head}${json}}`;
      if (socket.bufferedAmount < unsentBytesMax) socket.send(message);
      else await new Promise<void>((resolve) => socket.send(message, () => resolve()));
      if (inARow % inARowMax === 0) await Promise.resolve();
    }
  };
  const end = async (): Promise<IteratorResult<never, void>> => {
    await deliveries.return();
    return over;
  };
  const pushing: AsyncGenerator<never, void, void> = {
    [Symbol.asyncIterator]: () => pushing,
    next: push,
    return: end,
    throw: end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
  return pushing;
}
