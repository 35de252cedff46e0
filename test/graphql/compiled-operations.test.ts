import {
  buildSchema,
  type ExecutionArgs,
  type ExecutionResult,
  execute as executeByEngine,
  type GraphQLFieldResolver,
  type GraphQLInputObjectType,
  type GraphQLObjectType,
  getNamedType,
  isInputObjectType,
  parse,
  validate,
} from 'graphql';
import { afterEach, expect, it } from 'vitest';
import { compiledFromRun, compileOperations } from '../../src/graphql/compile-operations.ts';
import { schema as ours } from '../../src/graphql/schema.ts';

const schema = buildSchema(`
  scalar Cursor
  enum Colour { RED GREEN }
  input Place { x: Int! near: [Int!] }
  input Point { x: Int! y: Int = 7 near: [Place!] name: String }
  type Leaf { id: ID! colour: Colour fails: String failsAtOnce: String! later: [Int!] echo(text: String, colour: Colour): String }
  type Good { leaf: Leaf! }
  type Bad { why: String! }
  union Outcome = Good | Bad
  interface Named { name: String }
  type Person implements Named { name: String }
  type Thing implements Named { name: String }
  type Query { leaf: Leaf leaves(first: Int = 2): [Leaf!]! echo(text: String): String after(cursor: Cursor): String colourOf(colour: Colour): Colour point(at: Point!): String informed: String named: Named }
  type Mutation { make(good: Boolean!): Outcome! next: Int! fail: Int! }
`);

let made = 0;
const leaf = { id: 'a', colour: 'GREEN' };
const resolvers: Readonly<Record<string, GraphQLFieldResolver<unknown, unknown>>> = {
  'Query.leaf': async () => leaf,
  'Query.leaves': (_, { first }) => Array.from({ length: first }, (_item, index) => ({ ...leaf, id: index })),
  'Query.named': () => ({ __typename: 'Thing', name: 'a' }),
  'Query.echo': (_, { text }) => text,
  'Query.after': (_, { cursor }) => cursor,
  'Query.colourOf': (_, { colour }) => colour,
  'Query.point': (_, { at }) => JSON.stringify(at),
  'Query.informed': (_source, _args, _context, info) => info.fieldName,
  'Leaf.fails': async () => {
    throw new Error('no text');
  },
  'Leaf.failsAtOnce': () => {
    throw new Error('at once');
  },
  'Leaf.later': async () => [1, 2],
  'Leaf.echo': (_, { text, colour }) => `${text} ${colour}`,
  'Mutation.make': async (_, { good }) => (good ? { __typename: 'Good', leaf } : { __typename: 'Bad', why: 'so' }),
  'Mutation.fail': async () => {
    throw new Error('not made');
  },
  'Mutation.next': async () => {
    made += 1;
    return made;
  },
};
for (const [place, resolve] of Object.entries(resolvers)) {
  const [type = '', field = ''] = place.split('.');
  const found = (schema.getType(type) as GraphQLObjectType).getFields()[field];
  if (found) found.resolve = resolve;
}

type Asked = {
  readonly query: string;
  readonly stranger?: true;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly name?: string;
};

type Runs = { readonly results: string[]; readonly byEngine: number; readonly made: number[] };

/** Runs a document as often as it takes to be compiled, and once more. */
async function runOften({ query, variables, name, stranger }: Asked): Promise<Runs> {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const contextValue = { actor: stranger ? undefined : {} };
  const args: ExecutionArgs = { schema, document, contextValue, variableValues: variables, operationName: name };
  const run = compileOperations();
  let byEngine = 0;
  const engine = (given: ExecutionArgs): ReturnType<typeof executeByEngine> => {
    byEngine += 1;
    return executeByEngine(given);
  };
  const results: string[] = [];
  const madeByRun: number[] = [];
  for (let runs = 0; runs <= compiledFromRun; runs += 1) {
    const before = made;
    results.push(written(await run(args, engine)));
    madeByRun.push(made - before);
  }
  return { results, byEngine, made: madeByRun };
}

