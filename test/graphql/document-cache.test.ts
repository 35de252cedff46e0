import { expect, test } from 'vitest';
import type { Actor } from '../../src/auth/actor.ts';
import type { GraphApp } from '../../src/graphql/context.ts';
import { createDocumentCache } from '../../src/graphql/document-cache.ts';
import { createEngine } from '../../src/graphql/engine.ts';
import { createErrorMask } from '../../src/graphql/mask-error.ts';
import { schema } from '../../src/graphql/schema.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';

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
  const engine = createEngine({
    schema,
    app: {} as GraphApp,
    maskError: createErrorMask(createLog('silent'), createMetrics()),
  });
  const shop = { actor: { scopes: new Set() } as unknown as Actor, operator: undefined };
  const stranger = { actor: undefined, operator: undefined };
  const texts = Array.from({ length: 100 }, (_, number) => `{ a${number} }`);
  const theirs = texts.map((text) => engine.parse(text, shop));
  for (const name of ['b', 'c', 'd']) {
    expect(engine.parse(`{ ${name} }`, stranger)).not.toBe(engine.parse(`{ ${name} }`, stranger));
  }
  for (const [index, text] of texts.entries()) expect(engine.parse(text, shop)).toBe(theirs[index]);
  // What is known of a document is the same for everybody.
  expect(engine.parse('{ a1 }', stranger)).toBe(theirs[1]);
});
