import { isOfCertificate } from './cause.ts';
import { requireOptions, requireSignal } from './check-options.ts';
import type { Connection } from './connection.ts';
import { type AnyDocument, textOf } from './document.ts';
import { endAtOnce } from './end-at-once.ts';
import { BramkaError } from './errors.ts';
import { type EventsVariables, type EventType, type LogEndsResult, logEndsDocument } from './generated/operations.ts';
import { openStream } from './open-stream.ts';
import { pauseAfter, waitFor } from './pause.ts';
import { isPassing, send } from './send.ts';
import { untilAborted } from './until-aborted.ts';

/** What has to be known of an event to go on behind it. */
export type Located = { readonly cursor: string; readonly number: number };

/** The variables of a subscription to events. Its list may be changed, since gql.tada's documents take no other. */
export type EventsInput = {
  readonly shopId: string;
  readonly after?: string | null | undefined;
  readonly types?: EventType[] | null | undefined;
};

/** Which events are followed, and from where. */
export type EventsOptions = {
  readonly shopId: string;
  /** The cursor of the last event seen. Without it (undefined or null), `from` says where it begins. */
  readonly after?: string | null | undefined;
  /** `now`, if left out, or `start`: all that the log of the shop still has. */
  readonly from?: 'now' | 'start' | undefined;
  /** Only these kinds; left out, all. */
  readonly types?: EventsVariables['types'] | undefined;
  /** Ends the loop at once, without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Is told where it begins: keep it as you keep the cursors of events. It is awaited before the first event, and what it
   * throws ends the loop. What is read in it is the state of that place or a later one, so that nothing is missed between the two.
   */
  readonly onStart?: ((cursor: string) => void | Promise<void>) | undefined;
  /** Is told each time that the gateway has taken a connection: the first one, and those after it was lost or put down. It is not awaited. */
  readonly onConnect?: (() => void) | undefined;
  /** Is told that the connection was lost, and after what pause it is tried again. It is not awaited. */
  readonly onRetry?: ((error: BramkaError, pauseMs: number) => void) | undefined;
};

const eventsOptions: Readonly<Record<keyof EventsOptions, true>> = {
  ...{ shopId: true, after: true, from: true, types: true },
  ...{ signal: true, onStart: true, onConnect: true, onRetry: true },
};

/** Errors of a subscription that mean "again": too slow, too many, too long, or a mistake of the gateway. */
const passingCodes = new Set<string>(['SLOW_CONSUMER', 'RATE_LIMITED', 'TIMEOUT', 'INTERNAL_SERVER_ERROR']);

/** A connection that held for so long was a good one, so the next pause is a short one again. */
const goodMs = 10_000;

/** A limit of the gateway is over by then, in milliseconds; a proxy that says more does not know when events come again. */
const askedMsMax = 60_000;

/**
 * Follows the log of a shop: every event once, in order, however often the connection breaks. It goes on from the last
 * event by itself, after growing pauses and no sooner than it is told to come again, for ever. An event counts as seen when
 * the next one is asked for. `return()` ends it at once, also while a `next()` is pending.
 * @throws BramkaError when going on makes no sense: a bad key (FORBIDDEN), a cursor that is none (CURSOR_INVALID) or too old
 *   (CURSOR_EXPIRED), a shop that the key may not see (NOT_FOUND), or, before the first connection, a certificate that is not
 *   to be trusted (CONNECTION_FAILED).
 */
export function followEvents<Item extends Located>(
  connection: Connection,
  document: AnyDocument<{ readonly events: Item }, EventsInput>,
  options: EventsOptions,
): AsyncGenerator<Item, void, undefined> {
  return endAtOnce(async function* (ending) {
    requireOptions('events', options, eventsOptions);
    const { signal, types, from } = options;
    requireSignal(signal);
    // "Now" would pass over what was wanted.
    if (![undefined, 'now', 'start'].includes(from)) throw new TypeError("from must be 'now' or 'start'.");
    const text = textOf(document);
    requireResumable(text, Boolean(types));
    const end = (): void => ending.abort();
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    try {
      yield* follow<Item>(connection, text, { ...options, signal: ending.signal });
    } finally {
      signal?.removeEventListener('abort', end);
    }
  });
}

