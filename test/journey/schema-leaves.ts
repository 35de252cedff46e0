import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { schema } from '../../src/graphql/schema.ts';
import { type WalkedOperation, walkSchema } from '../graphql/walk-schema.ts';

/** One input of one operation, however deep, as a place to put something. */
export type Leaf = {
  readonly kind: WalkedOperation['kind'];
  /** The operation with this value in that place, and good values elsewhere: as a variable. */
  withVariable(value: unknown): { readonly query: string; readonly variables: Record<string, unknown> };
  /** The same with a literal: a piece of GraphQL. */
  withLiteral(literal: string): { readonly query: string; readonly variables: Record<string, unknown> };
};

/** Every input of every operation of the schema. @param idFor gives the value of an input that names something. */
export function leavesOfSchema(idFor: (path: string) => unknown): Leaf[] {
  return walkSchema().flatMap((operation) =>
    argumentsOf(operation).flatMap((argument) =>
      pathsOf(argument.type, [argument.name]).map((path) => leafAt(operation, path, idFor)),
    ),
  );
}

const roots = {
  query: schema.getQueryType(),
  mutation: schema.getMutationType(),
  subscription: schema.getSubscriptionType(),
};

function argumentsOf({ kind, field }: WalkedOperation): readonly GraphQLArgument[] {
  return roots[kind]?.getFields()[field]?.args ?? [];
}

function pathsOf(type: GraphQLInputType, path: readonly string[]): (readonly string[])[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [path];
  return Object.values(named.getFields()).flatMap((field) => pathsOf(field.type, [...path, field.name]));
}

function leafAt(operation: WalkedOperation, path: readonly string[], idFor: (path: string) => unknown): Leaf {
  const [top = ''] = path;
  const args = argumentsOf(operation);
  const build = (value: unknown, inline: boolean) => {
    const given = operation.variables(idFor);
    put(given, path, value);
    const used = args.filter(({ name }) => given[name] !== undefined);
    const declared = used.filter(({ name }) => !inline || name !== top).map(({ name, type }) => `$${name}: ${type}`);
    const passed = used.map(({ name, type }) => {
      return `${name}: ${inline && name === top ? literalOf(given[name], type) : `$${name}`}`;
    });
    const { [top]: _, ...others } = given;
    // A page size that is a variable counts as the largest, and one that is refused says nothing of the rows.
    const sized = top === 'first' || top === 'last';
    if (!sized && args.some(({ name }) => name === 'first')) passed.push('first: 2');
    // Every literal makes a document of its own, of which the whole selection would be most of the work.
    const refusal = operation.kind === 'mutation' ? '... on Refusal { message field }' : '';
    const selection = sized || inline ? `{ __typename ${refusal} }` : operation.selection;
    const head = declared.length > 0 ? `(${declared.join(', ')})` : '';
    const query = `${operation.kind} ${head} { ${operation.field}(${passed.join(', ')}) ${selection} }`;
    return { query, variables: inline ? others : given };
  };
  return {
    kind: operation.kind,
    withVariable: (value) => build(value, false),
    withLiteral: (literal) => build(new Literal(literal), true),
  };
}

class Literal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function put(target: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = { ...(target[name] as Record<string, unknown> | undefined) };
  put(inner, rest, value);
  target[name] = inner;
}

function literalOf(value: unknown, type: GraphQLInputType): string {
  if (value instanceof Literal) return value.text;
  const bare = isNonNullType(type) ? type.ofType : type;
  // One item may stand for a list of it.
  const items = isListType(bare) ? [value].flat().map((item) => literalOf(item, bare.ofType)) : [];
  if (isListType(bare)) return `[${items.join(', ')}]`;
  if (isEnumType(bare)) return String(value);
  if (!isInputObjectType(bare)) return JSON.stringify(value);
  const fields = Object.values(bare.getFields());
  const given = fields.flatMap((field) => {
    const inner = (value as Record<string, unknown>)[field.name];
    return inner === undefined ? [] : [`${field.name}: ${literalOf(inner, field.type)}`];
  });
  return `{ ${given.join(', ')} }`;
}
