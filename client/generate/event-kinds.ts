import type { GraphQLEnumType, GraphQLInterfaceType, GraphQLSchema } from 'graphql';

/**
 * The kinds of events that come as one type of `Event`: those of its noun, so PAYMENT_SETTLED as a PaymentEvent. A noun without
 * a type of its own comes as a TransactionEvent, as the gateway has it.
 */
export function eventKinds(schema: GraphQLSchema, typeName: string): readonly string[] {
  const types = schema.getPossibleTypes(schema.getType('Event') as GraphQLInterfaceType).map(({ name }) => name);
  const kinds = (schema.getType('EventType') as GraphQLEnumType).getValues().map(({ name }) => name);
  return kinds.filter((kind) => {
    const noun = kind.slice(0, kind.indexOf('_'));
    const own = `${noun.charAt(0)}${noun.slice(1).toLowerCase()}Event`;
    return (types.includes(own) ? own : 'TransactionEvent') === typeName;
  });
}
