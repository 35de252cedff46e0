import {
  type ASTNode,
  BREAK,
  coerceInputValue,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLErrorExtensions,
  type GraphQLSchema,
  getOperationAST,
  isInputType,
  isNonNullType,
  type NamedTypeNode,
  typeFromAST,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import { argumentPath, fieldOf, placeOf } from './argument-path.ts';
import { withEnumValues } from './name-enum-values.ts';

/** Of more wrong values than these nobody reads. */
const errorsMax = 10;
/** So much of a wrong text is said back. */
const shownMax = 100;
/** So much of what the engine says, which may have the value in it. */
const saidMax = 300;

/**
 * The errors of variables that do not fit their types, which an operation was refused for, with the path of each wrong value in
 * `extensions.field`, as refusals have it, and without the objects around it: those hold what their sender would not have in a log. Gives
 * the errors as they are when it is no variable that is wrong.
 */
export function nameVariables(args: ExecutionArgs, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const { schema, document, operationName, variableValues } = args;
  // By it the engine says the status that the answer has over HTTP.
  const http = errors[0]?.extensions.http;
  const found: GraphQLError[] = [];
  const tell: Tell = (nodes, field, sentence) => {
    const extensions: GraphQLErrorExtensions = { code: 'INVALID_INPUT' };
    if (field.length > 0) extensions.field = field.map(hideCardNumbers);
    if (http !== undefined) extensions.http = http;
    found.push(new GraphQLError(sentence, { nodes, extensions }));
    if (found.length >= errorsMax) throw enough;
  };
  try {
    const operation = getOperationAST(document, operationName);
    for (const definition of operation?.variableDefinitions ?? []) {
      const name = definition.variable.name.value;
      const value = Object.hasOwn(variableValues ?? {}, name) ? variableValues?.[name] : undefined;
      // Another operation may use the name for something else; in fragments it stands for the same.
      const outer = (): readonly string[] => (operation && pathTo(operation, name)) ?? pathTo(document, name) ?? [];
      checkVariable(schema, definition, { value, outer, tell });
    }
  } catch (error) {
    if (error !== enough) throw error;
  }
  return found.length > 0 ? found : errors;
}

/** Tells what is wrong at a path. @throws enough when more is not wanted. */
type Tell = (nodes: VariableDefinitionNode, field: readonly string[], sentence: string) => void;

function checkVariable(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  { value, outer, tell }: { readonly value: unknown; readonly outer: () => readonly string[]; readonly tell: Tell },
): void {
  const name = definition.variable.name.value;
  const type = typeFromAST(schema, definition.type as NamedTypeNode);
  const isLeftOut = value === undefined && (definition.defaultValue !== undefined || !isNonNullType(type));
  if (!isInputType(type) || isLeftOut) return;
  if (value == null && isNonNullType(type)) {
    const why =
      value === undefined
        ? `of required type "${type}" was not provided`
        : `of non-null type "${type}" must not be null`;
    tell(definition, fieldOf(outer()), `Variable "$${name}" ${why}.`);
    return;
  }
  coerceInputValue(value, type, (path, wrong, error) => {
    // Fields that are missing, or too many, are said of the object.
    const inner = /^Field "(\w+)" /.exec(error.message)?.[1];
    const field = fieldOf([...outer(), ...path.map(String), ...(inner === undefined ? [] : [inner])]);
    tell(
      definition,
      field,
      `Variable "$${name}" got invalid value ${shown(wrong)}at "${spotOf(name, path)}"; ${withEnumValues(schema, saidOf(wrong, error))}`,
    );
  });
}

const enough = new Error('Enough errors are known.');

/** The argument, and fields of it, that take a variable where it is used first in a part of a document; undefined where it is not. */
function pathTo(part: ASTNode, name: string): string[] | undefined {
  let path: string[] | undefined;
  visit(part, {
    // Its declaration is no use of it.
    VariableDefinition: () => false,
    Variable: (variable, _key, parent, keys, ancestors) => {
      if (variable.name.value !== name) return undefined;
      path = argumentPath(placeOf(parent, keys, ancestors));
      return BREAK;
    },
  });
  return path;
}

/** What is wrong with a value, in the words of our scalars, or of the engine where it does not say all of the value back. */
function saidOf(value: unknown, { message, extensions }: GraphQLError): string {
  const isOurs = extensions.code === 'INVALID_INPUT';
  const isOfObject = /^(?:Field "|Expected type "\w+" to be an object)/.test(message);
  if (typeof value === 'object' && value !== null && !isOurs && !isOfObject) {
    return `Expected a single value, not ${Array.isArray(value) ? 'a list' : 'an object'}.`;
  }
  return message.length > saidMax ? `${message.slice(0, saidMax)}…` : message;
}

/** A wrong value followed by a blank; nothing of an object or a list. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return '';
  const text = String(JSON.stringify(value));
  return `${text.length > shownMax ? `${text.slice(0, shownMax)}…` : text} `;
}

function spotOf(name: string, path: readonly (string | number)[]): string {
  return path.reduce<string>((place, key) => (typeof key === 'number' ? `${place}[${key}]` : `${place}.${key}`), name);
}
