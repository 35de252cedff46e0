import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '../src/kernel/start-error.ts';

/** What every message with an event holds, and none with an error. */
const head = Buffer.from('"data":{"events":{"cursor":"');

type Waiting = {
  left: number;
  readonly text: string;
  readonly done: () => void;
  readonly fail: (error: Error) => void;
};

/**
 * Counts the messages with an event that all sockets of a server receive. Whatever else they receive fails whoever waits,
 * as do closed sockets.
 */
export type Deliveries = {
  readonly add: (message: Buffer) => void;
  readonly fail: (error: Error) => void;
  /**
   * Waits for so many messages from now on, only those with a text if one is given; false when none of any kind came for
   * the time of `quietMs`.
   */
  readonly come: (count: number, wish: { readonly text?: string; readonly quietMs: number }) => Promise<boolean>;
};

export function countDeliveries(name: string): Deliveries {
  let count = 0;
  let headAt = -1;
  let failure: Error | undefined;
  let waiting: Waiting | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    waiting?.fail(failure);
  };
  const come: Deliveries['come'] = async (left, { text = '', quietMs }) => {
    const { promise, resolve, reject } = Promise.withResolvers<true>();
    waiting = { left, text, done: () => resolve(true), fail: reject };
    if (failure) throw failure;
    if (left === 0) return true;
    const quiet = new AbortController();
    try {
      return await Promise.race([promise, silence(() => count, quietMs, quiet.signal)]);
    } finally {
      quiet.abort();
      waiting = undefined;
    }
  };
  const add = (message: Buffer): void => {
    // The messages of a server are all alike up to their data, so the place is looked for once.
    if (headAt < 0) headAt = message.indexOf(head);
    if (!holdsAt(message, headAt)) {
      fail(new StartError(`${name} sent no event but ${message.toString('utf8', 0, 500)}`));
      return;
    }
    count += 1;
    if (!waiting || (waiting.text !== '' && !message.includes(waiting.text))) return;
    waiting.left -= 1;
    if (waiting.left === 0) waiting.done();
  };
  return { add, fail, come };
}

/** Whether the head is there; by a loop, as a call of the buffer's own methods costs several times as much. */
function holdsAt(message: Buffer, at: number): boolean {
  for (let index = 0; index < head.length; index += 1) if (message[at + index] !== head[index]) return false;
  return true;
}

/** Ends when a count has stayed the same for a time. */
async function silence(count: () => number, ms: number, signal: AbortSignal): Promise<false> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await pause(ms, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
  }
  return false;
}
