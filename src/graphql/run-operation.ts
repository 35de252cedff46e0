import {
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  OperationTypeNode,
} from 'graphql';
import {
  type CompleteMessage,
  type ErrorMessage,
  MessageType,
  type NextMessage,
  type SubscribeMessage,
} from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { KeyHolder } from '../auth/watch-keys.ts';
import type { RequestLimits } from '../http/limit-requests.ts';
import { holdsCardNumber } from '../kernel/card-numbers.ts';
import { kindOf } from '../kernel/kind-of.ts';
import type { Source } from '../kernel/source.ts';
import type { Engine } from './engine.ts';
import { operationNotFound } from './guard-operations.ts';
import type { ErrorMask } from './mask-error.ts';
import { pushResults, type Receiver } from './push-results.ts';
import { toGraphQLError } from './refusal.ts';
import { sendMessage } from './send-message.ts';
import type { Delivery, Subscriptions } from './share-results.ts';
import { leaveLine } from './wait-in-line.ts';
import { withoutStatus } from './without-status.ts';

/** How many operations one socket may have under way. */
export const operationsPerSocketMax = 200;

/** How many bytes of answers a client may leave unread while he goes on asking; then he is cut off. */
const unreadBytesMax = 8_388_608;

/** Why a socket is closed by us: codes of graphql-transport-ws, and of RFC 6455 below 4000. */
export const closeCodes = {
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  otherProtocol: 4406,
  notIntroduced: 4408,
  idInUse: 4409,
  introducedTwice: 4429,
  internalError: 4500,
  restart: 1012,
  tryLater: 1013,
} as const;

/** What is known of a socket whose holder has shown a good key. */
export type Connection = {
  readonly socket: WebSocket;
  readonly address: string;
  readonly holder: KeyHolder;
  /** What is under way, by the ids that the client gave. */
  readonly operations: Map<string, Operation>;
  /** How many queries and mutations run on although their client has ended them. */
  abandoned: number;
  /** Closes it once nothing is under way any more; undefined while it is to stay. */
  leave: (() => void) | undefined;
};

/** The state of a socket on which nothing is under way yet. */
export function openConnection(of: Pick<Connection, 'socket' | 'address' | 'holder'>): Connection {
  const { socket, address, holder } = of;
  return { socket, address, holder, operations: new Map(), abandoned: 0, leave: undefined };
}

/** An operation under way, which is sent its own results. */
type Operation = Begun & Receiver;

type Begun = {
  readonly deps: OperationDeps;
  readonly connection: Connection;
  readonly id: string;
  isRunning: boolean;
  /** Of a subscription that has begun. */
  deliveries: Source<Delivery> | undefined;
};

export type OperationDeps = {
  readonly engine: Engine;
  readonly subscriptions: Subscriptions;
  readonly limits: Pick<RequestLimits, 'ofKey'>;
  readonly maskError: ErrorMask;
};

/**
 * Runs an operation of a socket, with the same engine and guards as HTTP, and sends what it gives; resolves when that is
 * sent, or when a subscription has begun. What is wrong or one too many refuses this operation, never the socket. It never fails.
 */
export async function runOperation(
  deps: OperationDeps,
  connection: Connection,
  { id, payload }: Pick<SubscribeMessage, 'id' | 'payload'>,
): Promise<void> {
  const { operations } = connection;
  // The id is said back in every answer.
  if (holdsCardNumber(id)) return closeConnection(connection, closeCodes.badRequest, 'An id looks like a card number');
  if (operations.has(id)) return closeConnection(connection, closeCodes.idInUse, inUse(id));
  const operation = makeOperation({ deps, connection, id, isRunning: true, deliveries: undefined });
  operations.set(id, operation);
  try {
    const begun = await begin(deps, connection, payload).finally(() => settle(operation));
    if ('take' in begun) follow(operation, begun);
    else if (Array.isArray(begun)) end(operation, { type: MessageType.Error, payload: begun.map(withoutStatus) });
    else end(operation, { type: MessageType.Next, payload: resultOf(begun as ExecutionResult) });
  } catch (error) {
    end(operation, { type: MessageType.Error, payload: [withoutStatus(deps.maskError(error))] });
  }
}

function settle(operation: Operation): void {
  operation.isRunning = false;
  if (!operation.isWanted()) operation.connection.abandoned -= 1;
}

/**
 * Ends the subscriptions of a socket without a word, since they go on elsewhere, and has it closed once what else runs on it
 * is answered.
 */
export function whenAnswered(connection: Connection, close: () => void): void {
  connection.leave = close;
  for (const { id, deliveries } of [...connection.operations.values()]) if (deliveries) endOperation(connection, id);
  leaveIfDone(connection);
}

function leaveIfDone({ operations, leave }: Connection): void {
  if (operations.size === 0) leave?.();
}