/** A result as it is sent, with what errors hide in them. */
function written({ data, errors }: ExecutionResult): string {
  const hidden = errors?.map((error) => ({ ...error.toJSON(), origin: error.originalError?.message }));
  return JSON.stringify({ data, errors: hidden });
}

afterEach(() => {
  made = 0;
  delete (globalThis as { brokenOut?: unknown }).brokenOut;
});

const compiled: Readonly<Record<string, Asked>> = {
  'fields in their order, aliases and lists': {
    query: '{ l: leaf { later id colour } leaves { x: id id } __typename }',
  },
  'numbers and truth in the document': { query: '{ leaves(first: 3) { id @include(if: true) } }' },
  'null in the document': { query: '{ echo(text: null) }' },
  'fragments and conditions': {
    query: `query($no: Boolean!) { leaf { ...F id @skip(if: $no) ... on Leaf { colour } } }
      fragment F on Leaf { later @include(if: $no) }`,
    variables: { no: true },
  },
  'inputs with what is left out, nested, null and single': {
    query: 'query($at: Point!) { point(at: $at) }',
    variables: {
      at: {
        x: 1,
        name: null,
        near: [
          { x: 2, near: null },
          { x: 3, near: 4 },
        ],
      },
    },
  },
  'one of several operations': { query: 'query A { leaf { id } } query B { echo(text: null) }', name: 'B' },
  'a union': { query: 'mutation { make(good: true) { __typename ... on Good { leaf { id } } ... on Bad { why } } }' },
  'a mutation': { query: 'mutation { next }' },
  'a query of which parts failed': { query: '{ leaf { id fails n: fails } }' },
  'a query whose failure reaches the top': { query: '{ leaf { failsAtOnce } leaves { id } }' },
  'a mutation of which a part failed': {
    query: `mutation { x: make(good: true) { ...F } }
      fragment F on Outcome { ... on Good { leaf { id fails } } }`,
  },
  'a mutation whose failure reaches the top': {
    query: 'mutation { make(good: true) { ... on Good { leaf { failsAtOnce } } } }',
  },
  'a mutation that failed': { query: 'mutation { fail }' },
};

it.each(Object.keys(compiled))('What is compiled answers as the engine does: %s', async (name) => {
  const { results, byEngine, made: madeByRun } = await runOften(compiled[name] as Asked);
  expect(byEngine).toBe(compiledFromRun - 1);
  expect(new Set(madeByRun).size).toBe(1);
  // Of what counts up, each result is another.
  expect(results.at(-1)?.replace(/\d+/g, 'N')).toBe(results[0]?.replace(/\d+/g, 'N'));
  expect(results[0]).toContain('data');
});

const left: Readonly<Record<string, Asked>> = {
  'a resolver that asks for info': { query: '{ informed leaf { id } }' },
  'a text in the document': { query: '{ echo(text: "a") }' },
  'an enum value in the document': { query: '{ colourOf(colour: RED) }' },
  'what a stranger asks for': { query: '{ leaf { id } }', stranger: true },
  'several variables with fields': {
    query: 'query($a: Point!, $b: Point!) { a: point(at: $a) b: point(at: $b) }',
    variables: { a: { x: 1 }, b: { x: 2 } },
  },
  'more values than a shop would send': {
    query: 'query($at: Point!) { point(at: $at) }',
    variables: { at: { x: 1, near: [{ x: 1, near: Array.from({ length: 200 }, () => 1) }] } },
  },
  'longer texts than a shop would send': {
    query: 'query($text: String) { echo(text: $text) }',
    variables: { text: 'x'.repeat(8_001) },
  },
  'an object in the document': { query: '{ point(at: { x: 1 }) }' },
  'a default of a variable': { query: 'query($text: String = "a") { echo(text: $text) }' },
  'an interface': { query: '{ named { name } }' },
  'a fragment that is spread twice': { query: '{ a: leaf { ...F } b: leaf { ...F } } fragment F on Leaf { id }' },
  'more than 100 fields': {
    query: `{ ${Array.from({ length: 101 }, (_, index) => `f${index}: __typename`).join(' ')} }`,
  },
  'a condition on a field that has others in a fragment': {
    query: `query($no: Boolean!) { leaf @include(if: $no) { ...F } leaf { colour } } fragment F on Leaf { id }`,
    variables: { no: false },
  },
  'a condition on a fragment': {
    query: `query($no: Boolean!) { ... @include(if: $no) { leaf { ...F } } leaf { colour } } fragment F on Leaf { id }`,
    variables: { no: false },
  },
  'a condition on the spread of a fragment': {
    query: 'query($no: Boolean!) { leaf { ...F @include(if: $no) colour } } fragment F on Leaf { id }',
    variables: { no: false },
  },
  'an alias that could be a way through others': { query: '{ a: leaf { t: id } t_a: leaf { id } }' },
  'a name that is no property': { query: '{ leaf { __proto__: id } }' },
};

