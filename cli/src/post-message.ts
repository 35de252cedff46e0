import { setTimeout as pause } from 'node:timers/promises';
import { causeOf, WrongUse } from './errors.ts';
import type { Form } from './forward-events.ts';
import type { Message } from './sign-message.ts';
import type { Terminal } from './terminal.ts';

/** Where messages go, when they are taken, and how long to wait between tries. */
export type Target = {
  readonly url: string;
  /** imoje takes 200 alone for a yes; Standard Webhooks take any status from 200 to 299. */
  readonly form: Form;
  /** The first pause, in milliseconds; each further one is twice as long, up to 10 s. */
  readonly pauseMs: number;
  /** So long an answer may take, in milliseconds. */
  readonly patienceMs: number;
};

/**
 * How often a try may come out so until the next message has its turn. A connection that breaks off may mean a handler that
 * dies of the message, or a proxy in front of a server that starts anew, which takes longer than three tries do.
 */
const triesMax = { answered: 3, brokenOff: 10, notReached: Number.POSITIVE_INFINITY };
const longestPauseMs = 10_000;

/**
 * Posts a message until the server has taken it, by its status. While nobody listens there it is tried for ever; a server
 * that answers otherwise, or not in time, gets it three times in all, one that breaks the connection off ten times. Says on
 * stderr what goes wrong.
 * @param make gives the message anew for each try, since the time is signed too.
 * @returns the status of the last answer; null when the server was reached and gave none.
 * @throws WrongUse for a port that fetch blocks; and when the signal is aborted, once a post under way is answered.
 */
export async function postMessage(
  { signal, say }: Pick<Terminal, 'signal' | 'say'>,
  target: Target,
  make: () => Message,
): Promise<number | null> {
  const { url } = target;
  const sayWaiting = (): void => say(`The answer of ${url} is waited for; a second Ctrl-C waits for nothing.`);
  const tried = { answered: 0, brokenOff: 0, notReached: 0 };
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    signal.addEventListener('abort', sayWaiting);
    const answer = await postOnce(target, make()).finally(() => signal.removeEventListener('abort', sayWaiting));
    const isLast = ++tried[answer.came] === triesMax[answer.came];
    if (isLast || isTaken(target.form, answer.status)) return answer.status;
    signal.throwIfAborted();
    const waitMs = Math.min(longestPauseMs, target.pauseMs * 2 ** (tries - 1));
    say(`${answer.trouble}; trying again in ${Math.ceil(waitMs / 100) / 10} s.`);
    await pause(waitMs, undefined, { signal });
  }
}

/** How a try came out, with the status, if any, and with what to say unless that was a yes. */
type Answer = { readonly came: keyof typeof triesMax; readonly status: number | null; readonly trouble: string };

function isTaken(form: Form, status: number | null): boolean {
  if (status === null) return false;
  return form === 'imoje' ? status === 200 : status >= 200 && status <= 299;
}

/** Ctrl-C does not cut it: a handler that finished it would get the same event again. */
async function postOnce({ url, form, patienceMs }: Target, { headers, body }: Message): Promise<Answer> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const { status } = response;
    // The status decides, as for the gateway, whatever becomes of the rest.
    await response.arrayBuffer().catch(() => undefined);
    const trouble = `${url} answered ${status} instead of ${form === 'imoje' ? '200' : '2xx'}`;
    return { came: 'answered', status, trouble };
  } catch (error) {
    const without = (came: Answer['came'], trouble: string): Answer => ({ came, status: null, trouble });
    if (signal.aborted) return without('answered', `${url} took longer than ${patienceMs / 1_000} s`);
    const cause = causeOf(error);
    if (brokenOff.has(cause)) return without('brokenOff', `${url} broke the connection off (${cause})`);
    if (cause !== 'bad port') return without('notReached', `No answer from ${url} (${cause})`);
    throw new WrongUse(
      `Nothing can be posted to ${url}, since fetch blocks its port; let the server listen on another, such as 3000.`,
    );
  }
}

/** What is said of a connection that there was. */
const brokenOff = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
