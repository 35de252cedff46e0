import { type GraphQLSchema, isEnumType } from 'graphql';

/** Of a longer list the schema tells. */
const namedMax = 20;

/** What graphql-js says of a value that an enum does not have, with the values that it has. */
export function withEnumValues(schema: GraphQLSchema, message: string): string {
  const [, first, second] = / in "(\w+)" enum\.|^Enum "(\w+)" cannot /.exec(message) ?? [];
  const type = schema.getType(first ?? second ?? '');
  if (!isEnumType(type)) return message;
  const names = type.getValues().map(({ name }) => name);
  return names.length > namedMax ? message : `${message} It takes ${names.join(', ')}.`;
}
