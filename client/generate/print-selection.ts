import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { eventKinds } from './event-kinds.ts';

/** The schema, and the names of enums and inputs that were met on the way, which have to be written too. */
export type Naming = {
  readonly schema: GraphQLSchema;
  readonly enums: Set<string>;
  readonly inputs: Set<string>;
};

/** A selection set, the type it is of, and how far it is indented. */
export type Selected = {
  readonly type: GraphQLNamedType | undefined;
  readonly selections: readonly SelectionNode[];
  readonly indent: string;
};

const scalars: { readonly [name: string]: string } = {
  Boolean: 'boolean',
  Count: 'number',
  Cursor: 'string',
  Date: 'string',
  DateTime: 'string',
  Float: 'number',
  ID: 'string',
  Int: 'number',
  MinorUnits: 'number',
  String: 'string',
  URL: 'string',
};

/** Writes the type of what a selection gives: an object, fragments joined by `&`, or a union told apart by `__typename`. */
export function printSelection(naming: Naming, selected: Selected): string {
  const { type, selections } = selected;
  if (!type) throw new Error('A selection of a type that the schema does not have.');
  if (isAbstractType(type)) return printMembers(naming, selected);
  const spreads = selections.filter((each) => each.kind === Kind.FRAGMENT_SPREAD).map(({ name }) => name.value);
  const fields = selections.filter((each) => each.kind === Kind.FIELD);
  if (fields.length === 0) return spreads.join(' & ');
  return [...spreads, printObject(naming, { ...selected, type }, fields)].join(' & ');
}

/** An interface or a union: one object for each of its types that is asked for. */
function printMembers(naming: Naming, { type, selections, indent }: Selected): string {
  const shared = selections.filter((each) => each.kind === Kind.FIELD);
  const members = selections.flatMap((each): string[] => {
    if (each.kind === Kind.FRAGMENT_SPREAD) return [each.name.value];
    if (each.kind !== Kind.INLINE_FRAGMENT || !each.typeCondition) return [];
    const member = naming.schema.getType(each.typeCondition.name.value);
    const all = [...shared, ...each.selectionSet.selections];
    return [printSelection(naming, { type: member, selections: all, indent: `${indent}  ` })];
  });
  if (members.length === 1) return members[0] ?? '';
  if (members.length > 0) return members.map((member) => `\n${indent}  | ${member}`).join('');
  if (!isInterfaceType(type)) throw new Error(`Nothing of ${type} is asked for.`);
  return printObject(naming, { type, selections, indent }, shared);
}

function printObject(naming: Naming, { type, indent }: Selected, fields: readonly FieldNode[]): string {
  const inner = `${indent}  `;
  const lines = fields.map((node) => {
    const name = node.name.value;
    if (name === '__typename') return `${inner}readonly __typename: ${quote(type?.name ?? '')};\n`;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    if (!field) throw new Error(`${type} has no field ${name}.`);
    const text = printKinds(naming, type, name) ?? printOutput(naming, field.type, { node, indent: inner });
    return `${comment(field.description, inner)}${inner}readonly ${node.alias?.value ?? name}: ${text};\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** The kinds that an event of a type can have, by which TypeScript tells the types apart; undefined for any other field. */
function printKinds({ schema }: Naming, type: GraphQLNamedType | undefined, field: string): string | undefined {
  const isEvent = isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Event');
  return isEvent && field === 'type' ? eventKinds(schema, type.name).map(quote).join(' | ') : undefined;
}

function printOutput(
  naming: Naming,
  type: GraphQLOutputType,
  { node, indent }: { readonly node: FieldNode; readonly indent: string },
): string {
  if (isNonNullType(type)) return printPresent(naming, type.ofType, { node, indent });
  return `${printPresent(naming, type, { node, indent })} | null`;
}

function printPresent(
  naming: Naming,
  type: GraphQLOutputType,
  { node, indent }: { readonly node: FieldNode; readonly indent: string },
): string {
  if (isListType(type)) return `ReadonlyArray<${printOutput(naming, type.ofType, { node, indent })}>`;
  const named = getNamedType(type);
  if (isLeafType(named)) return leaf(naming, named.name);
  return printSelection(naming, { type: named, selections: node.selectionSet?.selections ?? [], indent });
}

/** Writes a reference to an input type as GraphQL writes it: `[PaymentStatus!]`, `ID!`. */
export function typeReference(naming: Naming, text: string): string {
  if (text.endsWith('!')) return present(naming, text.slice(0, -1));
  return `${present(naming, text)} | null`;
}

function present(naming: Naming, text: string): string {
  if (text.startsWith('[')) return `ReadonlyArray<${typeReference(naming, text.slice(1, -1))}>`;
  const type = naming.schema.getType(text);
  if (!isInputObjectType(type)) return leaf(naming, text);
  naming.inputs.add(text);
  return text;
}

function leaf(naming: Naming, name: string): string {
  const scalar = scalars[name];
  if (scalar === undefined) naming.enums.add(name);
  return scalar ?? name;
}

/** A comment before what is described, or nothing. */
export function comment(description: string | null | undefined, indent: string): string {
  return description ? `${indent}/** ${description.replaceAll(/\s+/g, ' ').replaceAll('*/', '')} */\n` : '';
}

/** A text between single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