/** The events behind a place, over as many connections as it takes. */
async function* follow<Item extends Located>(
  connection: Connection,
  text: string,
  options: EventsOptions & { readonly signal: AbortSignal },
): AsyncGenerator<Item, void, undefined> {
  const { shopId, types, signal, onConnect } = options;
  const start = await findPlace(connection, options);
  if (!start) return;
  let place: Located = start;
  let failures = 0;
  let wasConnected = false;
  const connected = (): void => {
    wasConnected = true;
    onConnect?.();
  };
  while (!signal.aborted) {
    const since = performance.now();
    try {
      const variables = { shopId, after: place.cursor, ...(types ? { types } : {}) };
      let isSilent = true;
      for await (const item of readOn<Item>(connection, { text, variables, signal, onConnect: connected })) {
        requireLocated(item);
        failures = 0;
        isSilent = false;
        if (item.number <= place.number) continue;
        place = { cursor: item.cursor, number: item.number };
        yield item;
      }
      // Put down after events, it is taken up at once; ended without any, it might be ended again.
      if (isSilent) throw new BramkaError('CONNECTION_FAILED', 'The gateway ended the subscription.');
    } catch (error) {
      if (signal.aborted) return;
      if (!mayGoOn(error, { wasConnected })) throw error;
      failures = performance.now() - since > goodMs ? 1 : failures + 1;
      if (!(await rest(connection, { error, failures, options }))) return;
    }
  }
}

/** Where it begins; undefined when it was left before that. */
async function findPlace(
  connection: Connection,
  options: EventsOptions & { readonly signal: AbortSignal },
): Promise<Located | undefined> {
  const { after, signal, onStart } = options;
  // Databases give null for a cursor that was never kept; sent on, it would mean "now" anew at each connection.
  if (after !== undefined && after !== null) return { cursor: after, number: 0 };
  const cursor = await askPlace(connection, options);
  if (cursor === undefined) return undefined;
  try {
    await untilAborted(signal, Promise.resolve(onStart?.(cursor)));
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
  return { cursor, number: 0 };
}

/** The end of the log that is asked for. Asked for once, so that a break before the first event loses nothing either. */
async function askPlace(
  connection: Connection,
  options: EventsOptions & { readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { shopId, signal, from } = options;
  const call = { text: textOf(logEndsDocument), variables: { shopId }, repeatable: false, signal };
  for (let failures = 1; ; failures++) {
    try {
      const { events } = (await send(connection, call)) as LogEndsResult;
      return from === 'start' ? events.startOfLog : events.endOfLog;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!mayGoOn(error, { wasConnected: false })) throw error;
      if (!(await rest(connection, { error, failures, options }))) return undefined;
    }
  }
}

/** Without these arguments it would begin now again after each break, and pass over what happened meanwhile. */
function requireResumable(text: string, hasTypes: boolean): void {
  const words = text.replace(/#[^\n]*/g, '');
  const names = ['after', ...(hasTypes ? ['types'] : [])];
  const isSubscription = /\bsubscription\b/.test(words);
  if (isSubscription && names.every((name) => new RegExp(`\\b${name}\\s*:\\s*\\$${name}\\b`).test(words))) return;
  const given = ['shopId', ...names].map((name) => `${name}: $${name}`).join(', ');
  throw new TypeError(`The document must be a subscription to events(${given}).`);
}

/** @throws TypeError for what another document than one of events gives. */
function requireLocated(item: Partial<Located> | null | undefined): void {
  if (typeof item?.cursor === 'string' && typeof item.number === 'number') return;
  throw new TypeError('The document must subscribe to `events`, without an alias, and ask for its cursor and number.');
}

/** One connection's worth of events. Whatever ends the loop over it closes the socket. */
async function* readOn<Item>(
  connection: Connection,
  what: {
    readonly text: string;
    readonly variables: Record<string, unknown>;
    readonly signal: AbortSignal;
    readonly onConnect: () => void;
  },
): AsyncGenerator<Item, void, undefined> {
  const { signal } = what;
  const stream = openStream(connection, what);
  signal.addEventListener('abort', stream.close);
  if (signal.aborted) stream.close();
  try {
    for await (const result of stream.results) yield result.events as Item;
  } finally {
    signal.removeEventListener('abort', stream.close);
    stream.close();
  }
}

function mayGoOn(error: unknown, { wasConnected }: { readonly wasConnected: boolean }): error is BramkaError {
  if (!(error instanceof BramkaError)) return false;
  // Where there has been a good one it is being renewed; at the first connection somebody waits to be told.
  if (isOfCertificate(error.cause)) return wasConnected;
  // While gateways are exchanged a proxy may say that there is nothing where one has been.
  if (wasConnected && error.code === 'BAD_ANSWER' && error.status !== undefined) return true;
  // A proxy says with any status from 500 up that the gateway behind it is in trouble.
  return passingCodes.has(error.code) || (error.status ?? 0) >= 500 || isPassing(error);
}

/** Waits before the next try. @returns false when the signal was aborted meanwhile. */
async function rest(
  { pauses }: Connection,
  {
    error,
    failures,
    options,
  }: { readonly error: BramkaError; readonly failures: number; readonly options: EventsOptions },
): Promise<boolean> {
  const askedMs = Math.min((error.retryAfterSeconds ?? 0) * 1_000, askedMsMax);
  const pauseMs = askedMs + pauseAfter(failures, pauses);
  options.onRetry?.(error, pauseMs);
  return waitFor(pauseMs, options.signal).then(
    () => true,
    () => false,
  );
}
