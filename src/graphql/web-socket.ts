import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  handleProtocols,
  type Message,
  MessageType,
  makeServer,
  parseMessage,
  type Server,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../auth/authenticate-actor.ts';
import type { KeyHolder, KeyWatch } from '../auth/watch-keys.ts';
import { answerSocket } from '../http/answer-socket.ts';
import { addressOf } from '../http/client-address.ts';
import { type RequestLimits, TooManyRequests } from '../http/limit-requests.ts';
import { holdsCardNumberIn } from '../kernel/card-numbers.ts';
import type { Log } from '../kernel/log.ts';
import { TooMuchOpen } from '../realtime/errors.ts';
import { badOrigin, type OriginRule } from './origin-rule.ts';
import { type Pings, pingSockets } from './ping-sockets.ts';
import {
  type Connection,
  closeCodes,
  endOperation,
  endOperations,
  type OperationDeps,
  runOperation,
} from './run-operation.ts';

/** The largest message a client may send, in bytes; a longer one ends the socket with 1009. */
export const messageBytesMax = 262_144;

/** How many bytes of answers a client may leave unread while he goes on asking; then he is cut off. */
export const unreadBytesMax = 8_388_608;

export type SocketServer = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Ends all sockets with 1012, "resume elsewhere", and resolves when they are closed. */
  drain(): Promise<void>;
};

export type SocketOptions = OperationDeps & {
  readonly authenticator: Authenticator;
  readonly keyWatch: KeyWatch;
  /** How much one key may have open; 0 is without end. */
  readonly openPerKey: number;
  readonly mayCall: OriginRule;
  readonly limits: RequestLimits;
  readonly trustedProxies: readonly string[];
  readonly log: Log;
};

/** A socket, whose holder may have shown a good key. */
type Guest = Pick<Connection, 'socket' | 'address'> & {
  /** That it was counted for its address; undefined once that is taken back. */
  counted: { giveBack(): Promise<void> } | undefined;
  connection?: Connection;
  onKeyLost?: () => void;
};

/**
 * Serves graphql-transport-ws. The key comes under `authorization` in `connection_init`; without a good one, or when it
 * stops being good, the socket is closed with 4403. graphql-ws does all of the protocol but operations: it would keep their
 * messages and arguments for as long as they last, and could not send the same bytes to many.
 */
export function createSocketServer(options: SocketOptions): SocketServer {
  const { mayCall, limits, trustedProxies } = options;
  const wsOptions = { noServer: true, handleProtocols, maxPayload: messageBytesMax, perMessageDeflate: false };
  const sockets = new WebSocketServer(wsOptions);
  const pings = pingSockets();
  const handshake = makeServer<Record<string, unknown>, Guest>({
    onConnect: (context) => {
      const { extra, connectionParams } = context;
      // graphql-ws would keep it, and the key in it, as long as the socket.
      Object.assign(context, { connectionParams: undefined });
      return admit(options, extra, connectionParams);
    },
    // What a ping carries is said back.
    onPing: ({ extra: { socket } }, payload) => {
      if (holdsCardNumberIn(payload)) socket.close(closeCodes.badRequest, 'A ping looks like a card number');
    },
  });
  return {
    upgrade: async (request, socket, head) => {
      if (!mayCall(request.headers.origin)) {
        answerSocket(socket, 403, { message: badOrigin });
        return;
      }
      const { 'sec-websocket-protocol': offered } = request.headers;
      // Without our word for one of those it offered, a client would take the connection for broken, and come again and again.
      if (offered !== undefined && handleProtocols(offered) === false) {
        answerSocket(socket, 400, { message: `Offer the subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL}.` });
        return;
      }
      // Nobody has shown a key yet; with a good one it is taken back, and each operation counts for the key.
      const counted = await limits.ofGuest(request);
      if (counted instanceof TooManyRequests) {
        answerSocket(socket, 429, counted);
        return;
      }
      const address = addressOf(request, trustedProxies);
      sockets.handleUpgrade(request, socket, head, (client) =>
        serve({ options, handshake, pings }, { socket: client, address, counted }),
      );
    },
    drain: async () => {
      pings.close();
      for (const client of sockets.clients) client.close(closeCodes.restart, 'Resume elsewhere');
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

type Serving = {
  readonly options: SocketOptions;
  readonly handshake: Server<Guest>;
  readonly pings: Pings;
};

function serve({ options, handshake, pings }: Serving, guest: Guest): void {
  const { socket } = guest;
  const { log } = options;
  let handle: (message: string) => Promise<void> = async () => {};
  const closed = handshake.opened(
    {
      protocol: socket.protocol,
      send: (message) => socket.send(message),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handler) => {
        handle = handler;
      },
    },
    guest,
  );
  pings.add(socket);
  socket.on('message', (data) => {
    cutOffFlood(socket);
    // One that we have closed goes on sending until it has heard of it, and may do nothing any more.
    if (socket.readyState !== socket.OPEN) return;
    const text = String(data);
    const message = readMessage(text);
    if (typeof message === 'string') {
      socket.close(closeCodes.badRequest, message);
      return;
    }
    if (guest.connection && takeOperation(options, guest.connection, message)) return;
    handle(text).catch((err: unknown) => {
      log.error({ err }, 'a message of a WebSocket could not be handled');
      socket.close(closeCodes.internalError, 'Internal server error');
    });
  });
  socket.on('ping', () => cutOffFlood(socket));
  socket.on('error', (err) => log.debug({ err }, 'a WebSocket was closed for an error'));
  socket.once('close', (code, reason) => {
    pings.remove(socket);
    leave(options, guest);
    void closed(code, String(reason));
  });
}

/** What a client may send; all else is for servers to send. */
const clientTypes = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
]);