/** The words of the protocol; what a close says may have 123 bytes (RFC 6455, section 5.5), and ids may be longer. */
function inUse(id: string): string {
  const reason = `Subscriber for ${id} already exists`;
  return Buffer.byteLength(reason) > 123 ? 'Subscriber for this id already exists' : reason;
}

/** Ends an operation that its client wants no more of; its client is told nothing. */
export function endOperation(connection: Connection, id: string): void {
  const { operations } = connection;
  const operation = operations.get(id);
  // First, since its deliveries say at once that they are over.
  operations.delete(id);
  if (operation?.isRunning) connection.abandoned += 1;
  operation?.deliveries?.end();
  if (operation) leaveLine(operation);
  leaveIfDone(connection);
}

/**
 * Closes a socket and ends what runs on it at once: nothing goes out any more, and its other side may take half a minute to
 * hear of it.
 */
export function closeConnection(connection: Connection, code: number, reason: string): void {
  connection.socket.close(code, reason);
  endOperations(connection);
}

/** Ends all operations of a socket that is closed. */
export function endOperations(connection: Connection): void {
  for (const id of connection.operations.keys()) endOperation(connection, id);
}

function resultOf({ errors, ...result }: ExecutionResult): FormattedExecutionResult {
  return errors ? { errors: errors.map(withoutStatus), ...result } : result;
}

/** The last word about an operation, to which its id is added. */
type LastWord =
  | Omit<CompleteMessage, 'id'>
  | { readonly type: ErrorMessage['type']; readonly payload: readonly GraphQLFormattedError[] }
  | { readonly type: NextMessage['type']; readonly payload: FormattedExecutionResult };

const makeOperation = kindOf<Begun, Pick<Receiver, 'socket' | 'isWanted' | 'onEnd'>>({
  get socket() {
    return this.connection.socket;
  },
  isWanted() {
    return this.connection.operations.get(this.id) === this;
  },
  onEnd(failed) {
    if (!failed) {
      end(this, { type: MessageType.Complete });
      return;
    }
    this.deliveries?.end();
    end(this, { type: MessageType.Error, payload: [withoutStatus(this.deps.maskError(failed.error))] });
  },
});

/** Sends the last word about an operation that its client has not ended; the last result is followed by `complete`. */
function end(operation: Operation, word: LastWord): void {
  const { connection, id, socket } = operation;
  if (!operation.isWanted()) return;
  // What was asked at once is answered at once. Who reads is never cut off for one answer, however large it is.
  if (word.type !== MessageType.Complete) cutOffFlood(socket);
  const isOpen = socket.readyState === socket.OPEN;
  // First, since that can fail; then there is another last word.
  const message = isOpen && JSON.stringify({ id, ...word });
  connection.operations.delete(id);
  if (message) {
    sendMessage(socket, message);
    if (word.type === MessageType.Next) socket.send(JSON.stringify({ id, type: MessageType.Complete }));
  }
  leaveIfDone(connection);
}

/** Cuts off who leaves too much unread. Subscriptions wait until what they sent is gone; answers to what he asks cannot. */
export function cutOffFlood(socket: WebSocket): void {
  if (socket.bufferedAmount > unreadBytesMax) socket.terminate();
}

function follow(operation: Operation, deliveries: Source<Delivery>): void {
  const { connection, id } = operation;
  operation.deliveries = deliveries;
  // On a socket that is to be closed it goes on elsewhere, so nothing is said of an end.
  if (connection.leave && operation.isWanted()) endOperation(connection, id);
  if (!operation.isWanted()) {
    deliveries.end();
    return;
  }
  pushResults(operation, deliveries);
}

/** Gives the deliveries of a subscription, the result of another operation, or why it cannot be run. */
async function begin(
  { engine, subscriptions, limits }: OperationDeps,
  { address, holder: { actor, authorization }, operations, abandoned }: Connection,
  { query, operationName, variables: variableValues }: SubscribeMessage['payload'],
): Promise<Source<Delivery> | ExecutionResult | readonly GraphQLError[]> {
  if (operations.size + abandoned > operationsPerSocketMax) {
    const message = `One socket may have ${operationsPerSocketMax} operations under way; end some or open another.`;
    return [new GraphQLError(message, { extensions: { code: 'RATE_LIMITED' } })];
  }
  const limited = await limits.ofKey(actor.keyId);
  if (limited) return [toGraphQLError(limited)];
  // Operators have nothing to follow, so their keys open no socket.
  const transport = { actor, operator: undefined, authorization, address, inAddress: false };
  const document = engine.parse(query, transport);
  const errors = engine.validate(document, transport);
  if (errors.length > 0) return errors;
  const operation = getOperationAST(document, operationName);
  if (!operation) return [operationNotFound()];
  const { schema } = engine;
  const args = { schema, operationName, document, variableValues, contextValue: engine.contextOf(transport) };
  const isSubscription = operation.operation === OperationTypeNode.SUBSCRIPTION;
  return isSubscription ? subscriptions.subscribe(args) : engine.execute(args);
}
