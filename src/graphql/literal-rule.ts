import {
  type ASTNode,
  GraphQLError,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
} from 'graphql';
import { argumentPath, fieldOf, type Place, placeOf } from './argument-path.ts';
import { withEnumValues } from './name-enum-values.ts';

/**
 * The rule of graphql-js on literals, which also says where a value stands that one of our scalars or an enum refuses, in words
 * and in `extensions.field`, as refusals do: they themselves see no more than the literal.
 */
export const literalRule: ValidationRule = (context) => {
  let place: Place = { chain: [], keys: [] };
  const reportError = (error: GraphQLError): void => {
    const message = withEnumValues(context.getSchema(), error.message);
    const isOurs = error.extensions.code === 'INVALID_INPUT' || message !== error.message;
    context.reportError(isOurs ? named(error, message, place) : error);
  };
  const naming = Object.create(context, { reportError: { value: reportError } }) as ValidationContext;
  const visitor = ValuesOfCorrectTypeRule(naming) as Partial<Record<string, (node: ASTNode) => unknown>>;
  return {
    enter: (node, _key, parent, keys, ancestors) => {
      place = placeOf(parent, keys, ancestors);
      return visitor[node.kind]?.(node) as undefined;
    },
  };
};

function named(error: GraphQLError, message: string, place: Place): GraphQLError {
  const path = argumentPath(place);
  const node = place.chain.findLast((one) => 'kind' in one) as ASTNode | undefined;
  return new GraphQLError(`Invalid value at "${path.join('.')}"; ${message}`, {
    nodes: error.nodes ?? node ?? null,
    extensions: { ...error.extensions, code: 'INVALID_INPUT', field: fieldOf(path) },
  });
}
