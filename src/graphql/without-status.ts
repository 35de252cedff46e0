import type { GraphQLError, GraphQLFormattedError } from 'graphql';

/** The error without the status and headers that yoga would have for it, which say nothing over a socket or in a stream. */
export function withoutStatus(error: GraphQLError): GraphQLFormattedError {
  const formatted = error.toJSON();
  if (!formatted.extensions?.http) return formatted;
  const { http: _, ...extensions } = formatted.extensions;
  return { ...formatted, extensions };
}
