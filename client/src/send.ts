import { requireSignal } from './check-options.ts';
import type { Connection } from './connection.ts';
import { type AnsweredError, BramkaError, errorOf, noAnswer, notReached } from './errors.ts';
import { pauseAfter, secondsOf, waitFor } from './pause.ts';
import { untilAborted } from './until-aborted.ts';

/** How one call is made. */
export type CallOptions = {
  /** Ends the call at once; it then throws the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
};

/** One operation to send. */
export type Call = CallOptions & {
  readonly text: string;
  readonly variables: object;
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
};

/** Statuses of a gateway, or a proxy before it, that did nothing yet. */
const comeAgain = new Set([429, 502, 503, 504]);
/** Codes of what may be gone a moment later, whatever the status. */
const passingCodes = new Set<string>(['CONNECTION_FAILED', 'NO_ANSWER', 'UNAVAILABLE']);

/**
 * Sends one operation. What may be repeated is sent again, after growing pauses or what `Retry-After` says, when there
 * was no answer or one that says "later".
 * @throws BramkaError; the reason of the signal when that is aborted.
 */
export async function send(connection: Connection, call: Call): Promise<unknown> {
  requireSignal(call.signal);
  for (let failures = 1; ; failures++) {
    try {
      return await sendOnce(connection, call);
    } catch (error) {
      if (!call.repeatable || failures > connection.retries || !isPassing(error)) throw error;
      const askedMs = (error.retryAfterSeconds ?? 0) * 1_000;
      // Whoever is told to wait for longer than a pause may grow decides by himself.
      if (askedMs > connection.pauses.longestMs) throw error;
      await waitFor(Math.max(askedMs, pauseAfter(failures, connection.pauses)), call.signal);
    }
  }
}

/** Whether an error may be gone a moment later. */
export function isPassing(error: unknown): error is BramkaError {
  if (!(error instanceof BramkaError)) return false;
  if (passingCodes.has(error.code)) return true;
  return error.status !== undefined && comeAgain.has(error.status);
}

async function sendOnce(connection: Connection, { text, variables, signal }: Call): Promise<unknown> {
  signal?.throwIfAborted();
  // Outside of what follows: variables that are no JSON are a mistake of the caller, and no network's.
  const body = JSON.stringify({ query: text, variables }, requireJson);
  // One for each try: what AbortSignal.any ties to a signal that lives longer is kept as long as that.
  const ending = new AbortController();
  const leave = (): void => ending.abort(signal?.reason);
  signal?.addEventListener('abort', leave);
  const timer = setTimeout(() => ending.abort(noAnswer(connection.timeoutMs)), connection.timeoutMs);
  try {
    // A fetch of the program may look at no signal.
    return await untilAborted(ending.signal, ask(connection, body, ending.signal));
  } catch (error) {
    if (error instanceof BramkaError) throw error;
    ending.signal.throwIfAborted();
    throw notReached(connection.url, error, connection);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

async function ask(connection: Connection, body: string, signal: AbortSignal): Promise<unknown> {
  const response = await connection.fetch(connection.url, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      authorization: connection.authorization,
      'content-type': 'application/json',
    },
    body,
    signal,
  });
  // Nobody waits for it any more, and a body that is not read would hold its connection.
  if (signal.aborted) await response.body?.cancel(signal.reason);
  return dataOf(response, await response.text());
}

/** @throws TypeError for numbers that JSON does not have; it would make null of some. */
function requireJson(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') throw new TypeError(`${name} is a BigInt; give a number.`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${name} is ${value}; give a number.`);
  return value;
}

type Answer = { readonly data?: unknown; readonly errors?: readonly AnsweredError[]; readonly message?: unknown };

function dataOf(response: Response, text: string): unknown {
  const { status } = response;
  const answer = parse(text);
  const retryAfterSeconds = secondsOf(response.headers.get('retry-after'));
  if (answer?.errors?.length) throw errorOf(answer.errors, { status, retryAfterSeconds });
  if (answer?.data) return answer.data;
  throw new BramkaError('BAD_ANSWER', unreadable(status, answer), { status, retryAfterSeconds });
}

/** What to say of an answer that is none of GraphQL's: who is told to come again has most likely come to the right address. */
function unreadable(status: number, answer: Answer | undefined): string {
  const said = typeof answer?.message === 'string' ? ` It says: ${answer.message}` : '';
  if (comeAgain.has(status))
    return `The gateway, or a proxy before it, answers with HTTP status ${status}: try again later.${said}`;
  return `HTTP status ${status} and no answer to a GraphQL operation; is this the address of a gateway?${said}`;
}

function parse(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}
