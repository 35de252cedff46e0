import { causeWithout, reasonOf } from './cause.ts';
import type { Refusal, RefusalCode } from './generated/operations.ts';

/** Codes of what went wrong before the gateway could say yes or no. */
export type TransportCode =
  /** No answer: the gateway cannot be reached, or the connection broke. Whether it did anything is not known. */
  | 'CONNECTION_FAILED'
  /** No answer within the client's `timeoutMs`. Whether it did anything is not known. */
  | 'NO_ANSWER'
  /** An answer that is none of the gateway's: another server, or a proxy, is at this address. */
  | 'BAD_ANSWER'
  /** Events cannot be followed: this place has no `WebSocket`, or what was given is none. */
  | 'NO_WEBSOCKET';

/**
 * Why something was not done, in one sentence. `code` is stable: a `RefusalCode` of the gateway, a `TransportCode`, or a code
 * that is newer than this client. `cause` is the error of the platform, where one kept the gateway from being reached, or a WebSocket
 * from being made.
 */
export class BramkaError extends Error {
  readonly code: RefusalCode | TransportCode | (string & {});
  /** Which part of the input is meant, from the outside in: `['customer', 'email']`; empty when it is none. */
  readonly field: readonly string[];
  /** HTTP status of the answer, when there was one. */
  readonly status: number | undefined;
  /** After so many seconds it may be tried again; undefined when the gateway did not say. */
  readonly retryAfterSeconds: number | undefined;
  /** By which the gateway's operator finds a fault of the gateway in its log; undefined when it is none. */
  readonly reference: string | undefined;

  constructor(
    code: BramkaError['code'],
    message: string,
    more: {
      readonly field?: readonly string[] | undefined;
      readonly status?: number | undefined;
      readonly retryAfterSeconds?: number | undefined;
      readonly reference?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'BramkaError';
    this.code = code;
    this.field = more.field ?? [];
    this.status = more.status;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.reference = more.reference;
  }
}

/** What came of a call: its value, or the error that would have been thrown. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: BramkaError };

/**
 * Turns a call that throws into a value to look at: `const made = await outcomeOf(client.createPayment(input))`. Only a
 * `BramkaError` becomes an outcome; anything else is a mistake in a program, and is thrown on.
 */
export async function outcomeOf<Value>(call: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await call };
  } catch (error) {
    if (error instanceof BramkaError) return { ok: false, error };
    throw error;
  }
}

/** The success of a mutation. @throws BramkaError with the code of the refusal. */
export function successOf<Result extends { readonly __typename: string }>(result: Result): Exclude<Result, Refusal> {
  if (!isRefusal(result)) return result as Exclude<Result, Refusal>;
  throw new BramkaError(result.code, result.message, { field: result.field ?? undefined });
}

function isRefusal(result: { readonly __typename: string }): result is Refusal {
  return result.__typename === 'Refusal';
}

/** One member of `errors` in an answer of GraphQL. */
export type AnsweredError = {
  readonly message: string;
  readonly extensions?:
    | {
        readonly code?: unknown;
        readonly field?: unknown;
        readonly retryAfterSeconds?: unknown;
        readonly reference?: unknown;
      }
    | undefined;
};

/** The first error of an answer; what has no code is a document that does not fit the gateway's schema. */
export function errorOf(
  errors: readonly AnsweredError[],
  { status, retryAfterSeconds }: { readonly status?: number; readonly retryAfterSeconds?: number | undefined } = {},
): BramkaError {
  const [first] = errors;
  const { code, field, retryAfterSeconds: asked, reference } = first?.extensions ?? {};
  return new BramkaError(
    typeof code === 'string' ? code : 'BAD_ANSWER',
    first?.message ?? 'The gateway gave no reason.',
    {
      field: Array.isArray(field) ? field.map(String) : undefined,
      status,
      retryAfterSeconds: retryAfterSeconds ?? (typeof asked === 'number' ? asked : undefined),
      reference: typeof reference === 'string' ? reference : undefined,
    },
  );
}

/** Why nothing came of a try that was given so many milliseconds. */
export function noAnswer(timeoutMs: number): BramkaError {
  return new BramkaError('NO_ANSWER', `The gateway did not answer within ${timeoutMs / 1_000} s.`);
}

/** Why events cannot be followed here. What loading or making a WebSocket threw is its `cause`, without the key of the connection. */
export function noWebSocket(error: unknown, { authorization }: { readonly authorization: string }): BramkaError {
  const message = 'There is no WebSocket that can be used here; give one as `WebSocket`.';
  return new BramkaError('NO_WEBSOCKET', message, { cause: causeWithout(keyOf(authorization), error) });
}

/**
 * Why there was no connection to an address; what is at it answers nothing that a gateway would. What the platform said is
 * its `cause`, and its code in the sentence, where there is one; the key of the connection is in neither.
 */
export function notReached(
  url: string,
  error: unknown,
  { authorization }: { readonly authorization: string },
): BramkaError {
  const code = reasonOf(error);
  const reason = code === undefined ? '' : ` (${code})`;
  const message = `The gateway at ${new URL(url).origin} cannot be reached${reason}.`;
  return new BramkaError('CONNECTION_FAILED', message, { cause: causeWithout(keyOf(authorization), error) });
}

function keyOf(authorization: string): string {
  return authorization.slice(authorization.indexOf(' ') + 1);
}
