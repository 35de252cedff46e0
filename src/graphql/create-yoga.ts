import { type ExecutionResult, GraphQLError } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Log } from '../kernel/log.ts';
import type { GraphApp, GraphContext } from './context.ts';
import { createEngine, type Engine } from './engine.ts';
import { streamPlugin } from './event-stream.ts';
import type { Transport } from './guard-operations.ts';
import { createErrorMask, type ErrorMask } from './mask-error.ts';
import { schema } from './schema.ts';
import { type Subscriptions, shareSubscriptions } from './share-results.ts';

/** What is given to yoga with a request: with a result, the operation has run already and only its answer is left. */
export type Given = Transport & { readonly result?: ExecutionResult | undefined };

export type Yoga = YogaServerInstance<Given, GraphContext>;

/**
 * Makes the GraphQL server: one engine for HTTP, SSE and WebSocket, and yoga for whatever of HTTP is out of the ordinary.
 */
export function createGraphServer(options: { readonly app: GraphApp; readonly log: Log }): {
  readonly yoga: Yoga;
  readonly engine: Engine;
  readonly subscriptions: Subscriptions;
  readonly maskError: ErrorMask;
} {
  const { app, log } = options;
  const maskError = createErrorMask(log, app.metrics);
  const engine = createEngine({ schema, app, maskError });
  const subscriptions = shareSubscriptions({ maskError, metrics: app.metrics });
  const yoga = createYoga<Given, GraphContext>({
    schema,
    context: (initial) => engine.contextOf(initial, lastEventIdOf(initial)),
    plugins: [enginePlugin(engine), streamPlugin(subscriptions), answerWithGiven, refuseHashes],
    maskedErrors: { maskError },
    // Served by serve-graphiql.ts.
    graphiql: false,
    landingPage: false,
    multipart: false,
    cors: false,
    logging: false,
    parserAndValidationCache: false,
  });
  return { yoga, engine, subscriptions, maskError };
}

function enginePlugin(engine: Engine): Plugin<Transport> {
  return {
    onParse: ({ context, setParseFn }) => setParseFn((source) => engine.parse(source, context as Transport)),
    onValidate: ({ params, context, setResult }) =>
      setResult(engine.validate(params.documentAST, context as Transport)),
    onExecute: ({ setExecuteFn }) => setExecuteFn(engine.execute),
  };
}

const answerWithGiven: Plugin<Given> = {
  onParams: ({ context, setResult }) => {
    const { result } = context as Partial<Given>;
    if (result) setResult(result);
  },
};

/**
 * Documents are not kept by their hashes. Clients that try that first (Apollo Client, urql) send the document when they read these
 * words, and then send no hashes any more; with any others they give up.
 */
const refuseHashes: Plugin = {
  onParams: ({ params }) => {
    const { persistedQuery } = params.extensions ?? {};
    if (params.query || !persistedQuery) return;
    const extensions = { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { status: 200, spec: false } };
    throw new GraphQLError('PersistedQueryNotSupported', { extensions });
  },
};

/** Where a client of SSE goes on; browsers send the header by themselves when they come back (HTML, section 9.2). */
function lastEventIdOf({ request }: { readonly request?: Request | undefined }): string | undefined {
  return request?.headers.get('last-event-id') || undefined;
}
