import { buildSchema, type DocumentNode } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { expect, test } from 'vitest';
import { createDocumentCache, rememberDocuments } from '../../src/graphql/document-cache.ts';
import type { Transport } from '../../src/graphql/guard-plugin.ts';

test('the documents that were used last are remembered, and no more of them than were agreed', () => {
  const cache = createDocumentCache<number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
});

test('a long document is not remembered, so that strangers cannot fill the memory', () => {
  const cache = createDocumentCache<number>(2);
  cache.set('#'.repeat(8_193), 1);
  cache.set('#'.repeat(8_192), 2);
  expect([cache.get('#'.repeat(8_193)), cache.get('#'.repeat(8_192))]).toEqual([undefined, 2]);
});

test('strangers push out nothing of those who have a key', () => {
  const yoga = createYoga<Transport>({
    schema: buildSchema('type Query { a: Int }'),
    parserAndValidationCache: false,
    plugins: [rememberDocuments(2)],
  });
  const parsed = (text: string, by: object): DocumentNode => yoga.getEnveloped(by).parse(text);
  const shop = { actor: { scopes: new Set() } };
  const theirs = ['{ a }', '{ b }'].map((text) => parsed(text, shop));
  for (const name of ['c', 'd', 'e']) expect(parsed(`{ ${name} }`, {})).not.toBe(parsed(`{ ${name} }`, {}));
  for (const [index, text] of ['{ a }', '{ b }'].entries()) expect(parsed(text, shop)).toBe(theirs[index]);
  // What is known of a document is the same for everybody.
  expect(parsed('{ a }', {})).toBe(theirs[0]);
});
