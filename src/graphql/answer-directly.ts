import { type DocumentNode, type ExecutionResult, getOperationAST } from 'graphql';
import type { Engine } from './engine.ts';
import type { Transport } from './guard-operations.ts';

/** What a request says: its body, and which answers its sender takes. */
export type Asked = { readonly body: string; readonly accept: string | undefined };

/**
 * How a request can be answered: with a body that is ready to be sent, or by yoga, to which a result is given when the
 * operation has run already. Nothing runs twice.
 */
export type Direct =
  | { readonly type: string; readonly body: string }
  | { readonly result: ExecutionResult | undefined };

type Params = {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
};

const byYoga: Direct = { result: undefined };

/**
 * Makes the short way for good queries and mutations that come as plain JSON: they are parsed, guarded, run and masked by
 * the same engine, without the Request and Response that yoga makes of each, which cost several times as much as all that
 * (docs/decisions/0040). Whatever is out of the ordinary is left to yoga, so that it is said in yoga's words: other
 * types of answers, subscriptions, what is no operation, is wrong, or had errors.
 */
export function createDirectAnswers(engine: Engine): (asked: Asked, transport: Transport) => Promise<Direct> {
  return async ({ body, accept }, transport) => {
    const type = typeOf(accept);
    const params = type === undefined ? undefined : paramsIn(body);
    if (type === undefined || params === undefined) return byYoga;
    const document = parsed(engine, params.query, transport);
    if (document === undefined || engine.validate(document, transport).length > 0) return byYoga;
    const operation = getOperationAST(document, params.operationName);
    if (!operation || operation.operation === 'subscription') return byYoga;
    const result = await engine.execute({
      schema: engine.schema,
      document,
      contextValue: engine.contextOf(transport),
      variableValues: params.variables,
      operationName: params.operationName,
    });
    if (result.errors || result.extensions) return { result };
    return { type, body: JSON.stringify(result) };
  };
}

/** The type of the answer, if it is one of the two of GraphQL over HTTP: the first that the sender names; JSON when he takes all. */
function typeOf(accept: string | undefined): string | undefined {
  if (accept === undefined || accept === '*/*') return 'application/json; charset=utf-8';
  // Rare, and each client may read it in another way.
  if (accept.includes('charset')) return undefined;
  for (const range of accept.toLowerCase().split(',')) {
    const type = range.split(';', 1)[0]?.trim();
    if (type === 'application/json' || type === '*/*' || type === 'application/*') {
      return 'application/json; charset=utf-8';
    }
    if (type === 'application/graphql-response+json') return `${type}; charset=utf-8`;
  }
  return undefined;
}

const known = new Set(['query', 'variables', 'operationName', 'extensions']);

/** What an operation is asked with, or undefined when anything about it is odd. */
function paramsIn(body: string): Params | undefined {
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isObject(sent) || !Object.keys(sent).every((name) => known.has(name))) return undefined;
  const { query, variables, operationName, extensions } = sent;
  const isPlain =
    typeof query === 'string' &&
    (variables == null || isObject(variables)) &&
    (operationName == null || typeof operationName === 'string') &&
    (extensions == null || isObject(extensions));
  return isPlain ? (sent as Params) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(engine: Engine, query: string, transport: Transport): DocumentNode | undefined {
  try {
    return engine.parse(query, transport);
  } catch {
    return undefined;
  }
}
