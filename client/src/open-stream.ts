import { createClient } from 'graphql-ws/client';
import type { Connection, WebSocketClass } from './connection.ts';
import { type AnsweredError, BramkaError, errorOf, noAnswer, notReached, noWebSocket } from './errors.ts';
import { secondsOf } from './pause.ts';

/** One subscription over a WebSocket of its own. */
export type Stream = {
  /** The results in their order. It ends when the subscription does, or when it had to be put down; else it throws. */
  readonly results: AsyncGenerator<Record<string, unknown>, void, undefined>;
  /** Ends it at once; what was not taken is dropped. */
  close(): void;
};

/** So many results wait for their reader; then the subscription is put down, and whoever follows takes it up again later. */
const waitingMax = 1_000;

/** Close codes of graphql-transport-ws that another try does not change. */
const finalCodes: { readonly [code: number]: string } = {
  4400: 'The gateway did not understand the client.',
  4401: 'The gateway wants an API key before the subscription.',
  4403: 'The gateway does not take this API key for subscriptions: it is wrong, expired, revoked, or lacks payments:read.',
  4406: 'The gateway does not speak graphql-transport-ws.',
};

type Inbox = {
  readonly waiting: Record<string, unknown>[];
  end: { readonly error: unknown } | undefined;
  wake(): void;
};

/** What is subscribed to. `onConnect` is told that the gateway has taken the connection. */
type Subscription = {
  readonly text: string;
  readonly variables: Record<string, unknown>;
  readonly onConnect?: (() => void) | undefined;
};

/** Opens a subscription. What breaks it is thrown as a BramkaError, CONNECTION_FAILED when it may be taken up again. */
export function openStream(connection: Connection, subscription: Subscription): Stream {
  const { text, variables, onConnect = () => {} } = subscription;
  const inbox: Inbox = { waiting: [], end: undefined, wake: () => {} };
  let leave = (): void => {};
  const finish = (error?: unknown): void => {
    // The first reason is the true one: a socket that is closed after it says nothing new.
    inbox.end ??= { error };
    const part = leave;
    leave = () => {};
    part();
    inbox.wake();
  };
  const open = (WebSocket: WebSocketClass): void => {
    if (inbox.end) return;
    const { client, part, broken } = connect(connection, {
      WebSocket,
      onConnect: () => {
        if (!inbox.end) onConnect();
      },
      finish,
    });
    const unsubscribe = client.subscribe<Record<string, unknown>>(
      { query: text, variables },
      {
        next: ({ data, errors }) => {
          if (inbox.end) return;
          if (errors?.length || !data) return finish(errorOf((errors ?? []) as readonly AnsweredError[]));
          inbox.waiting.push(data);
          if (inbox.waiting.length >= waitingMax) finish();
          inbox.wake();
        },
        error: (error) => finish(Array.isArray(error) ? errorOf(error) : broken()),
        complete: () => finish(),
      },
    );
    leave = () => {
      unsubscribe();
      part();
    };
  };
  connection
    .loadWebSocket()
    .then((WebSocket) => (WebSocket ? open(WebSocket) : finish(noWebSocket(undefined, connection))))
    .catch((error) => finish(noWebSocket(error, connection)));
  return {
    results: take(inbox),
    close: () => {
      inbox.waiting.length = 0;
      finish();
    },
  };
}

async function* take(inbox: Inbox): AsyncGenerator<Record<string, unknown>, void, undefined> {
  for (;;) {
    const next = inbox.waiting.shift();
    if (next) yield next;
    else if (inbox.end?.error) throw inbox.end.error;
    else if (inbox.end) return;
    else
      await new Promise<void>((resolve) => {
        inbox.wake = resolve;
      });
  }
}

/** What makes the socket, and who is told of its life. */
type Means = { readonly WebSocket: WebSocketClass; onConnect(): void; finish(error: unknown): void };

/** A client for one subscription, which never connects a second time: whoever follows knows from where to go on. */
function connect(connection: Connection, { WebSocket, onConnect, finish }: Means) {
  const { websocketUrl, authorization, heartbeatMs, timeoutMs } = connection;
  let socket: globalThis.WebSocket | undefined;
  let why: unknown;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isTaken = false;
  const broken = (close?: Close): BramkaError =>
    isTaken || close !== undefined ? lost(close) : notReached(websocketUrl, why, connection);
  const client = createClient({
    url: websocketUrl,
    webSocketImpl: watched(WebSocket, {
      made: (one) => {
        socket = one;
        hearRefusal(one, (answer) => finish(refused(websocketUrl, answer)));
      },
      refused: (error) => finish(noWebSocket(error, connection)),
    }),
    connectionParams: { authorization },
    retryAttempts: 0,
    keepAlive: heartbeatMs,
    on: {
      connected: () => {
        clearTimeout(unanswered);
        isTaken = true;
        try {
          onConnect();
        } catch (error) {
          finish(error);
        }
      },
      // A machine that slept, or a cable that was pulled, closes no socket.
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), heartbeatMs);
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      // Comes before the close. Sockets of Node say what happened, those of browsers do not.
      error: (event) => {
        why = (event as { readonly error?: unknown } | undefined)?.error;
      },
      closed: (event) => {
        clearTimeout(silence);
        finish(broken(closeOf(event)));
      },
    },
  });
  const unanswered = setTimeout(() => finish(noAnswer(timeoutMs)), timeoutMs);
  // By itself the library counts its subscriptions and closes the socket behind the last one, but miscounts when one is ended from both
  // sides at once, and waits for the gateway's answer, which may never come.
  const part = (): void => {
    clearTimeout(unanswered);
    if (socket) closeInTime(socket);
  };
  return { client, part, broken };
}

