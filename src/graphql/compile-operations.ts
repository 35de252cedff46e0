import {
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  isInterfaceType,
  Kind,
  locatedError,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  TypeNameMetaFieldDef,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GraphContext } from './context.ts';
import { fieldsOf } from './fields-of.ts';

/** Runs one query or mutation whose document is known to be good. */
export type Execute = (args: ExecutionArgs) => Promise<ExecutionResult> | ExecutionResult;

/** The run of a document at which it is compiled: that takes as long as a dozen runs, and many documents come but once. */
export const compiledFromRun = 3;

/**
 * Makes what runs operations that come again and again as functions compiled of their documents, in a fraction of the time
 * that `execute`, the engine of everything else, needs for them. They are those of actors alone: compiled functions are less
 * robust than the engine, so strangers get none (docs/decisions/0044).
 */
export function compileOperations(): (args: ExecutionArgs, execute: Execute) => Promise<ExecutionResult> {
  const known = new WeakMap<OperationDefinitionNode, Candidate>();
  return async (args, execute) => {
    const { document, operationName, rootValue, contextValue, variableValues } = args;
    const operation = getOperationAST(document, operationName);
    if (!operation || !(contextValue as Pick<GraphContext, 'actor'>).actor) return execute(args);
    const candidate = known.get(operation) ?? { runs: 0, compiled: undefined };
    candidate.runs += 1;
    if (candidate.runs === 1) known.set(operation, candidate);
    if (candidate.runs === compiledFromRun) candidate.compiled = compile(args, operation);
    if (!candidate.compiled || !isSmall(variableValues, { ...smallMax })) return execute(args);
    const result = await candidate.compiled(rootValue, contextValue, variableValues);
    if (!result.errors) return result;
    // What variables have wrong, the engine says better, and nothing has run yet.
    if (result.data === undefined) return execute(args);
    return { data: result.data, errors: asOfEngine(result.errors, { operation, document }) };
  };
}

type Compiled = CompiledQuery['query'];

/** One operation of a document: how often it has run, and how it runs when that was often enough. */
type Candidate = { runs: number; compiled: Compiled | undefined };

function compile(args: ExecutionArgs, operation: OperationDefinitionNode): Compiled | undefined {
  const { schema, document, operationName } = args;
  if (!isOneStep(operation) || !mayCompile(schema, document)) return undefined;
  const compiled = compileQuery(schema, document, operationName ?? undefined);
  return isCompiledQuery(compiled) ? compiled.query : undefined;
}

/** Values in variables, and characters in them, that compiled functions are given: of wrong ones they say each, however many. */
const smallMax = { values: 200, characters: 8_000 };

function isSmall(value: unknown, left: { values: number; characters: number }): boolean {
  left.values -= 1;
  if (typeof value === 'string') left.characters -= value.length;
  if (left.values < 0 || left.characters < 0) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((inner) => isSmall(inner, left));
}

/** Whether an operation is a query, or a single mutation: of several the compiler would run those behind one that failed. */
function isOneStep({ operation, selectionSet: { selections } }: OperationDefinitionNode): boolean {
  return operation === 'query' || (selections.length === 1 && selections[0]?.kind === Kind.FIELD);
}

/** Fields, and variables with fields of their own, of a document that is compiled; so many take some ten milliseconds. */
const fieldsMax = 100;
const inputsMax = 1;
const variablesMax = 10;

/** Values whose text in the document can be nothing else than it seems. */
const plainValues: ReadonlySet<string> = new Set([Kind.VARIABLE, Kind.INT, Kind.BOOLEAN, Kind.NULL]);

/**
 * Whether a document holds only what the compiler gets right. It writes texts into the functions that it makes in a way that
 * a made-up text (or enum value, where a scalar takes one for a text) could break out of, so no literal but the plainest is
 * allowed; it takes defaults of variables and names that begin with two underscores for something else; and Prisma's plugin,
 * whose resolvers are most of those that ask for `info`, would read every relation by a statement of its own. What stands in
 * a fragment it writes anew wherever that is spread, what is asked of an interface for each of its types, and the fields of
 * an input for each variable, so that a short document could make a program without end. A condition on a field with fields
 * of its own it loses where these stand in a fragment; and it keeps what resolvers ask of `info` under the names on the way
 * there, joined by underscores, so that `a.t` and the alias `t_a` would be taken for one another.
 */
function mayCompile(schema: GraphQLSchema, document: DocumentNode): boolean {
  let may = true;
  const refuse = (): typeof BREAK => {
    may = false;
    return BREAK;
  };
  const types = new TypeInfo(schema);
  const spread = new Set<string>();
  const counts = { fields: 0, variables: 0, inputs: 0 };
  visit(
    document,
    visitWithTypeInfo(types, {
      Name: ({ value }) => (value.startsWith('__') && value !== '__typename' ? refuse() : undefined),
      Argument: ({ value }) => (plainValues.has(value.kind) ? undefined : refuse()),
      VariableDefinition: ({ type, defaultValue }) => {
        counts.variables += 1;
        if (isInputObjectType(getNamedType(typeFromAST(schema, type as NamedTypeNode)))) counts.inputs += 1;
        const tooMany = counts.variables > variablesMax || counts.inputs > inputsMax;
        return defaultValue || tooMany ? refuse() : undefined;
      },
      FragmentSpread: ({ name, directives = [] }) =>
        directives.length > 0 || spread.size === spread.add(name.value).size ? refuse() : undefined,
      InlineFragment: ({ directives = [] }) => (directives.length > 0 ? refuse() : undefined),
      Field: ({ alias, directives = [], selectionSet }) => {
        counts.fields += 1;
        if (alias?.value.includes('_') || (selectionSet && directives.length > 0)) return refuse();
        const isOdd = asksForInfo(types.getFieldDef()) || isInterfaceType(getNamedType(types.getType()));
        return counts.fields > fieldsMax || isOdd ? refuse() : undefined;
      },
    }),
  );
  return may;
}

function asksForInfo(field: GraphQLField<unknown, unknown> | null | undefined): boolean {
  if (!field || field === TypeNameMetaFieldDef || field.extensions.seesWhatIsAsked === true) return false;
  return (field.resolve?.length ?? 0) > 3;
}

type Run = { readonly operation: OperationDefinitionNode; readonly document: DocumentNode };

/**
 * Errors of compiled operations as the engine makes them: with the nodes that they are about, one at each place, and never
 * for words of the caller, which are what has no origin.
 */
function asOfEngine(errors: readonly GraphQLError[], run: Run): GraphQLError[] {
  const byPlace = new Map<string, GraphQLError>();
  for (const { path = [], message, originalError } of errors) {
    const place = path.join('.');
    if (byPlace.has(place)) continue;
    byPlace.set(place, locatedError(originalError ?? new Error(message), nodesAt(path, run), path));
  }
  return [...byPlace.values()];
}

/** The fields of a document to which a place in the answer goes back. */
function nodesAt(path: readonly (string | number)[], { operation, document }: Run): FieldNode[] {
  const named = (wanted: string): FragmentDefinitionNode | undefined =>
    document.definitions.find(
      (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === wanted,
    );
  let sets: SelectionSetNode[] = [operation.selectionSet];
  let nodes: FieldNode[] = [];
  for (const key of path.filter((key) => typeof key === 'string')) {
    nodes = sets.flatMap((set) => fieldsOf(set, named)).filter(({ alias, name }) => (alias ?? name).value === key);
    sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  }
  return nodes;
}
