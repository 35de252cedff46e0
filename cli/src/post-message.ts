import { setTimeout as pause } from 'node:timers/promises';
import type { Message } from './sign-message.ts';
import type { Terminal } from './terminal.ts';

/** Where messages go, and how long to wait between tries. */
export type Target = {
  readonly url: string;
  /** The first pause, in milliseconds; each further one is twice as long, up to 10 s. */
  readonly pauseMs: number;
};

/** So often a message is posted to a server that answers anything but 200; then the next one has its turn. */
const answersMax = 3;
const longestPauseMs = 10_000;
const patienceMs = 15_000;

/**
 * Posts a message until the server has taken it with the status 200. While nobody listens there it is tried for ever; a
 * server that answers otherwise gets it three times in all. Says on stderr what goes wrong.
 * @param make gives the message anew for each try, since the time is signed too.
 * @returns the status of the last answer. @throws when the signal is aborted.
 */
export async function postMessage(
  { signal, say }: Pick<Terminal, 'signal' | 'say'>,
  target: Target,
  make: () => Message,
): Promise<number> {
  let answers = 0;
  for (let tries = 1; ; tries++) {
    const status = await postOnce(target.url, make(), signal);
    if (status === 200) return status;
    if (status !== undefined) answers += 1;
    const waitMs = Math.min(longestPauseMs, target.pauseMs * 2 ** (tries - 1));
    const again = `trying again in ${Math.ceil(waitMs / 100) / 10} s`;
    if (answers === answersMax) return status ?? 0;
    if (status === undefined) say(`Nobody answers at ${target.url}; ${again}.`);
    else say(`${target.url} answered ${status} instead of 200; ${again}.`);
    await pause(waitMs, undefined, { signal });
  }
}

/** The status of the answer; undefined when there was none. */
async function postOnce(url: string, { headers, body }: Message, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
