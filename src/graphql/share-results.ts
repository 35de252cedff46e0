import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from 'graphql';
import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { type Source, sourceKind } from '../kernel/source.ts';
import { FeedClosed, LogUnread } from '../realtime/errors.ts';
import type { Live, LiveEvents } from '../realtime/model.ts';
import { type GraphContext, requireActor } from './context.ts';
import { groupKey } from './group-key.ts';
import { withinTime } from './guard-operations.ts';
import { documentToKeep } from './keep-document.ts';
import type { ErrorMask } from './mask-error.ts';
import { nameVariables } from './variable-errors.ts';
import { withoutStatus } from './without-status.ts';

/** What an execution gave, as JSON. Without data it is the last of its subscription: what it was of has not been told. */
export type Result = { readonly json: string; readonly isLast: boolean };

/**
 * What one subscriber is given: an event's result, or a last word, which belongs to no event. That has no result when the
 * process stops: the operation goes on elsewhere, so its connection is broken off and nothing is said of an end.
 */
export type Delivery =
  | { readonly event: Event | undefined; readonly result: Result | Promise<Result> }
  | { readonly event: undefined; readonly result: undefined };

/** What one subscriber is given, and the cursor behind which that begins, where it begins somewhere. */
export type Deliveries = Source<Delivery> & { readonly from?: string | undefined };

export type Subscriptions = {
  /**
   * Starts a subscription whose document is valid. Gives its deliveries, or the errors that kept it from starting, masked.
   * Subscribers of one group (group-key.ts) share the execution and the JSON of each event.
   */
  subscribe(args: ExecutionArgs): Promise<ExecutionResult | Deliveries>;
};

/**
 * How long a result is given to others, in milliseconds. What an event says of the present is no older than that, and
 * older than no event that this process has heard of.
 */
const shareMsMax = 1_000;
/** How long the variables of a subscription may be as JSON, in characters: they are kept as long as it lasts. */
export const variablesLengthMax = 8_192;
/** How many events of one group are remembered; its members are mostly at the same one. */
export const sharedEventsMax = 32;

type Shared = { readonly newest: bigint; readonly bornAt: number; result: Result | Promise<Result> };

/** Subscribers with the same question and the same rights. */
type Group = {
  /** Undefined when nobody else can join. */
  readonly key: string | undefined;
  readonly args: ExecutionArgs;
  readonly shared: Map<bigint, Shared>;
  members: number;
};

type Sharing = {
  readonly groups: Map<string, Group>;
  readonly run: (args: ExecutionArgs, live: Live) => Result | Promise<Result>;
};

export type SubscriptionOptions = {
  readonly maskError: ErrorMask;
  readonly metrics: Pick<Metrics, 'resultExecuted'>;
};

/** Makes the subscriptions of a process. */
export function shareSubscriptions({ maskError, metrics }: SubscriptionOptions): Subscriptions {
  const write = (live: Live, { errors, ...result }: ExecutionResult): Result => {
    if (!errors) return { json: JSON.stringify(result), isLast: false };
    const isLast = !result.data;
    const told = errors.map(maskError).map((error) => (isLast ? withPlace(error, live) : withoutStatus(error)));
    return { json: JSON.stringify({ errors: told, ...result }), isLast };
  };
  const run = (args: ExecutionArgs, live: Live): Result | Promise<Result> => {
    metrics.resultExecuted();
    const result = execute({ ...args, rootValue: live });
    if (!('then' in result)) return write(live, result);
    return withinTime(result).then(
      (made) => write(live, made),
      (error: unknown) => write(live, { errors: [maskError(error)] }),
    );
  };
  const sharing: Sharing = { groups: new Map(), run };
  return {
    subscribe: async (asked) => {
      const args = withoutStrangers(asked);
      if (JSON.stringify(args.variableValues ?? {}).length > variablesLengthMax) return { errors: [tooLong()] };
      const source = await createSourceEventStream(args);
      if (Symbol.asyncIterator in source) return deliver(sharing, args, source as LiveEvents);
      return { ...source, errors: nameVariables(args, source.errors ?? []).map(maskError) };
    },
  };
}

/** Leaves out the values of variables that the operation does not have: they would be kept as long as the subscription. */
function withoutStrangers(args: ExecutionArgs): ExecutionArgs {
  const { document, operationName, variableValues } = args;
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const names = new Set(definitions.map(({ variable }) => variable.name.value));
  const given = Object.entries(variableValues ?? {});
  const known = given.filter(([name]) => names.has(name));
  return known.length === given.length ? args : { ...args, variableValues: Object.fromEntries(known) };
}

