import type { WebSocket } from 'ws';
import type { Source } from '../kernel/source.ts';
import { sendMessage } from './send-message.ts';
import { type Delivery, type Result, sharedEventsMax } from './share-results.ts';
import { beginResult, giveUpResult, mayGoOn, sendInTurn } from './wait-in-line.ts';

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
        // Nothing is made for nobody.
        if (receiver.socket.readyState !== receiver.socket.OPEN) {
          deliveries.end();
          return;
        }
        // Who has been left is over, and need not wait to be told so.
        if (receiver.isWanted() && !mayGoOn(receiver, push)) return;
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
          void giveWhenMade(pushing, result);
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

/** Gives a result that is in the making when it is made and there is room for it, and goes on. */
async function giveWhenMade(pushing: Pushing, making: Promise<Result>): Promise<void> {
  const { receiver, push } = pushing;
  const line = beginResult(receiver);
  let result: Result;
  try {
    result = await making;
  } catch (error) {
    giveUpResult(line);
    fail(receiver, error);
    return;
  }
  const goOn = (): void => {
    try {
      if (give(pushing, result)) push();
    } catch (error) {
      fail(receiver, error);
    }
  };
  sendInTurn(line, { waiter: receiver, goOn });
}

/** Sends a result. Gives false when the operation is over. */
function give({ receiver, deliveries }: Pushing, result: Result | undefined): boolean {
  // A process that stops has ended the subscriptions of its sockets by the time of its last word, which has no result.
  if (!result) return true;
  const { socket, id } = receiver;
  // Once it closes nothing goes out any more, and its other side may take half a minute to hear of it.
  if (socket.readyState !== socket.OPEN) {
    deliveries.end();
    return false;
  }
  // What is the same for many subscribers is serialised once, and only the id is each one's own.
  if (receiver.isWanted()) sendMessage(socket, `{"id":${JSON.stringify(id)},"type":"next","payload":${result.json}}`);
  if (!result.isLast) return true;
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
