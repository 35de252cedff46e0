import { randomUUID } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { PothosValidationError } from '@pothos/core';
import DataLoader from 'dataloader';
import { GraphQLError } from 'graphql';
import { createYoga, type YogaServerInstance } from 'graphql-yoga';
import { readRecipientBalances } from '../baskets/store.ts';
import type { Log } from '../kernel/log.ts';
import { readMovements } from '../payouts/sql/read-movements.ts';
import { writeNotifications } from '../webhooks/write-notifications.ts';
import type { GraphApp, GraphContext, Loaders } from './context.ts';
import { createDocumentCache } from './document-cache.ts';
import { guardPlugin, type Transport } from './guard-plugin.ts';
import { hideInError } from './hide-in-error.ts';
import { refusalIn, toGraphQLError } from './refusal.ts';
import { schema } from './schema.ts';

export type Yoga = YogaServerInstance<Transport, GraphContext>;

/** Makes the GraphQL server: one engine for HTTP, SSE and WebSocket. GraphiQL is served, offline, if it is wanted. */
export function createGraphServer(options: {
  readonly app: GraphApp;
  readonly log: Log;
  readonly graphiql: boolean;
}): Yoga {
  const { app, log, graphiql } = options;
  return createYoga<Transport, GraphContext>({
    schema,
    context: (initial) => ({ ...pickTransport(initial), app, loaders: createLoaders(app) }),
    plugins: [guardPlugin()],
    maskedErrors: { maskError: (error) => hideInError(maskError(error, log)) },
    renderGraphiQL,
    graphiql: graphiql && {
      title: 'Bramka',
      defaultQuery:
        '# Put your key under "Headers": {"Authorization": "Bearer bk_test_…"}\n{ viewer { merchant { name } } }\n',
      subscriptionsProtocol: 'WS',
    },
    landingPage: false,
    multipart: false,
    cors: false,
    logging: false,
    // Errors are not remembered at all: there are endless wrong documents, and each is cheap to find wrong again.
    parserAndValidationCache: {
      documentCache: createDocumentCache(100),
      errorCache: createDocumentCache(0),
      validationCache: false,
    },
  });
}

function pickTransport({ actor, operator, authorization, address, inAddress }: Transport): Transport {
  return { actor, operator, authorization, address, inAddress };
}

/**
 * What a client may see of an error: refusals and mistakes of the document as they are; anything else is our bug, so it
 * gets a reference by which the log can be searched, and no more.
 */
function maskError(error: unknown, log: Log): GraphQLError {
  const refusal = refusalIn(error);
  const located = error instanceof GraphQLError ? error : undefined;
  const place = {
    ...(located?.nodes ? { nodes: located.nodes } : {}),
    ...(located?.path ? { path: located.path } : {}),
  };
  if (refusal) {
    const { message, extensions } = toGraphQLError(refusal);
    return new GraphQLError(message, { extensions, ...place });
  }
  const cause = located?.originalError ?? error;
  if (cause instanceof PothosValidationError) {
    const message = `The arguments of this list do not go together: ${cause.message}.`;
    return new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' }, ...place });
  }
  if (located && isOfCaller(located)) return inCallersWords(located);
  const reference = randomUUID();
  log.error({ err: cause, reference, path: located?.path }, 'an operation failed');
  return new GraphQLError('Something went wrong on our side; the reference helps us to find it.', {
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', reference },
  });
}

/**
 * Whether an error is about what the caller sent: graphql-js made it of the document or of the variables. What it makes of
 * a value that a resolver gave has a path, and an origin without a place in the document.
 */
function isOfCaller({ originalError, path }: GraphQLError): boolean {
  if (!originalError) return true;
  if (!(originalError instanceof GraphQLError)) return false;
  return (path === undefined || originalError.nodes !== undefined) && isOfCaller(originalError);
}

/**
 * The error without what it was made of, which may hold anything that was sent. For yoga that thing is also the sign that
 * the request was no JSON, whose status is 400 whatever the client accepts.
 */
function inCallersWords(error: GraphQLError): GraphQLError {
  const { code = 'INVALID_INPUT', http, originalError } = error.extensions;
  const status = typeof http === 'object' ? { http: originalError ? { ...http, spec: false } : http } : {};
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(error.message, { extensions: { code, ...status }, nodes, source, positions, path });
}

function createLoaders(app: GraphApp): Loaders {
  const { prisma } = app.payments.database;
  const where = (ids: readonly string[]): { id: { in: string[] } } => ({ id: { in: [...ids] } });
  return {
    capture: rowLoader((ids) => prisma.capture.findMany({ where: where(ids) })),
    movements: new DataLoader((asks) => readMovements(app.payments.database, asks), { cache: false }),
    notification: new DataLoader((places) => writeNotifications({ ...app, ...app.payments }, places), { cache: false }),
    payment: rowLoader((ids) => prisma.payment.findMany({ where: where(ids) })),
    profile: rowLoader((ids) => prisma.profile.findMany({ where: where(ids) })),
    payout: rowLoader((ids) => prisma.payout.findMany({ where: where(ids) })),
    recipientBalances: new DataLoader((ids) => readRecipientBalances(app.payments.database, ids), { cache: false }),
    refund: rowLoader((ids) => prisma.refund.findMany({ where: where(ids) })),
    shop: rowLoader((ids) => prisma.shop.findMany({ where: where(ids) })),
    transaction: rowLoader((ids) => prisma.transaction.findMany({ where: where(ids) })),
    void: rowLoader((ids) => prisma.transactionVoid.findMany({ where: where(ids) })),
  };
}

/** Collects the ids of one tick. It keeps nothing: a subscription lives long, and rows change. */
function rowLoader<Row extends { id: string }>(
  find: (ids: readonly string[]) => Promise<Row[]>,
): DataLoader<string, Row> {
  return new DataLoader(
    async (ids) => {
      const rows = new Map((await find([...new Set(ids)])).map((row) => [row.id, row]));
      return ids.map((id) => rows.get(id) ?? new Error(`No row with the id ${id}.`));
    },
    { cache: false },
  );
}