function tooLong(): GraphQLError {
  const message = `The variables of a subscription may have at most ${variablesLengthMax} characters as JSON.`;
  return new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' } });
}

/** Says from where to go on, so that the event that could not be told is not lost: from behind the one before it. */
function withPlace(error: GraphQLError, live: Live): GraphQLFormattedError {
  const formatted = withoutStatus(error);
  const cursor = cursorBefore(live);
  return cursor === undefined ? formatted : { ...formatted, extensions: { ...formatted.extensions, cursor } };
}

function cursorBefore(live: Live): string | undefined {
  if (!('end' in live)) return encodeCursor(live.shopId, live.number - 1n);
  return live.end instanceof LogUnread ? live.end.cursor : undefined;
}

function deliver(sharing: Sharing, args: ExecutionArgs, source: LiveEvents): Deliveries {
  return makeDeliveries({ sharing, group: joinGroup(sharing, args), source, left: false });
}

/** One subscriber's place in a group. */
type Place = { readonly sharing: Sharing; readonly group: Group; readonly source: LiveEvents; left: boolean };

const makeDeliveries = sourceKind<Delivery, Place, Pick<Deliveries, 'from'>>({
  get from() {
    return this.source.from;
  },
  take() {
    const taken = this.source.take();
    if (!taken) return undefined;
    if (taken.done) leaveGroup(this);
    return taken.done ? taken : { done: false, value: deliveryOf(this, taken.value) };
  },
  wait(look) {
    this.source.wait(look);
  },
  end() {
    leaveGroup(this);
    this.source.end();
  },
});

function deliveryOf({ sharing, group }: Place, live: Live): Delivery {
  if (!('end' in live)) return { event: live, result: resultOf(sharing, group, live) };
  if (live.end instanceof FeedClosed) return { event: undefined, result: undefined };
  // Why it ended is the affair of this subscriber alone.
  return { event: undefined, result: sharing.run(group.args, live) };
}

function joinGroup({ groups }: Sharing, args: ExecutionArgs): Group {
  const context = args.contextValue as GraphContext;
  const { document, operationName, variableValues } = args;
  const key = groupKey({ document, operationName, variables: variableValues ?? {}, actor: requireActor(context) });
  const group = (key === undefined ? undefined : groups.get(key)) ?? createGroup(args, key);
  if (key !== undefined) groups.set(key, group);
  group.members += 1;
  return group;
}

function leaveGroup(place: Place): void {
  if (place.left) return;
  place.left = true;
  const { sharing, group } = place;
  group.members -= 1;
  const { key } = group;
  if (group.members === 0 && key !== undefined && sharing.groups.get(key) === group) sharing.groups.delete(key);
}

/**
 * What is of one member alone is left out of the context, so that no resolver can give it to the others. Whoever came over SSE has more in
 * his: the request with its headers.
 */
function createGroup(args: ExecutionArgs, key: string | undefined): Group {
  const context = args.contextValue as GraphContext;
  const { app, operator, loaders } = context;
  const actor = { ...requireActor(context), keyId: '' };
  const nobodys = { authorization: undefined, lastEventId: undefined, address: '', inAddress: false };
  const contextValue: GraphContext = { app, operator, loaders, actor, ...nobodys };
  const document = documentToKeep(args.document);
  return { key, args: { ...args, document, contextValue, rootValue: undefined }, shared: new Map(), members: 0 };
}

function resultOf({ run }: Sharing, group: Group, event: Event): Result | Promise<Result> {
  if (group.members === 1) {
    group.shared.clear();
    return run(group.args, event);
  }
  const context = group.args.contextValue as GraphContext;
  const newest = context.app.feed.newest(event.shopId);
  const now = performance.now();
  const known = group.shared.get(event.number);
  if (known && known.newest === newest && now - known.bornAt < shareMsMax) return known.result;
  const result = run(group.args, event);
  const shared: Shared = { newest, bornAt: now, result };
  // Those who come later need not wait for what is there.
  if (result instanceof Promise) {
    result.then(
      (made) => {
        shared.result = made;
      },
      // Those who were given it say so.
      () => {},
    );
  }
  group.shared.delete(event.number);
  group.shared.set(event.number, shared);
  const [oldest] = group.shared.keys();
  if (group.shared.size > sharedEventsMax && oldest !== undefined) group.shared.delete(oldest);
  return result;
}
