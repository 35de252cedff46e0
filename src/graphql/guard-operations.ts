import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Lexer,
  parse,
  SingleFieldSubscriptionsRule,
  Source,
  specifiedRules,
  TokenKind,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import { type Actor, Unauthenticated } from '../auth/actor.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { holdsCardNumber } from '../kernel/card-numbers.ts';
import { cardNumberFound } from '../kernel/text.ts';
import { hideInError } from './hide-in-error.ts';
import { introspectionRule } from './introspection-rule.ts';
import { limitRule } from './limit-rule.ts';
import { literalRule } from './literal-rule.ts';
import { subscriptionRule } from './subscription-rule.ts';

/** Tokens one document may have, of which some 800 are a screenful, and characters: comments and texts are no tokens of their own. */
export const documentLimits = { tokens: 2_000, characters: 65_536 } as const;

/**
 * The same for whoever has shown no good key. What he may do takes a hundred tokens or two, and his documents, which are not
 * remembered, are parsed and looked over each time.
 */
export const strangersLimits = { tokens: 400, characters: 8_192 } as const;

type Limits = typeof documentLimits | typeof strangersLimits;

/** How deep brackets of one document may nest; a parser that calls itself for each would run out of stack. */
const nestingMax = 100;

/** How long one query or mutation may take, in milliseconds. A subscription may last. */
export const executionMsMax = 15_000;

/** How long a name in a document may be, in characters: an alias stands in the answer once for every row. */
export const nameLengthMax = 128;

/** What every transport puts into the initial context of an operation. */
export type Transport = {
  readonly actor: Actor | undefined;
  readonly operator: Operator | undefined;
  readonly authorization: string | undefined;
  /** Where the request comes from, as far as our proxies vouch for it. */
  readonly address: string;
  /** Whether the operation stands in the address of the request (GET), and so in the log of every proxy. */
  readonly inAddress: boolean;
};

/** The document of a text within its limits. What cannot be parsed is said to be so, over every transport. */
export function parseGuarded(text: string | Source, limits: Limits = documentLimits): DocumentNode {
  const source = typeof text === 'string' ? new Source(text) : text;
  requireGood(source, limits);
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { message, nodes, source: where, positions } = error;
    const place = { nodes: nodes ?? null, source: where ?? null, positions: positions ?? null };
    throw hideInError(new GraphQLError(message, { ...place, extensions: { code: 'GRAPHQL_PARSE_FAILED' } }));
  }
}

/** Looks over the words of a document before it is parsed. Its names come back in answers, so they hold no card number. */
function requireGood(source: Source, limits: Limits): void {
  if (source.body.length > limits.characters) {
    throw tooLong(limits, `at most ${limits.characters} characters; send values as variables.`);
  }
  const lexer = new Lexer(source);
  let nesting = 0;
  for (let tokens = 1; lexer.advance().kind !== TokenKind.EOF; tokens += 1) {
    const { kind, value } = lexer.token;
    if (kind === TokenKind.NAME) requireGoodName(value);
    if (opening.has(kind)) nesting += 1;
    else if (closing.has(kind)) nesting -= 1;
    if (nesting > nestingMax) throw tooComplex(`Brackets may nest at most ${nestingMax} deep in a document.`);
    if (tokens > limits.tokens) throw tooLong(limits, `at most ${limits.tokens} words and signs.`);
  }
}

function requireGoodName(name: string): void {
  if (name.length > nameLengthMax)
    throw tooComplex(`A name in a document may have at most ${nameLengthMax} characters.`);
  if (holdsCardNumber(name)) throw cardNumberInName();
}

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

function cardNumberInName(): GraphQLError {
  return new GraphQLError(`A name in the document ${cardNumberFound}`, { extensions: { code: 'INVALID_INPUT' } });
}

/** Mostly what a stranger sends is as long as it is because his key has expired. */
function tooLong(limits: Limits, most: string): GraphQLError {
  if (limits === documentLimits) return tooComplex(`A document may have ${most}`);
  const refusal = new Unauthenticated();
  const message = `${refusal.message} Without one a document may have ${most}`;
  return new GraphQLError(message, { extensions: { code: refusal.code } });
}

function tooComplex(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX' } });
}

/** Rules of graphql-js that ours take the place of. */
const replaced = new Map([
  [ValuesOfCorrectTypeRule, literalRule],
  [SingleFieldSubscriptionsRule, subscriptionRule],
]);
const usualRules = specifiedRules.map((rule) => replaced.get(rule) ?? rule);

/**
 * Makes what says whether a document may be run. Documents are parsed once and kept, so their verdict is kept with them, one
 * for those who may introspect and one for those who may not.
 */
export function createValidator(
  schema: GraphQLSchema,
): (document: DocumentNode, may: { readonly mayIntrospect: boolean }) => readonly GraphQLError[] {
  const verdicts = [new WeakMap<DocumentNode, readonly GraphQLError[]>(), new WeakMap()];
  return (document, { mayIntrospect }) => {
    const known = verdicts[Number(mayIntrospect)] as WeakMap<DocumentNode, readonly GraphQLError[]>;
    const kept = known.get(document);
    if (kept) return kept;
    const rules = [...usualRules, ...(mayIntrospect ? [] : [introspectionRule])];
    const tooMuch = validate(schema, document, [limitRule]);
    const errors = tooMuch.length > 0 ? tooMuch : validate(schema, document, rules, { maxErrors: 10 });
    const verdict = errors.map(hideInError);
    for (const { extensions } of verdict) extensions.code ??= 'GRAPHQL_VALIDATION_FAILED';
    known.set(document, verdict);
    return verdict;
  };
}

/** The result of an execution, or the error TIMEOUT when it does not come in time. */
export async function withinTime<Result>(execution: Promise<Result> | Result): Promise<Result | ExecutionResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ExecutionResult>((resolve) => {
    timer = setTimeout(() => resolve({ errors: [lateError()] }), executionMsMax);
  });
  try {
    return await Promise.race([execution, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why a document is not executed of which nobody knows which operation is meant. */
export function operationNotFound(): GraphQLError {
  const message =
    'The document has no operation of that name, or several of which none is named: name one of them as `operationName`.';
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

function lateError(): GraphQLError {
  const message = `The operation took longer than ${executionMsMax / 1000} seconds; repeat a mutation with its key, and go on with a subscription from its cursor.`;
  return new GraphQLError(message, { extensions: { code: 'TIMEOUT' } });
}
