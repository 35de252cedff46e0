import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitRule } from '../../src/graphql/limit-rule.ts';
import { schema } from '../../src/graphql/schema.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Operation, overSse, overWebSocket, type Result } from '../support/live.ts';
import { allScopes, giveKey } from './world.ts';

let gateway: TestGateway;
let noSchemaKey: string;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
  const { merchantId } = gateway.demo;
  const scopes = allScopes.filter((scope) => scope !== 'schema:read');
  noSchemaKey = (await giveKey(gateway.database, { merchantId, scopes })).secret;
});

afterAll(() => gateway.stop());

type Send = (operation: Operation) => Promise<Result | undefined>;

/** The same operation on every way in; what one refuses, all must refuse alike. */
const transports: Record<string, Send> = {
  HTTP: async ({ query, variables = {}, key = gateway.demo.apiKey }) => {
    const { status, ...result } = await ask(gateway, query, { variables, key });
    expect([200, 400]).toContain(status);
    return result as Result;
  },
  SSE: async (operation) => {
    const stream = await overSse(gateway, operation);
    const result = await stream.next();
    stream.end();
    return result;
  },
  WebSocket: async (operation) => {
    const stream = await overWebSocket(gateway, operation);
    const result = await stream.next();
    stream.end();
    return result;
  },
};

const codesOf = (result: Result | undefined): unknown[] => result?.errors?.map((error) => error.extensions?.code) ?? [];

