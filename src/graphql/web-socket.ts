import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Actor } from '../auth/actor.ts';
import type { Authenticator } from '../auth/authenticate-actor.ts';
import type { KeyWatch } from '../auth/watch-keys.ts';
import { answerSocket } from '../http/answer-socket.ts';
import { addressOf } from '../http/client-address.ts';
import type { RequestLimits } from '../http/limit-requests.ts';
import { holdsCardNumber, holdsCardNumberIn } from '../kernel/card-numbers.ts';
import type { Log } from '../kernel/log.ts';
import type { Yoga } from './create-yoga.ts';
import type { OriginRule } from './origin-rule.ts';
import { pushResults } from './push-results.ts';
import { toGraphQLError } from './refusal.ts';
import type { Subscriptions } from './share-results.ts';

/** The largest message a client may send, in bytes; a longer one ends the socket with 1009. */
export const messageBytesMax = 262_144;

/** How many bytes of answers a client may leave unread while he goes on asking; then he is cut off. */
export const unreadBytesMax = 8_388_608;

/** How many operations one socket may have under way. */
export const operationsPerSocketMax = 200;

/** Close codes of ours beside those of graphql-transport-ws. */
const closeCodes = { badRequest: 4400, forbidden: 4403, restart: 1012, tryLater: 1013 } as const;

export type SocketServer = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Ends all sockets with 1012, "resume elsewhere", and resolves when they are closed. */
  drain(): Promise<void>;
};

type Holder = { readonly actor: Actor; readonly authorization: string };
type Socket = Omit<Extra, 'request'> &
  Record<PropertyKey, unknown> & {
    /** Who asks to connect; forgotten once his address is known, since sockets live long. */
    request?: IncomingMessage | undefined;
    address?: string;
    holder?: Holder;
    unwatch?: () => void;
  };
type Params = Record<string, unknown> | undefined;

export type SocketOptions = {
  readonly yoga: Yoga;
  readonly subscriptions: Subscriptions;
  readonly authenticator: Authenticator;
  readonly keyWatch: KeyWatch;
  readonly mayCall: OriginRule;
  readonly limits: RequestLimits;
  readonly trustedProxies: readonly string[];
  readonly log: Log;
};

/**
 * Serves graphql-transport-ws with the same engine and guards as HTTP. The key comes under `authorization` in
 * `connection_init`; without a good one, or when it stops being good, the socket is closed with 4403.
 */
export function createSocketServer(options: SocketOptions): SocketServer {
  const { yoga, subscriptions, mayCall, limits, log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax, perMessageDeflate: false });
  const server = useServer<Record<string, unknown>, Socket>(
    {
      execute: (args) => rootOf(args).execute(args),
      subscribe: (args) => startPushing(subscriptions, args),
      onConnect: ({ extra, connectionParams }) => admit(options, extra, connectionParams),
      // What a ping carries and the id of an operation are said back in every answer.
      onPing: ({ extra }, payload) => {
        if (holdsCardNumberIn(payload)) extra.socket.close(closeCodes.badRequest, 'A ping looks like a card number');
      },
      onSubscribe: (context, id, payload) => prepare({ yoga, limits }, context, { id, payload }),
      onClose: ({ extra }) => extra.unwatch?.(),
    },
    sockets,
  );
  return {
    upgrade: async (request, socket, head) => {
      if (!mayCall(request.headers.origin)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      // Nobody has shown a key yet; with one, each operation counts for the key.
      const limited = await limits.ofAddress(request);
      if (limited) {
        answerSocket(socket, 429, limited);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        sockets.emit('connection', client, request);
        quieten(client, log);
        cutOffFlood(client);
      });
    },
    drain: async () => {
      for (const client of sockets.clients) client.close(closeCodes.restart, 'Resume elsewhere');
      await server.dispose();
    },
  };
}

