import { GraphQLError } from 'graphql';
import { hideCardNumbers } from '../kernel/card-numbers.ts';

/** The same error without the card numbers in its words: graphql-js says back the values that it finds wrong. */
export function hideInError(error: GraphQLError): GraphQLError {
  const message = hideCardNumbers(error.message);
  if (message === error.message) return error;
  const { nodes = null, source = null, positions = null, path = null, extensions } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
