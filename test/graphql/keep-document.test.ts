import { type ASTNode, buildSchema, type DocumentNode, execute, parse, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { documentToKeep } from '../../src/graphql/keep-document.ts';
import { walkSchema } from './walk-schema.ts';

const texts = [
  ...walkSchema().map(({ query }) => query),
  `query A($n: Int = 2, $types: [EventType!] = [PAYMENT_CREATED PAYOUT_SENT]) {
    a: events(shopId: "1", first: $n, types: $types) { ...F }
    shop(id: """1""") @include(if: true) { id } ... on Query @skip(if: false) { b: shop(id: "1") { id } } }
    fragment F on EventConnection { edges { cursor } }`,
  `mutation { m(a: 1, b: 1.5, c: "1", d: true, e: null, f: [1, "1", E, "E"], g: { h: 1, i: [] }) { id } }
    query B { __typename }`,
];

/** How many objects something holds, itself among them. */
function objectsIn(root: object): number {
  const found = new Set([root]);
  // What is found on the way is walked too.
  for (const each of found) {
    for (const value of Object.values(each)) if (typeof value === 'object' && value !== null) found.add(value);
  }
  return found.size;
}

/** What a document says, wherever that stands in its text and however its texts are written. */
const meaningOf = (document: DocumentNode): unknown =>
  JSON.parse(JSON.stringify(document, (key, value: unknown) => (key === 'loc' || key === 'block' ? undefined : value)));

function placesIn(document: DocumentNode): (number | undefined)[] {
  const places: (number | undefined)[] = [];
  const push = ({ loc }: ASTNode): void => void places.push(loc?.start);
  visit(document, { Field: push, Variable: push });
  return places;
}

describe('A document that is kept', () => {
  it.each(texts)(
    'says the same as the one that was parsed, with the same place of each field and variable (%#)',
    (text) => {
      const document = parse(text);
      const kept = documentToKeep(document);
      expect(meaningOf(kept)).toEqual(meaningOf(document));
      expect(placesIn(kept)).toEqual(placesIn(document));
    },
  );

  it('is made of half of the objects at most, and of few where one value stands hundreds of times', () => {
    for (const text of texts) {
      const document = parse(text);
      expect(objectsIn(documentToKeep(document))).toBeLessThan(objectsIn(document) / 2);
    }
    const values = parse(`query($types: [EventType!] = [${'PAYOUT_SENT '.repeat(1_000)}]) { viewer { __typename } }`);
    expect(objectsIn(values)).toBeGreaterThan(3_000);
    expect(objectsIn(documentToKeep(values))).toBeLessThan(50);
  });

  it('is made once, however many keep it', () => {
    const document = parse('{ a }');
    expect(documentToKeep(document)).toBe(documentToKeep(document));
  });

  it('has errors say where the field stands', () => {
    const rootValue = {
      b: () => {
        throw new Error('It failed.');
      },
    };
    const schema = buildSchema('type Query { a: Int b: Int }');
    const run = (document: DocumentNode): unknown =>
      JSON.parse(JSON.stringify(execute({ schema, document, rootValue })));
    const document = parse('{ a\n  c: b }');
    expect(run(documentToKeep(document))).toMatchObject({ errors: [{ locations: [{ line: 2, column: 3 }] }] });
    expect(run(documentToKeep(document))).toEqual(run(document));
  });
});
