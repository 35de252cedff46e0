import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  handleProtocols,
  type Message,
  MessageType,
  type PingMessage,
  stringifyMessage,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../auth/authenticate-actor.ts';
import { plainHeader } from '../auth/model.ts';
import type { KeyHolder, KeyUser, KeyWatch } from '../auth/watch-keys.ts';
import { answerSocket } from '../http/answer-socket.ts';
import { addressOf } from '../http/client-address.ts';
import { type RequestLimits, TooManyRequests } from '../http/limit-requests.ts';
import { drainMs } from '../http/server.ts';
import { noteAwayForRequests } from '../http/unavailable.ts';
import { holdsCardNumberIn } from '../kernel/card-numbers.ts';
import { kindOf } from '../kernel/kind-of.ts';
import type { Log } from '../kernel/log.ts';
import { TooMuchOpen } from '../realtime/errors.ts';
import { answerPing, answerPingMessage } from './answer-pings.ts';
import { badOrigin, type OriginRule } from './origin-rule.ts';
import { type Pings, pingSockets } from './ping-sockets.ts';
import { readMessage } from './read-message.ts';
import {
  type Connection,
  closeCodes,
  closeConnection,
  cutOffFlood,
  endOperation,
  endOperations,
  type OperationDeps,
  openConnection,
  runOperation,
  whenAnswered,
} from './run-operation.ts';

/** How long a socket may be open before it introduces itself, in milliseconds. */
const introductionMsMax = 3_000;

/** The largest message a client may send, in bytes; a longer one ends the socket with 1009. */
export const messageBytesMax = 262_144;

/** How long a message may be, in characters, before its sender has shown a good key; anybody may send one. */
export const strangerLengthMax = 8_192;

/** How long a gateway that stops waits for what runs on a socket, in milliseconds; its server cuts it off a second later. */
const answeredMsMax = drainMs - 1_000;

export type SocketServer = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /**
   * Ends all sockets with 1012, "resume elsewhere", each as soon as the queries and mutations that run on it are answered, or
   * after nine seconds; resolves when all are closed.
   */
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

/** What all sockets of a process share. */
type Serving = {
  readonly options: SocketOptions;
  readonly pings: Pings<Guest>;
  readonly onError: (error: Error) => void;
  /** True once no operation is begun any more. */
  draining: boolean;
};

/** A socket that has been opened, by whomever. */
type Arrival = Pick<Connection, 'socket' | 'address'> & {
  /** That it was counted for its address; undefined once that is taken back. */
  counted: { giveBack(): Promise<void> } | undefined;
};

/** A socket, whose holder may have shown a good key. */
type Guest = Arrival &
  KeyUser & {
    readonly serving: Serving;
    introduced: boolean;
    /** Ends the wait for its introduction. */
    timer: NodeJS.Timeout | undefined;
    connection: Connection | undefined;
  };

/**
 * Serves graphql-transport-ws. The key comes under `authorization` in `connection_init`; without a good one, or when it
 * stops being good, the socket is closed with 4403. graphql-ws reads and writes the messages, and no more: its own server
 * would keep several kilobytes of each socket and operation for as long as they last, and could not send the same bytes to
 * many.
 */
export function createSocketServer(options: SocketOptions): SocketServer {
  const { mayCall, limits, trustedProxies, log } = options;
  const sockets = new WebSocketServer({
    ...{ noServer: true, handleProtocols, maxPayload: messageBytesMax, perMessageDeflate: false },
    // Those of ws pile up behind what is not read.
    autoPong: false,
    // All that are open are known to the pings.
    clientTracking: false,
  });
  const pings = pingSockets<Guest>();
  const serving: Serving = {
    options,
    pings,
    onError: (err) => log.debug({ err }, 'a WebSocket was closed for an error'),
    draining: false,
  };
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
      sockets.handleUpgrade(request, socket, head, (client) => serve(serving, { socket: client, address, counted }));
    },
    drain: async () => {
      serving.draining = true;
      pings.close();
      sockets.close();
      const guests = pings.guests();
      const gone = guests.map(sendAway);
      const late = setTimeout(() => guests.forEach(resumeElsewhere), answeredMsMax);
      await Promise.all(gone);
      clearTimeout(late);
    },
  };
}

/** Closes a socket once what runs on it is answered, and resolves when it is closed. */
function sendAway(guest: Guest): Promise<void> {
  const closed = new Promise<void>((resolve) => guest.socket.once('close', resolve));
  if (guest.connection) whenAnswered(guest.connection, () => resumeElsewhere(guest));
  else resumeElsewhere(guest);
  return closed;
}

function resumeElsewhere(guest: Guest): void {
  close(guest, closeCodes.restart, 'Resume elsewhere');
}

function close({ socket, connection }: Guest, code: number, reason: string): void {
  if (connection) closeConnection(connection, code, reason);
  else socket.close(code, reason);
}

