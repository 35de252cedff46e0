import { expect, test } from 'vitest';
import { createDocumentCache } from '../../src/graphql/document-cache.ts';

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

test('a cache for nothing remembers nothing', () => {
  const cache = createDocumentCache<number>(0);
  cache.set('a', 1);
  expect(cache.get('a')).toBeUndefined();
});
