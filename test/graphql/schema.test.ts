import { readFile } from 'node:fs/promises';
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  print,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { printedSchema, schema } from '../../src/graphql/schema.ts';
import { enums, spine, unions } from './spine.ts';

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

type Described = readonly [path: string, description: string | null | undefined];

function partsOf(type: GraphQLNamedType): Described[] {
  const own: Described = [type.name, type.description];
  if (isEnumType(type))
    return [own, ...type.getValues().map((v): Described => [`${type.name}.${v.name}`, v.description])];
  if (isInputObjectType(type)) {
    return [own, ...Object.values(type.getFields()).map((f): Described => [`${type.name}.${f.name}`, f.description])];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [own];
  const fields = Object.values(type.getFields()).flatMap((field): Described[] => [
    [`${type.name}.${field.name}`, field.description],
    ...field.args.map((arg): Described => [`${type.name}.${field.name}(${arg.name})`, arg.description]),
  ]);
  return [own, ...fields];
}

/** An argument or input field as SDL: `order: ListOrder! = NEWEST_FIRST`. */
function inputOf({
  name,
  type,
  defaultValue,
}: {
  name: string;
  type: GraphQLInputType;
  defaultValue?: unknown;
}): string {
  const value = defaultValue === undefined ? undefined : astFromValue(defaultValue, type);
  return `${name}: ${type}${value ? ` = ${print(value)}` : ''}`;
}

/** Every field of a type as SDL on one line each: `shop(id: ID!): Shop`, in the order of the alphabet. */
function linesOf(name: string): string[] {
  const type = schema.getType(name);
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(inputOf).sort();
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const argsOf = (args: readonly GraphQLArgument[]): string =>
    args.length === 0 ? '' : `(${args.map(inputOf).sort().join(', ')})`;
  return Object.values(type.getFields()).map((field) => `${field.name}${argsOf(field.args)}: ${field.type}`);
}

describe('the schema', () => {
  it('is printed in schema.graphql; after a change run `npm run schema`', async () => {
    const file = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
    expect(file).toBe(printedSchema());
  });

  it('describes every type, field, argument and value', () => {
    const parts = types.flatMap(partsOf);
    expect(parts.length).toBeGreaterThan(300);
    expect(parts.filter(([, description]) => !description?.trim()).map(([path]) => path)).toEqual([]);
  });

  it('says at every operation which scope it needs', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
    const silent = fields.filter(
      (field) => !/Scope: [a-z]+:[a-z]+\.|Any good key|Operators only\.|Needs no key\./.test(field.description ?? ''),
    );
    expect(silent.map((field) => field.name)).toEqual([]);
  });

  for (const [name, lines] of Object.entries(spine)) {
    it(`holds what was promised of ${name}`, () => {
      expect(linesOf(name)).toEqual(expect.arrayContaining([...lines]));
    });
  }

  for (const [name, values] of Object.entries(enums)) {
    it(`has the promised values of ${name}`, () => {
      const type = schema.getType(name);
      const known = isEnumType(type) ? type.getValues().map((value) => value.name) : [];
      expect(known).toEqual(expect.arrayContaining(values.split(' ')));
    });
  }

  for (const [name, members] of Object.entries(unions)) {
    it(`lets ${name} be exactly what it can be now`, () => {
      const type = schema.getType(name);
      expect(
        isUnionType(type)
          ? type
              .getTypes()
              .map((member) => member.name)
              .sort()
          : [],
      ).toEqual(members);
    });
  }

  it('answers every mutation with its success or a Refusal', () => {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const noun = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}`;
      expect(String(field.type)).toBe(`${noun}Result!`);
      const union = schema.getType(`${noun}Result`);
      expect(isUnionType(union) && union.getTypes().map(String).sort()).toEqual([`${noun}Success`, 'Refusal'].sort());
    }
  });

  it('lets every fact of the log be an Event with a state and the thing itself', () => {
    const event = schema.getType('Event');
    const kinds = isInterfaceType(event) ? schema.getImplementations(event).objects : [];
    expect(kinds.map(String).sort()).toEqual([
      'CaptureEvent',
      'PaymentEvent',
      'PayoutEvent',
      'ProfileEvent',
      'RefundEvent',
      'ShopEvent',
      'TransactionEvent',
      'VoidEvent',
    ]);
    for (const kind of kinds) expect(linesOf(kind.name)).toEqual(expect.arrayContaining(linesOf('Event')));
  });
});
