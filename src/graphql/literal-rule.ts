import {
  type ASTNode,
  GraphQLError,
  Kind,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
} from 'graphql';

/**
 * The rule of graphql-js on literals, which also says where a value stands that one of our scalars refuses, in words and in
 * `extensions.field`, as refusals do: the scalar itself sees no more than the literal.
 */
export const literalRule: ValidationRule = (context) => {
  let place: Place = { chain: [], keys: [] };
  const reportError = (error: GraphQLError): void =>
    context.reportError(error.extensions.code === 'INVALID_INPUT' ? named(error, place) : error);
  const naming = Object.create(context, { reportError: { value: reportError } }) as ValidationContext;
  const visitor = ValuesOfCorrectTypeRule(naming) as Partial<Record<string, (node: ASTNode) => unknown>>;
  return {
    enter: (node, _key, parent, keys, ancestors) => {
      place = { chain: parent ? [...ancestors, parent] : ancestors, keys };
      return visitor[node.kind]?.(node) as undefined;
    },
  };
};

/** Where a node stands: what it is in, outermost first, and under which key each holds the next. */
type Place = { readonly chain: readonly (ASTNode | readonly ASTNode[])[]; readonly keys: readonly (string | number)[] };

function named(error: GraphQLError, place: Place): GraphQLError {
  const path = pathOf(place);
  const node = place.chain.findLast((one) => 'kind' in one) as ASTNode | undefined;
  const field = path[0] === 'input' ? path.slice(1) : path;
  return new GraphQLError(`Invalid value at "${path.join('.')}"; ${error.message}`, {
    nodes: error.nodes ?? node ?? null,
    extensions: { ...error.extensions, field },
  });
}

/** The names of argument and fields, and the places in lists, that lead to a value. */
function pathOf({ chain, keys }: Place): string[] {
  return chain.flatMap((one, level) => {
    if (!('kind' in one)) {
      const holder = chain[level - 1];
      return holder && 'kind' in holder && holder.kind === Kind.LIST ? [String(keys[level])] : [];
    }
    return one.kind === Kind.ARGUMENT || one.kind === Kind.OBJECT_FIELD ? [one.name.value] : [];
  });
}
