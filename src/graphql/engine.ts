import { normalizedExecutor } from '@graphql-tools/executor';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema, Source } from 'graphql';
import { compileOperations, type Execute } from './compile-operations.ts';
import type { GraphApp, GraphContext } from './context.ts';
import { createLoaders } from './create-loaders.ts';
import { createDocumentCache } from './document-cache.ts';
import { createValidator, parseGuarded, strangersLimits, type Transport, withinTime } from './guard-operations.ts';
import type { ErrorMask } from './mask-error.ts';
import { nameVariables } from './variable-errors.ts';

type Asker = Pick<Transport, 'actor' | 'operator'>;

/** What all transports run operations with: HTTP, SSE and WebSocket. */
export type Engine = {
  readonly schema: GraphQLSchema;
  /** The document of a text. @throws GraphQLError for what is none, or too large. */
  parse(source: string | Source, asker: Asker): DocumentNode;
  /** What is wrong with a document, not masked; nothing when it may be run. */
  validate(document: DocumentNode, asker: Asker): readonly GraphQLError[];
  /** What the resolvers of one operation are given. @param lastEventId where a subscription over SSE goes on. */
  contextOf(transport: Transport, lastEventId?: string): GraphContext;
  /** Runs a query or a mutation whose document is good, as long as it may take; its errors are masked. */
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
};

/** Yoga's own, which says with which status of HTTP wrong variables are refused. It is given no subscriptions. */
const executeByTree = normalizedExecutor as Execute;

/** How many documents of those who have a key are remembered. */
const documentsMax = 100;

/** Makes the engine of a process. */
export function createEngine(parts: {
  readonly schema: GraphQLSchema;
  readonly app: GraphApp;
  readonly maskError: ErrorMask;
}): Engine {
  const { schema, app, maskError } = parts;
  const documents = createDocumentCache<DocumentNode>(documentsMax);
  const validate = createValidator(schema);
  const run = compileOperations();
  return {
    schema,
    parse: (source, asker) => {
      const text = typeof source === 'string' ? source : source.body;
      const known = documents.get(text);
      if (known) return known;
      // A stranger's are parsed each time: he could push those of all shops out.
      if (!asker.actor && !asker.operator) return parseGuarded(source, strangersLimits);
      const document = parseGuarded(source);
      documents.set(text, document);
      return document;
    },
    validate: (document, { actor, operator }) =>
      validate(document, { mayIntrospect: operator !== undefined || actor?.scopes.has('schema:read') === true }),
    contextOf: ({ actor, operator, authorization, address, inAddress }, lastEventId) => ({
      ...{ actor, operator, authorization, address, inAddress },
      ...{ lastEventId, app, loaders: createLoaders(app) },
    }),
    execute: async (args) => {
      const result = await withinTime<ExecutionResult>(run(args, executeByTree));
      const { errors } = result;
      if (!errors) return result;
      // Without data nothing has run, mostly since a variable is wrong.
      const told = result.data === undefined ? nameVariables(args, errors) : errors;
      return { ...result, errors: told.map(maskError) };
    },
  };
}