/** The words of graphql-ws on a message whose type it knows; behind them it says back what was sent. */
const wrongPart = /^"\w+" message (?:payload )?(?:expects|requires) (?:(?!, but got).)+/;

/** Gives the message, or what is wrong with it, in words that a close can carry. */
function readMessage(text: string): Message | string {
  try {
    const message = parseMessage(text);
    if (clientTypes.has(message.type)) return message;
  } catch (error) {
    const [words] = wrongPart.exec(error instanceof Error ? error.message : '') ?? [];
    if (words !== undefined) return words;
  }
  return 'A message is a JSON object whose type is connection_init, subscribe, complete, ping or pong';
}

/** Takes a message that begins or ends an operation; gives false for any other, which is for graphql-ws. */
function takeOperation(deps: OperationDeps, connection: Connection, message: Message): boolean {
  if (message.type === MessageType.Subscribe) void runOperation(deps, connection, message);
  else if (message.type === MessageType.Complete) endOperation(connection, message.id);
  else return false;
  return true;
}

/** Looks at the key of a socket that introduces itself, and ends the socket when the key stops being good. */
async function admit(options: SocketOptions, guest: Guest, params: Params): Promise<boolean> {
  const { authenticator, keyWatch, openPerKey, log } = options;
  const { socket, address, counted } = guest;
  const holder = await authenticate(authenticator, params).catch((err: unknown) => {
    // Thrown on, it would be the reason of the close, words of the database and all.
    log.error({ err }, 'a key could not be looked up');
    socket.close(closeCodes.tryLater, 'Try again later');
  });
  if (!holder) {
    socket.close(
      closeCodes.forbidden,
      'Send a good API key of a shop as `authorization` in the payload of connection_init',
    );
    return false;
  }
  guest.counted = undefined;
  // Thousands may come again at once from behind one address, when their process has stopped.
  await counted?.giveBack();
  // Who has left meanwhile is not watched: nothing would end it.
  if (socket.readyState !== socket.OPEN) return false;
  if (openPerKey > 0 && keyWatch.users(holder.actor.keyId) >= openPerKey) {
    socket.close(closeCodes.tryLater, new TooMuchOpen(openPerKey).message);
    return false;
  }
  guest.onKeyLost = () => socket.close(closeCodes.forbidden, 'The API key was revoked, has expired or was changed');
  const shared = keyWatch.watch(holder, guest.onKeyLost);
  guest.connection = { socket, address, holder: shared, operations: new Map() };
  return true;
}

function leave({ keyWatch }: SocketOptions, { connection, onKeyLost }: Guest): void {
  if (!connection || !onKeyLost) return;
  keyWatch.unwatch(connection.holder, onKeyLost);
  endOperations(connection);
}

type Params = Readonly<Record<string, unknown>> | undefined;

async function authenticate(authenticator: Authenticator, params: Params): Promise<KeyHolder | undefined> {
  const given = params?.authorization ?? params?.Authorization;
  if (typeof given !== 'string') return undefined;
  // People put the bare key there as often as the header's value.
  const authorization = /^bearer /i.test(given) ? given : `Bearer ${given}`;
  const actor = await authenticator.authenticate(authorization);
  return actor && { actor, authorization };
}

/** Subscriptions wait until what they sent is gone; answers to pings and to bad operations cannot. */
function cutOffFlood(socket: WebSocket): void {
  if (socket.bufferedAmount > unreadBytesMax) socket.terminate();
}
