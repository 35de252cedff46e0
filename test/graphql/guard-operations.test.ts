import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/auth/actor.ts';
import type { GraphApp } from '../../src/graphql/context.ts';
import { createEngine } from '../../src/graphql/engine.ts';
import {
  createValidator,
  documentLimits,
  nameLengthMax,
  parseGuarded,
  strangersLimits,
} from '../../src/graphql/guard-operations.ts';
import { createErrorMask } from '../../src/graphql/mask-error.ts';
import { schema } from '../../src/graphql/schema.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { walkSchema } from './walk-schema.ts';

const engine = createEngine({
  schema,
  app: {} as GraphApp,
  maskError: createErrorMask(createLog('silent'), createMetrics()),
});
const shop = { actor: { scopes: new Set() } as unknown as Actor, operator: undefined };
const stranger = { actor: undefined, operator: undefined };

/** How a document is refused, or undefined when it is let through. */
function refusalOf(text: string, asker: typeof shop | typeof stranger): { code: unknown; message: string } | undefined {
  try {
    engine.parse(text, asker);
    return undefined;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { code: error.extensions.code, message: error.message };
  }
}

/** Documents of so many words and signs, and of so many characters. */
const ofTokens = (count: number): string => `{ ${'a '.repeat(count - 2)}}`;
const ofCharacters = (count: number): string => `{ a } #${'-'.repeat(count - 7)}`;

it('What is too much is looked at by no other rule', () => {
  const validate = createValidator(schema);
  const codesOf = (text: string): unknown[] =>
    validate(parse(text), { mayIntrospect: false }).map(({ extensions }) => extensions.code);
  expect(codesOf('{ viewer { passwords secrets } }')).toEqual(Array(2).fill('GRAPHQL_VALIDATION_FAILED'));
  expect(codesOf(`{ viewer { passwords secrets ${'merchant { name } '.repeat(100)} } }`)).toEqual([
    'QUERY_TOO_COMPLEX',
  ]);
});

describe('Whoever has shown no good key', () => {
  const words =
    'Send a valid API key as `Authorization: Bearer bk_…`; this one is missing, unknown, expired or revoked.';

  it.each([
    ['words and signs', ofTokens, strangersLimits.tokens, 'words and signs.'],
    ['characters', ofCharacters, strangersLimits.characters, 'characters; send values as variables.'],
  ])('may send fewer %s, and is told that it is for want of a key', (_, make, most, unit) => {
    expect(refusalOf(make(most), stranger)).toBeUndefined();
    expect(refusalOf(make(most + 1), stranger)).toEqual({
      code: 'UNAUTHENTICATED',
      message: `${words} Without one a document may have at most ${most} ${unit}`,
    });
    expect(refusalOf(make(most + 1), shop)).toBeUndefined();
  });

  it('has room for twice all that needs no key', () => {
    const operations = walkSchema().filter(({ description }) => description.includes('Needs no key'));
    expect(operations.length).toBeGreaterThan(3);
    for (const { query } of operations) parseGuarded(`${query} ${query}`, strangersLimits);
  });
});

it.each([
  ['an alias', (name: string) => `{ ${name}: a }`],
  ['a field', (name: string) => `{ a { ${name} } }`],
  ['a variable', (name: string) => `query($${name}: Int) { a }`],
  ['an operation', (name: string) => `query ${name} { a }`],
  ['an enum value', (name: string) => `{ a(b: ${name}) }`],
])('The name of %s may be so long, since some come back with every row', (_, make) => {
  const message = `A name in a document may have at most ${nameLengthMax} characters.`;
  for (const asker of [shop, stranger]) {
    expect(refusalOf(make('n'.repeat(nameLengthMax)), asker)).toBeUndefined();
    expect(refusalOf(make('n'.repeat(nameLengthMax + 1)), asker)).toEqual({ code: 'QUERY_TOO_COMPLEX', message });
  }
});

it.each([
  ['words and signs', ofTokens, documentLimits.tokens, 'words and signs.'],
  ['characters', ofCharacters, documentLimits.characters, 'characters; send values as variables.'],
])('A document with a key may have so many %s', (_, make, most, unit) => {
  expect(refusalOf(make(most), shop)).toBeUndefined();
  const message = `A document may have at most ${most} ${unit}`;
  expect(refusalOf(make(most + 1), shop)).toEqual({ code: 'QUERY_TOO_COMPLEX', message });
});