/** Looks at the key of a socket that introduces itself, and ends the socket when the key stops being good. */
async function admit(
  { authenticator, keyWatch, trustedProxies, log }: SocketOptions,
  extra: Socket,
  params: Params,
): Promise<boolean> {
  extra.address = addressOf(extra.request, trustedProxies);
  extra.request = undefined;
  const holder = await authenticate(authenticator, params).catch((err: unknown) => {
    // Thrown on, it would be the reason of the close, words of the database and all.
    log.error({ err }, 'a key could not be looked up');
    extra.socket.close(closeCodes.tryLater, 'Try again later');
  });
  // Who has left meanwhile is not watched: nothing would end it.
  if (!holder || extra.socket.readyState !== extra.socket.OPEN) return false;
  extra.holder = holder;
  extra.unwatch = keyWatch.watch(holder, () => extra.socket.close(closeCodes.forbidden, 'Forbidden'));
  return true;
}

async function startPushing(subscriptions: Subscriptions, args: ExecutionArgs) {
  const { socket, id } = rootOf(args);
  const result = await subscriptions.subscribe(args);
  // graphql-ws keeps the arguments as long as the operation lasts, and nobody looks at them any more.
  Object.assign(args, { contextValue: undefined, rootValue: undefined });
  return Symbol.asyncIterator in result ? pushResults(socket, id, result) : result;
}

/** Subscriptions wait until what they sent is gone; answers to pings and to bad operations cannot. */
function cutOffFlood(client: WebSocket): void {
  const check = (): void => {
    if (client.bufferedAmount > unreadBytesMax) client.terminate();
  };
  client.on('message', check);
  client.on('ping', check);
}

/** graphql-ws would write to the console what a client does wrong, and each message that could not be sent to one who has gone. */
function quieten(client: WebSocket, log: Log): void {
  client.removeAllListeners('error');
  client.on('error', (err) => log.debug({ err }, 'a WebSocket was closed for an error'));
  const send = client.send.bind(client);
  client.send = (data: Parameters<typeof send>[0], ...rest: unknown[]): void => {
    const done = rest.at(-1);
    if (typeof done === 'function') send(data, () => done());
    else send(data);
  };
}

async function authenticate(authenticator: Authenticator, params: Params): Promise<Holder | undefined> {
  const given = params?.authorization ?? params?.Authorization;
  if (typeof given !== 'string') return undefined;
  // People put the bare key there as often as the header's value.
  const authorization = /^bearer /i.test(given) ? given : `Bearer ${given}`;
  const actor = await authenticator.authenticate(authorization);
  return actor && { actor, authorization };
}

/** What `prepare` gives to what runs the operation. */
type Root = Pick<ReturnType<Yoga['getEnveloped']>, 'execute'> & { readonly socket: WebSocket; readonly id: string };

function rootOf(args: { rootValue?: unknown }): Root {
  return args.rootValue as Root;
}

/** Parses and validates with yoga's plugins. What is wrong or one too many refuses this operation, never the socket. */
async function prepare(
  { yoga, limits }: { readonly yoga: Yoga; readonly limits: RequestLimits },
  context: Context<Record<string, unknown>, Socket>,
  { id, payload }: { readonly id: string; readonly payload: SubscribePayload },
) {
  if (holdsCardNumber(id)) {
    context.extra.socket.close(closeCodes.badRequest, 'An id looks like a card number');
    return [new GraphQLError('The socket is closed.')];
  }
  if (Object.keys(context.subscriptions).length > operationsPerSocketMax) {
    const message = `One socket may have ${operationsPerSocketMax} operations under way; end some or open another.`;
    return [new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })];
  }
  const { holder } = context.extra;
  const limited = holder && (await limits.ofKey(holder.actor.keyId));
  if (limited) return [toGraphQLError(limited)];
  // Operators have nothing to follow, so their keys open no socket.
  const transport = {
    actor: holder?.actor,
    operator: undefined,
    authorization: holder?.authorization,
    address: context.extra.address ?? '',
    inAddress: false,
  };
  const { schema, execute, contextFactory, parse, validate } = yoga.getEnveloped(transport);
  try {
    const document = parse(payload.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    return {
      schema,
      operationName: payload.operationName,
      document,
      variableValues: payload.variables,
      contextValue: await contextFactory(),
      rootValue: { execute, socket: context.extra.socket, id },
    };
  } catch (error) {
    return [error instanceof GraphQLError ? error : new GraphQLError('The operation could not be read.')];
  }
}
