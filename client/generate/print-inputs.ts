import { type GraphQLEnumType, type GraphQLInputObjectType, isRequiredInputField } from 'graphql';
import { comment, type Naming, quote, typeReference } from './print-selection.ts';

/** Writes the inputs and enums that were met so far, and those that they lead to, each kind by name. */
export function printNamed(naming: Naming): readonly string[] {
  const { schema, inputs, enums } = naming;
  const printed = new Map<string, string>();
  // A set gives what is added while it is gone through.
  for (const name of inputs) printed.set(name, printInput(naming, schema.getType(name) as GraphQLInputObjectType));
  const values = [...enums].toSorted().map((name) => printEnum(schema.getType(name) as GraphQLEnumType));
  return [...values, ...[...printed.keys()].toSorted().map((name) => printed.get(name) ?? '')];
}

function printEnum(type: GraphQLEnumType): string {
  const values = type.getValues().map(({ name }) => `\n  | ${quote(name)}`);
  return `${comment(type.description, '')}export type ${type.name} =${values.join('')};\n`;
}

function printInput(naming: Naming, type: GraphQLInputObjectType): string {
  const fields = Object.values(type.getFields()).map((field) => {
    const isRequired = isRequiredInputField(field);
    const text = typeReference(naming, String(field.type));
    const member = isRequired ? `${field.name}: ${text}` : `${field.name}?: ${text} | undefined`;
    return `${comment(field.description, '  ')}  readonly ${member};\n`;
  });
  return `${comment(type.description, '')}export type ${type.name} = {\n${fields.join('')}};\n`;
}