const shop = 'shopId: "00000000-0000-4000-8000-000000000000"';
const many = (count: number, part: (number: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const pages = (inner: string): string => `payments(${shop}, first: 100) { edges { node { ${inner} } } }`;
const attempts = (inner: string, page = 'first: 100'): string =>
  `transactions(${page}) { edges { node { ${inner} } } }`;

/** So many operations that ask for a thousand fields and fragments each, of which none costs anything or stands there twice. */
const thousands = (operations: number): string => `${many(operations, (n) => `query q${n} { viewer { ...F } }`)}
  fragment F on Viewer { ${many(998, (n) => `__f${n}`)} }`;

/** Operations that ask for too much, each in one way. */
const tooMuch: Record<string, Operation> = {
  'too deep': {
    query: `{ payment(id: "1") { ${'transactions { edges { node { payment { '.repeat(4)} id ${' }'.repeat(16)} } }`,
  },
  'too deep by fragments': {
    query: `{ payment(id: "1") { ...A } } ${many(6, (n) => `fragment ${'ABCDEF'[n]} on Payment { transactions { edges { node { payment { ${n === 5 ? 'id' : `...${'ABCDEF'[n + 1]}`} } } } } }`)}`,
  },
  'too many rows of rows': { query: `{ ${pages(attempts('id channel'))} }` },
  'too many rows by a variable': {
    query: `query($n: Int) { payments(${shop}, first: $n) { edges { node { ${attempts('id channel', 'last: $n')} } } } }`,
    variables: { n: 100 },
  },
  'too many rows by a variable with a default': {
    query: `query($n: Int = 1) { payments(${shop}, first: $n) { edges { node { ${attempts('id channel', 'last: $n')} } } } }`,
    variables: { n: 100 },
  },
  'too many rows by `last` behind `first: null`': {
    query: `{ payments(${shop}, first: null, last: 100) { edges { node { ${attempts('id channel', 'first: null, last: 100')} } } } }`,
  },
  'too many rows inside a member of a union': {
    query: `mutation { cancelPayment(input: { paymentId: "1" }) { ... on CancelPaymentSuccess { payment { ${attempts(`payment { ${attempts('id channel')} }`)} } } } }`,
  },
  'too many rows inside an implementation of an interface': {
    query: `{ events(${shop}, first: 100) { edges { node { ... on PaymentEvent { payment { ${attempts('id channel')} } } } } } }`,
  },
  'too many rows inside a fragment on an implementation': {
    query: `{ events(${shop}, first: 100) { edges { node { ...P } } } } fragment P on PaymentEvent { payment { ${attempts('id channel')} } }`,
  },
  'too many aliases': { query: `{ ${many(21, (n) => `a${n}: viewer { merchant { id } }`)} }` },
  'too many aliases of __typename': { query: `{ viewer { ${many(21, (n) => `a${n}: __typename`)} } }` },
  'too many aliases in introspection': { query: `{ __schema { ${many(21, (n) => `a${n}: types { name }`)} } }` },
  'too many directives': { query: `{ viewer { merchant { id ${'@include(if: true) '.repeat(21)} } } }` },
  'too many unknown directives on the operation': {
    query: `query ${many(21, (n) => `@d${n}`)} { viewer { merchant { id } } }`,
  },
  'too many root fields': { query: `{ ${'viewer { merchant { id } } '.repeat(21)} }` },
  'one field too often': { query: `{ viewer { ${'merchant { name } '.repeat(100)} } }` },
  'one field too often, by fragments': {
    query: `{ viewer { ${many(78, (n) => `...F${n}`)} } } ${many(78, (n) => `fragment F${n} on Viewer { merchant { name } }`)}`,
  },
  'too many root fields by fragments': {
    query: `{ ...A ...A ...A } fragment A on Query { ${'viewer { merchant { id } } '.repeat(7)} }`,
  },
};

/** Operations that are no good for another reason, with the code they get. */
const malformed: Record<string, Operation & { readonly code: string }> = {
  'too many tokens': { query: `{ viewer { ${'merchant { id } '.repeat(600)} } }`, code: 'QUERY_TOO_COMPLEX' },
  'an alias that is longer than a name may be': {
    query: `{ viewer { merchant { ${'a'.repeat(129)}: id } } }`,
    code: 'QUERY_TOO_COMPLEX',
  },
  'a literal 20,000 deep': {
    query: `{ shop(id: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { id } }`,
    code: 'QUERY_TOO_COMPLEX',
  },
  'selections 20,000 deep': { query: `${'{a'.repeat(20_000)}${'}'.repeat(20_000)}`, code: 'QUERY_TOO_COMPLEX' },
  'a document that is none': { query: '{ viewer { ', code: 'GRAPHQL_PARSE_FAILED' },
  'circular fragments': {
    query: '{ payment(id: "1") { ...A } } fragment A on Payment { shop { id } ...B } fragment B on Payment { ...A }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'circular introspection': {
    query: `{ __schema { types { ${'fields { type { '.repeat(8)} name ${' } }'.repeat(8)} } } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'unknown fields': { query: '{ viewer { passwords } }', code: 'GRAPHQL_VALIDATION_FAILED' },
  'a value that does not fit its variable': {
    query: 'query($n: Int) { shops(first: $n) { pageInfo { hasNextPage } } }',
    variables: { n: 'many' },
    code: 'INVALID_INPUT',
  },
  'an amount that is no number': {
    query: `query($a: MinorUnits!) { paymentMethods(${shop}, amount: $a, currency: PLN) { method } }`,
    variables: { a: JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) },
    code: 'INVALID_INPUT',
  },
  'several operations of which none is named': {
    query: 'query A { viewer { merchant { id } } } query B { viewer { merchant { id } } }',
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  'a subscription that is skipped': {
    query: `subscription { events(${shop}) @skip(if: true) { number } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'a subscription on a condition': {
    query: `subscription($b: Boolean!) { events(${shop}) @include(if: $b) { number } }`,
    variables: { b: true },
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'a subscription that is skipped by a fragment': {
    query: `subscription { ...A } fragment A on Subscription { ...B } fragment B on Subscription { ... @skip(if: true) { events(${shop}) { number } } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'a subscription of circular fragments': {
    query: 'subscription { ...A } fragment A on Subscription { ...B } fragment B on Subscription { ...A }',
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'two subscriptions at once': {
    query: `subscription { a: events(${shop}) { number } b: events(${shop}) { number } }`,
    code: 'GRAPHQL_VALIDATION_FAILED',
  },
  'a missing variable': {
    query: 'query($id: ID!) { shop(id: $id) { id } }',
    variables: {},
    code: 'INVALID_INPUT',
  },
};

it('What all operations of a document ask for counts together, as it is counted before one of them runs', () => {
  expect(validate(schema, parse(thousands(20)), [limitRule])).toEqual([]);
  const [error] = validate(schema, parse(thousands(21)), [limitRule]);
  expect(error?.message).toContain('The document asks for more than 20000');
});

for (const [transport, send] of Object.entries(transports)) {
  describe(`over ${transport}`, () => {
    it('answers what asks for little, so that a refusal means something', async () => {
      const result = await send({ query: '{ viewer { merchant { id } } }' });
      expect(result).toMatchObject({ data: { viewer: { merchant: { id: gateway.demo.merchantId } } } });
      expect(result?.errors).toBeUndefined();
    });

    for (const [name, operation] of Object.entries(tooMuch)) {
      it(`refuses what has ${name}`, async () => {
        const result = await send(operation);
        expect(result?.data ?? null).toBeNull();
        expect(codesOf(result)).toContain('QUERY_TOO_COMPLEX');
      });
    }

    for (const [name, { code, ...operation }] of Object.entries(malformed)) {
      it(`refuses ${name}`, async () => {
        const result = await send(operation);
        expect(result?.data ?? null).toBeNull();
        expect(codesOf(result)).toContain(code);
        if (code === 'OPERATION_RESOLUTION_FAILURE') expect(result?.errors?.[0]?.message).toContain('`operationName`');
        expect(JSON.stringify(result).length).toBeLessThan(3_000);
      });
    }

    for (const [order, keys] of [
      ['not after one that may', ['may', 'may not']],
      ['not before one that may', ['may not', 'may', 'may not']],
    ] as const) {
      it(`lets a key without schema:read not introspect, ${order} has asked the same`, async () => {
        const query = `query Q${transport}${keys.length} { __schema { queryType { name } } viewer { __typename } }`;
        for (const who of keys) {
          const result = await send({ query, key: who === 'may' ? undefined : noSchemaKey });
          if (who === 'may') expect(result).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } });
          else {
            expect(codesOf(result)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
            expect(result?.errors?.[0]?.message).toContain('the scope schema:read');
          }
        }
      });
    }
  });
}

describe('the whole introspection', () => {
  it('is given to a key that may have it', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const answer = await ask<{ __schema: { types: unknown[] } }>(gateway, getIntrospectionQuery());
    expect(answer.errors).toBeUndefined();
    expect(answer.data.__schema.types.length).toBeGreaterThan(60);
  });
});