/** How the other side closed a socket. The reason is empty where it gave none. */
type Close = { readonly code: number; readonly reason: string };

/** What the other side closed with; 1006 is that it closed without a word of goodbye (RFC 6455, section 7.1.5). */
function closeOf(event: unknown): Close | undefined {
  const { code, reason } = event as { readonly code?: number; readonly reason?: unknown };
  if (code === undefined || code === 1006) return undefined;
  return { code, reason: isTold(code) ? sentenceOf(reason) : '' };
}

/** Whether a reason is the gateway's: 4499 is what the library calls a socket that it cut off itself, and proxies use the other codes. */
function isTold(code: number): boolean {
  return code === 1013 || (code >= 4000 && code <= 4999 && code !== 4499);
}

/** A reason may have so many bytes (RFC 6455, section 5.5). Not every maker of WebSockets holds others to it. */
const reasonMax = 123;

/** A reason as a sentence of one line, since it goes into logs. */
function sentenceOf(reason: unknown): string {
  if (typeof reason !== 'string') return '';
  const told = reason.slice(0, reasonMax);
  const words = told.replace(/[\p{C}\s]+/gu, ' ').trim();
  return words === '' || /[.!?]$/.test(words) ? words : `${words}.`;
}

/**
 * A constructor that tells of the socket it makes, which the library gives away only when it is open: one that is still
 * connecting has to be closed as well. What it throws would be thrown by the library where nobody can catch it.
 */
function watched(
  WebSocket: WebSocketClass,
  { made, refused }: { made(socket: globalThis.WebSocket): void; refused(error: unknown): void },
): unknown {
  return new Proxy(WebSocket, {
    construct: (Made, given) => {
      try {
        const socket = Reflect.construct(Made, given) as globalThis.WebSocket;
        made(socket);
        return socket;
      } catch (error) {
        // Browsers refuse `ws:` to pages of `https:` so.
        refused(error);
        return { readyState: 3, send: () => {}, close: () => {} };
      }
    },
  });
}

/** An HTTP answer that opens no WebSocket. */
type HttpAnswer = { readonly statusCode?: number; readonly headers?: { readonly 'retry-after'?: string } };

/** What tells of such an answer: sockets of the package ws, and none of browsers. */
type Refusing = {
  on?(event: 'unexpected-response', listener: (request: { destroy(): void }, answer: HttpAnswer) => void): void;
};

/** Is told of an answer that opens no WebSocket, by a package that tells of it. */
function hearRefusal(socket: object, onRefused: (answer: HttpAnswer) => void): void {
  (socket as Refusing).on?.('unexpected-response', (request, answer) => {
    onRefused(answer);
    request.destroy();
  });
}

/** Why an answer of HTTP opened no WebSocket. What a gateway, or a proxy before it, says of the moment may be tried again. */
function refused(url: string, { statusCode: status = 0, headers }: HttpAnswer): BramkaError {
  const { origin, pathname } = new URL(url);
  const more = { status, retryAfterSeconds: secondsOf(headers?.['retry-after']) };
  // Nothing of the rest of an address: that may have a secret in it.
  const answered = `${origin}${pathname} is answered with HTTP status ${status}`;
  if (status >= 500) return new BramkaError('CONNECTION_FAILED', `${answered}.`, more);
  if (status === 429) {
    const message = 'Too many connections without a good API key have come from this address.';
    return new BramkaError('RATE_LIMITED', message, more);
  }
  const message = `${answered} and no WebSocket; is this the address of a gateway?`;
  return new BramkaError('BAD_ANSWER', message, more);
}

/** So many milliseconds the other side has to answer a close; a silent one would keep this process from its end. */
const goodbyeMs = 2_000;

function closeInTime(socket: globalThis.WebSocket): void {
  socket.close(1_000);
  // Only those of the package ws can be cut off. Those of browsers keep nothing alive; Node's own keeps its process for as long as the
  // other side is silent.
  const { terminate } = socket as { terminate?: () => void };
  if (!terminate || socket.readyState === 3) return;
  const timer = setTimeout(() => terminate.call(socket), goodbyeMs);
  socket.addEventListener('close', () => clearTimeout(timer));
}

function lost({ code, reason }: Close = { code: 1006, reason: '' }): BramkaError {
  const final = finalCodes[code];
  if (final !== undefined) {
    const message = reason === '' ? final : `${final} It said: ${reason}`;
    return new BramkaError(code === 4403 ? 'FORBIDDEN' : 'BAD_ANSWER', message);
  }
  const why = code === 1012 ? 'The gateway is restarting.' : 'The connection to the gateway was lost.';
  return new BramkaError('CONNECTION_FAILED', reason === '' ? why : `The gateway closed the connection: ${reason}`);
}
