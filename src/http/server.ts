import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createRequestAnswerer, hasSeveralHosts, pathOf, type RequestDeps, severalHosts } from './answer-request.ts';
import { answerSocket } from './answer-socket.ts';
import { listen } from './listen.ts';

export type HttpServerOptions = RequestDeps & {
  /** Open connections beyond which a new one is closed at once; 0 or undefined is without end. */
  readonly connectionsMax?: number;
  /** Time in milliseconds after which an answer is given up of which nothing is read; 30,000 if undefined. */
  readonly unreadMsMax?: number;
  readonly graphql: {
    /** Takes a connection that asks to become a WebSocket on `/graphql`. */
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void | Promise<void>;
  };
};

export type HttpServer = {
  /** Starts to listen; port 0 takes a free one. @throws StartError when that is not possible. */
  listen(port: number, host: string): Promise<{ readonly port: number }>;
  /** Serves on, and says with each answer from now on that its connection is not kept: whoever waits for the end loses no request. */
  leave(): void;
  /** Stops accepting, and waits for what is running, up to 10 seconds or as long as it is told; then cuts it off. */
  close(patience?: { readonly ms: number }): Promise<void>;
};

/** Slow senders and silent connections are given up after these times, in milliseconds. */
const timeouts = {
  /** A whole request with its body. */
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  /** Longer than load balancers keep a silent connection, so that they never send into a closing one. */
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
} as const;
/**
 * How long the system may be unable to send anything on of an answer, in milliseconds; then the client is cut off, at most as
 * long after that again.
 */
const usualUnreadMsMax = 30_000;
/** An answer of which no more than this lies unsent, in bytes, may take longer: the system has taken megabytes before it. */
const unreadBytesMax = 1_048_576;
/** So many times as long. */
const patience = 9;
/** Forms may come as a query, with a packed basket in it. */
const headerBytesMax = 32_768;
const headersMax = 100;
/** How long a server that stops leaves open connections alone, in milliseconds; then it cuts them off. */
export const drainMs = 10_000;

/** Makes the one HTTP server: GraphQL, the payer's pages and forms, health and metrics, on one port. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const answer = createRequestAnswerer(options);
  const server = createServer({
    ...timeouts,
    maxHeaderSize: headerBytesMax,
    // Some clients offer HTTP/2 with each request; they are answered by HTTP/1.1 all the same.
    shouldUpgradeCallback: (req) => req.headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.maxHeadersCount = headersMax;
  if (options.connectionsMax) server.maxConnections = options.connectionsMax;
  const running = new Map<Duplex, ServerResponse>();
  let leaving = false;
  const leave = (): void => {
    leaving = true;
    for (const res of running.values()) res.shouldKeepAlive = false;
  };
  function forgetAnswer(this: Duplex): void {
    running.delete(this);
  }
  const upgraded = new Set<Duplex>();
  cutOffUnread(server, running, options.unreadMsMax ?? usualUnreadMsMax);
  // An answer behind another one hears nothing of the end of its connection.
  server.on('connection', (socket) => socket.on('close', forgetAnswer));
  server.on('request', (req, res) => {
    running.set(req.socket, res);
    if (leaving) res.shouldKeepAlive = false;
    res.on('close', () => {
      // Another answer may have been asked for behind this one.
      if (running.get(req.socket) === res) running.delete(req.socket);
      if (!server.listening) setImmediate(() => server.closeIdleConnections());
    });
    answer(req, res);
  });
  const watch = watchUpgraded(options, upgraded);
  server.on('upgrade', (req, socket, head) => {
    // What is said now would come before, or in the middle of, an answer that is still to come.
    if (running.has(socket)) return void socket.destroy();
    watch(socket);
    void upgrade(options, { req, socket, head });
  });
  server.on('connect', (_req, socket) => {
    if (running.has(socket)) return void socket.destroy();
    socket.on('error', () => socket.destroy());
    answerSocket(socket, 405, { message: 'CONNECT is not answered here.' });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // In the middle of an answer nothing more can be said.
    if (running.get(socket)?.headersSent) socket.destroy();
    else answerFailed(socket, error.code);
  });
  return {
    listen: (port, host) => listen(server, port, host),
    leave,
    close: ({ ms } = { ms: drainMs }) => {
      leave();
      return close(server, upgraded, ms);
    },
  };
}

/**
 * Node tells of a socket on which nothing has moved, also of what lies unsent. One whose answer is still being made, or
 * waits for news, has nothing unsent; one without an answer has been silent for longer than it is kept open.
 */
function cutOffUnread(server: Server, running: ReadonlyMap<Duplex, ServerResponse>, unreadMsMax: number): void {
  server.setTimeout(unreadMsMax, (socket) => {
    if (running.has(socket) && socket.writableLength === 0) return;
    const wasPatient = (socket.timeout ?? 0) > unreadMsMax;
    if (!running.has(socket) || socket.writableLength > unreadBytesMax || wasPatient) socket.destroy();
    // With the next request it is the usual time again.
    else socket.setTimeout(unreadMsMax * patience);
  });
}

/** Gives a function that looks after a connection with two functions that all share: there may be very many. */
function watchUpgraded({ log }: HttpServerOptions, upgraded: Set<Duplex>): (socket: Duplex) => void {
  function forget(this: Duplex): void {
    upgraded.delete(this);
  }
  function breakOff(this: Duplex, err: Error): void {
    log.debug({ err }, 'a WebSocket broke off');
    this.destroy();
  }
  return (socket) => {
    upgraded.add(socket);
    socket.on('close', forget);
    socket.on('error', breakOff);
  };
}

type Upgrade = { readonly req: IncomingMessage; readonly socket: Duplex; readonly head: Buffer };

async function upgrade({ graphql, log }: HttpServerOptions, { req, socket, head }: Upgrade): Promise<void> {
  if (hasSeveralHosts(req)) return answerSocket(socket, 400, { message: severalHosts });
  if (pathOf(req.url ?? '') !== '/graphql') {
    answerSocket(socket, 404, { message: 'There is no WebSocket at this address; GraphQL answers at /graphql.' });
    return;
  }
  try {
    await graphql.upgrade(req, socket, head);
  } catch (err) {
    log.error({ err }, 'a WebSocket could not be opened');
    answerSocket(socket, 500, { message: 'Something went wrong on our side.' });
  }
}

function answerFailed(socket: Duplex, code: string | undefined): void {
  const say = (status: number, message: string): void => answerSocket(socket, status, { message });
  if (code === 'HPE_HEADER_OVERFLOW') say(431, `The headers are larger than ${headerBytesMax} bytes; send less.`);
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') say(408, 'The request was not sent in time.');
  else say(400, 'This is no valid HTTP request.');
}

async function close(server: Server, upgraded: ReadonlySet<Duplex>, withinMs: number): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // Closes idle connections too.
  server.close(() => resolve());
  const cutOff = setTimeout(() => {
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  }, withinMs);
  await closed;
  clearTimeout(cutOff);
}
