import type { WebSocket } from 'ws';
import type { Source } from '../kernel/source.ts';
import { type Delivery, type Result, sharedEventsMax } from './share-results.ts';

/**
 * How many bytes may lie unsent in one socket before its operations wait until they are gone, each with one message; so
 * the back-pressure of TCP reaches the walk through the log.
 */
export const unsentBytesMax = 65_536;

/** After so many results in a row the others get their turn, so that a group stays where it shares what is remembered. */
const inARowMax = sharedEventsMax / 2;

/** Whoever is sent the results of one operation. */
export type Receiver = {
  readonly socket: WebSocket;
  readonly id: string;
  /** Whether the client still wants more: what he does not must not go out under the id, which may be in use again. */
  isWanted(): boolean;
  /** Told of the end, with the error that caused it if there was one. */
  onEnd(failed?: { readonly error: unknown }): void;
};

/** Sends the results of one operation as messages `next`. While there are none it holds no promise, and one function. */
export function pushResults(receiver: Receiver, deliveries: Source<Delivery>): void {
  const push = (): void => {
    try {
      for (let inARow = 0; inARow < inARowMax; inARow += 1) {
        const taken = deliveries.take();
        if (!taken) {
          deliveries.wait(push);
          return;
        }
        if (taken.done) {
          receiver.onEnd();
          return;
        }
        const { result } = taken.value;
        const pushing: Pushing = { receiver, deliveries, push };
        if (result instanceof Promise) {
          result.then((made) => give(pushing, made) && push()).catch((error: unknown) => fail(receiver, error));
          return;
        }
        if (!give(pushing, result)) return;
      }
      queueMicrotask(push);
    } catch (error) {
      fail(receiver, error);
    }
  };
  push();
}

type Pushing = {
  readonly receiver: Receiver;
  readonly deliveries: Source<Delivery>;
  readonly push: () => void;
};

/** Gives false when no more is to be sent at present: then `push` will be called, or the operation is over. */
function give({ receiver, deliveries, push }: Pushing, result: Result | undefined): boolean {
  // A process that stops has ended the subscriptions of its sockets by the time of its last word, which has no result.
  if (!result) return true;
  // Once it closes nothing goes out any more, and its other side may take half a minute to hear of it.
  if (receiver.socket.readyState !== receiver.socket.OPEN) {
    deliveries.end();
    return false;
  }
  // What is the same for many subscribers is serialised once, and only the id is each one's own.
  const message = `{"id":${JSON.stringify(receiver.id)},"type":"next","payload":${result.json}}`;
  if (!result.isLast) return send(receiver, message, push);
  send(receiver, message);
  deliveries.end();
  receiver.onEnd();
  return false;
}

function fail(receiver: Receiver, error: unknown): void {
  try {
    receiver.onEnd({ error });
  } catch {
    // Its client comes again. Nobody else may be held up: all followers of a shop are woken one after the other.
    receiver.socket.terminate();
  }
}

/** Sends one result. Gives false when the socket has so much to send that the rest must wait until this is gone; then it calls `goOn`. */
function send(receiver: Receiver, message: string, goOn = (): void => {}): boolean {
  if (!receiver.isWanted()) return true;
  const { socket } = receiver;
  const isFull = socket.bufferedAmount >= unsentBytesMax;
  if (isFull) socket.send(message, () => goOn());
  else socket.send(message);
  return !isFull;
}
