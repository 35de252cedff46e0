import { setTimeout as pause } from 'node:timers/promises';
import type { Form } from './forward-events.ts';
import type { Message } from './sign-message.ts';
import type { Terminal } from './terminal.ts';
import { withinTime } from './within-time.ts';

/** Where messages go, when they are taken, and how long to wait between tries. */
export type Target = {
  readonly url: string;
  /** imoje takes 200 alone for a yes; Standard Webhooks take any status from 200 to 299. */
  readonly form: Form;
  /** The first pause, in milliseconds; each further one is twice as long, up to 10 s. */
  readonly pauseMs: number;
};

/** So often a message is posted to a server that answers anything else; then the next one has its turn. */
const answersMax = 3;
const longestPauseMs = 10_000;
const patienceMs = 15_000;

/**
 * Posts a message until the server has taken it, by its status. While nobody listens there it is tried for ever; a
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
    if (status !== undefined && isTaken(target.form, status)) return status;
    if (status !== undefined) answers += 1;
    const waitMs = Math.min(longestPauseMs, target.pauseMs * 2 ** (tries - 1));
    const again = `trying again in ${Math.ceil(waitMs / 100) / 10} s`;
    if (answers === answersMax) return status ?? 0;
    if (status === undefined) say(`Nobody answers at ${target.url}; ${again}.`);
    else say(`${target.url} answered ${status} instead of ${target.form === 'imoje' ? '200' : '2xx'}; ${again}.`);
    await pause(waitMs, undefined, { signal });
  }
}

function isTaken(form: Form, status: number): boolean {
  return form === 'imoje' ? status === 200 : status >= 200 && status <= 299;
}

/** The status of the answer; undefined when there was none. */
async function postOnce(url: string, { headers, body }: Message, signal: AbortSignal): Promise<number | undefined> {
  const inTime = withinTime(signal, patienceMs);
  try {
    const { signal: until } = inTime;
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: until });
    await response.arrayBuffer();
    return response.status;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    inTime.leave();
  }
}