function serve(serving: Serving, { socket, address, counted }: Arrival): void {
  socket.on('error', serving.onError);
  if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
    socket.close(closeCodes.otherProtocol, `Offer the subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL}`);
    return;
  }
  const timer = setTimeout(closeSilent, introductionMsMax, socket);
  listen(makeGuest({ serving, socket, address, counted, introduced: false, timer, connection: undefined }));
}

function listen(guest: Guest): void {
  const { socket, serving } = guest;
  serving.pings.add(guest);
  socket.on('ping', answerPing);
  socket.on('message', (data) => {
    // One that we have closed goes on sending until it has heard of it, and may do nothing any more.
    if (guest.socket.readyState !== guest.socket.OPEN) return;
    try {
      const text = String(data);
      const message = !guest.connection && text.length > strangerLengthMax ? tooLongForStrangers : readMessage(text);
      if (typeof message === 'string') close(guest, closeCodes.badRequest, message);
      else take(guest, message);
    } catch (err) {
      // Thrown on, it would end the process.
      serving.options.log.error({ err }, 'a message of a WebSocket could not be handled');
      close(guest, closeCodes.internalError, 'Internal server error');
    }
  });
  socket.on('close', () => leave(guest));
}

const tooLongForStrangers = `Send connection_init first; until connection_ack a message may have ${strangerLengthMax} characters`;

const makeGuest = kindOf<Omit<Guest, 'onKeyLost'>, KeyUser>({
  onKeyLost() {
    close(this, closeCodes.forbidden, 'The API key was revoked, has expired or was changed');
  },
});

function closeSilent(socket: WebSocket): void {
  socket.close(closeCodes.notIntroduced, `Send connection_init within ${introductionMsMax / 1_000} seconds`);
}

function take(guest: Guest, message: Message): void {
  const { serving, connection } = guest;
  if (message.type === MessageType.ConnectionInit) void introduce(guest, message.payload);
  else if (message.type === MessageType.Ping) refuseOrAnswer(guest, message);
  else if (message.type === MessageType.Subscribe) {
    // A gateway that stops begins nothing; the client asks again elsewhere once it hears of the close.
    if (serving.draining) return;
    if (connection) {
      cutOffFlood(guest.socket);
      if (guest.socket.readyState === guest.socket.OPEN) void runOperation(serving.options, connection, message);
    } else close(guest, closeCodes.unauthorized, 'Send connection_init and wait for connection_ack first');
  } else if (message.type === MessageType.Complete && connection) endOperation(connection, message.id);
}

/** What a ping carries is said back. */
function refuseOrAnswer(guest: Guest, ping: PingMessage): void {
  if (holdsCardNumberIn(ping.payload)) close(guest, closeCodes.badRequest, 'A ping looks like a card number');
  else answerPingMessage(guest.socket, ping);
}

async function introduce(guest: Guest, params: Params): Promise<void> {
  const { serving, socket } = guest;
  if (guest.introduced) {
    close(guest, closeCodes.introducedTwice, 'Send connection_init once');
    return;
  }
  guest.introduced = true;
  clearTimeout(guest.timer);
  guest.timer = undefined;
  try {
    if (await admit(guest, params)) socket.send(stringifyMessage({ type: MessageType.ConnectionAck }));
  } catch (err) {
    serving.options.log.error({ err }, 'a WebSocket could not introduce itself');
    close(guest, closeCodes.internalError, 'Internal server error');
  }
}

/** Looks at the key of a socket that introduces itself, and ends the socket when the key stops being good. */
async function admit(guest: Guest, params: Params): Promise<boolean> {
  const { socket, address, counted, serving } = guest;
  const { authenticator, keyWatch, openPerKey, log } = serving.options;
  const holder = await authenticate(authenticator, params).catch((err: unknown) => {
    if (!noteAwayForRequests(log, err)) log.error({ err }, 'a key could not be looked up');
    close(guest, closeCodes.tryLater, 'Try again later');
  });
  if (!holder) {
    close(
      guest,
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
    close(guest, closeCodes.tryLater, new TooMuchOpen(openPerKey).message);
    return false;
  }
  guest.connection = openConnection({ socket, address, holder: keyWatch.watch(holder, guest) });
  return true;
}

function leave(guest: Guest): void {
  const { serving, timer, connection } = guest;
  serving.pings.remove(guest);
  clearTimeout(timer);
  if (!connection) return;
  serving.options.keyWatch.unwatch(connection.holder, guest);
  endOperations(connection);
}

type Params = Record<string, unknown> | null | undefined;

async function authenticate(authenticator: Authenticator, params: Params): Promise<KeyHolder | undefined> {
  const given = params?.authorization ?? params?.Authorization;
  if (typeof given !== 'string') return undefined;
  // People put the bare key there as often as the header's value.
  const authorization = plainHeader(given) ?? plainHeader(`Bearer ${given}`);
  if (authorization === undefined) return undefined;
  const actor = await authenticator.authenticate(authorization);
  return actor && { actor, authorization };
}
