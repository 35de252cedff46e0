import { GraphQLError, getNamedType, isIntrospectionType, type ValidationRule } from 'graphql';

/** The rule for those who may not introspect: it refuses questions about the schema, once for all that a document asks. */
export const introspectionRule: ValidationRule = (context) => {
  let said = false;
  return {
    Field: (node) => {
      const type = getNamedType(context.getType());
      if (said || !type || !isIntrospectionType(type)) return undefined;
      said = true;
      const message = 'The schema is told only to API keys with the scope schema:read; use one that has it.';
      context.reportError(new GraphQLError(message, { nodes: node }));
      return undefined;
    },
  };
};