it.each(Object.keys(left))('What the compiler may get wrong is left to the engine: %s', async (name) => {
  const { results, byEngine } = await runOften(left[name] as Asked);
  expect(byEngine).toBe(compiledFromRun + 1);
  expect(new Set(results).size).toBe(1);
});

const repeated: Readonly<Record<string, Asked>> = {
  'a variable that is missing': { query: 'query($at: Point!) { point(at: $at) }' },
  'a variable of another type': {
    query: 'mutation($good: Boolean!) { make(good: $good) { __typename } }',
    variables: { good: 'yes' },
  },
  'a field of an input that is none': {
    query: 'query($at: Point!) { point(at: $at) }',
    variables: { at: JSON.parse('{ "x": 1, "__proto__": 1 }') },
  },
};

it.each(Object.keys(repeated))('The engine says what is wrong: %s', async (name) => {
  const { results, byEngine } = await runOften(repeated[name] as Asked);
  expect(byEngine).toBe(compiledFromRun + 1);
  expect(new Set(results).size).toBe(1);
  expect(results[0]).toContain('errors');
});

it('No input of ours holds itself: the compiler would not come to an end', () => {
  const inputs = Object.values(ours.getTypeMap()).filter(isInputObjectType);
  const heldBy = (input: GraphQLInputObjectType): GraphQLInputObjectType[] =>
    Object.values(input.getFields())
      .map(({ type }) => getNamedType(type))
      .filter(isInputObjectType);
  const holdsItself = (input: GraphQLInputObjectType, way: readonly GraphQLInputObjectType[]): boolean =>
    way.includes(input) || heldBy(input).some((held) => holdsItself(held, [...way, input]));
  expect(inputs.length).toBeGreaterThan(10);
  expect(inputs.filter((input) => holdsItself(input, []))).toEqual([]);
});

it('Of several mutations none runs behind one that failed', async () => {
  const { results, byEngine, made: madeByRun } = await runOften({ query: 'mutation { next a: fail b: next }' });
  expect(byEngine).toBe(compiledFromRun + 1);
  expect(madeByRun).toEqual(results.map(() => 1));
});

it('No text of a document becomes a part of a program', async () => {
  const mark = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d';
  const name = await runOften({ query: `{ leaf { id } after(cursor: ${mark}zz) }` });
  expect(name.results.at(-1)).toBe(JSON.stringify({ data: { leaf: { id: 'a' }, after: `${mark}zz` } }));
  const text = `${mark}0),globalThis.brokenOut=1,new Date(0`;
  const { results } = await runOften({
    query: `query($colour: Colour) { leaf { echo(text: "${text}", colour: $colour) } }`,
  });
  expect(results.at(-1)).toBe(JSON.stringify({ data: { leaf: { echo: `${text} undefined` } } }));
  expect(globalThis).not.toHaveProperty('brokenOut');
});
