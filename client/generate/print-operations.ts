import {
  buildSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql';
import { printNamed } from './print-inputs.ts';
import { comment, type Naming, printSelection, quote, typeReference } from './print-selection.ts';

const head = `// Written by \`npm run schema\` from schema.graphql and client/operations.graphql; do not edit.
import type { TypedDocument } from '../document.ts';
`;

/**
 * Writes the TypeScript of the client's own operations: a type for each fragment, result, and input, and each operation
 * as a text with the fragments it uses.
 * @throws when an operation does not fit the schema, so that none can name what the gateway does not have.
 */
export function printOperations(schemaText: string, operationsText: string): string {
  const schema = buildSchema(schemaText);
  const document = parse(operationsText);
  const mistakes = validate(schema, document).filter(({ message }) => !message.endsWith('is never used.'));
  if (mistakes.length > 0) throw new Error(mistakes.map((mistake) => mistake.message).join('\n'));
  const fragments = document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const naming: Naming = { schema, enums: new Set(), inputs: new Set() };
  const shapes = fragments.map((fragment) => printFragment(naming, fragment));
  const typed = operations.map((operation) => printTypes(naming, operation));
  const parts = fragments.map((fragment) => `const ${partName(fragment)} = ${quote(oneLine(fragment))};\n`);
  const texts = operations.map((operation) => printDocument(operation, document));
  return [head, ...printNamed(naming), ...shapes, ...typed, ...parts, ...texts].join('\n');
}

function printFragment(naming: Naming, fragment: FragmentDefinitionNode): string {
  const type = naming.schema.getType(fragment.typeCondition.name.value);
  const shape = printSelection(naming, { type, selections: fragment.selectionSet.selections, indent: '' });
  return `${comment(type?.description, '')}export type ${fragment.name.value} = ${shape};\n`;
}

function printTypes(naming: Naming, operation: OperationDefinitionNode): string {
  const name = pascal(operation);
  const type = rootType(naming.schema, operation);
  const result = printSelection(naming, { type, selections: operation.selectionSet.selections, indent: '' });
  const variables = (operation.variableDefinitions ?? []).map(({ variable, type: given }) => {
    const text = typeReference(naming, print(given));
    const name = variable.name.value;
    return given.kind === Kind.NON_NULL_TYPE
      ? `  readonly ${name}: ${text};\n`
      : `  readonly ${name}?: ${text} | undefined;\n`;
  });
  return `export type ${name}Result = ${result};\n\nexport type ${name}Variables = {\n${variables.join('')}};\n`;
}

function printDocument(operation: OperationDefinitionNode, document: DocumentNode): string {
  const name = operation.name?.value ?? '';
  const used = usedFragments(operation, document).map((fragment) => ` + ${partName(fragment)}`);
  const type = `TypedDocument<${pascal(operation)}Result, ${pascal(operation)}Variables>`;
  return `export const ${name}Document = (${quote(oneLine(operation))}${used.join('')}) as ${type};\n`;
}

function partName({ name }: FragmentDefinitionNode): string {
  return `of${name.value}`;
}

/** A definition without line breaks; one that follows another needs no blank between them. */
function oneLine(definition: OperationDefinitionNode | FragmentDefinitionNode): string {
  return print(definition).replaceAll(/\s+/g, ' ');
}

function usedFragments(
  start: OperationDefinitionNode | FragmentDefinitionNode,
  document: DocumentNode,
  found: FragmentDefinitionNode[] = [],
): FragmentDefinitionNode[] {
  visit(start, {
    FragmentSpread: ({ name }) => {
      const fragment = document.definitions.find(
        (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === name.value,
      ) as FragmentDefinitionNode;
      if (found.includes(fragment)) return;
      found.push(fragment);
      usedFragments(fragment, document, found);
    },
  });
  return found;
}

function rootType(schema: GraphQLSchema, { operation }: OperationDefinitionNode) {
  return schema.getRootType(operation) ?? undefined;
}

function pascal({ name }: OperationDefinitionNode): string {
  const text = name?.value ?? '';
  return text.charAt(0).toUpperCase() + text.slice(1);
}
