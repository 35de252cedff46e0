import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { limitRule, pairsMax } from '../../src/graphql/limit-rule.ts';
import { schema } from '../../src/graphql/schema.ts';

const many = (count: number, part: (number: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const problemsOf = (text: string): string[] => validate(schema, parse(text), [limitRule]).map(({ message }) => message);
const tooManyPairs = [
  `The document has more than ${pairsMax} pairs of fields of one name, or of fragments, in one place; ask for less at once.`,
];

/** So many things in one place make just fewer pairs than are allowed, and one more makes more. */
const most = Math.floor((1 + Math.sqrt(1 + 8 * pairsMax)) / 2);

/** Documents in which one thing stands so often in one place, with nothing else there. */
const repeated: Readonly<Record<string, (times: number) => string>> = {
  'a field': (times) => `{ viewer { merchant { ${'name '.repeat(times)} } } }`,
  'a name that aliases give': (times) => `{ viewer { merchant { ${'name '.repeat(times - 2)} name: id name: id } } }`,
  'a field that nobody knows': (times) => `{ viewer { ${'passwords '.repeat(times)} } }`,
  'a field in inline fragments': (times) => `{ viewer { merchant { ${'... { name } '.repeat(times)} } } }`,
  'a field below others of one name': (times) =>
    `{ viewer { merchant { ${'name '.repeat(times - 1)} } merchant { name } } }`,
  'a field in members of an interface': (times) =>
    `{ events(shopId: "1", first: 1) { edges { node { ${many(times, (n) => `... on ${['Payment', 'Refund'][n % 2]}Event { type }`)} } } } }`,
  'a fragment': (times) => `{ viewer { ${many(times, (n) => `...F${n}`)} } }
    ${many(times, (n) => `fragment F${n} on Viewer { f${n} }`)}`,
  'a fragment that there is not': (times) => `{ viewer { ${many(times, (n) => `...F${n}`)} } }`,
  'a field in a fragment that nothing spreads': (times) =>
    `{ viewer { __typename } } fragment F on Merchant { ${'name '.repeat(times)} }`,
  'a field in a fragment whose name another has': (times) =>
    `{ viewer { merchant { ...F } } } fragment F on Merchant { ${'name '.repeat(times)} } fragment F on Merchant { id }`,
};

for (const [name, document] of Object.entries(repeated)) {
  it(`refuses ${name} once it stands too often in one place, since each is compared with each`, () => {
    expect(problemsOf(document(most - 2))).toEqual([]);
    expect(problemsOf(document(most + 2))).toEqual(tooManyPairs);
  });
}

it('counts the pairs of all places together, through fragments', () => {
  const document = (times: number): string =>
    `{ ${'viewer { merchant { ...F } } '.repeat(2)} } fragment F on Merchant { ${'name '.repeat(times)} }`;
  // Twice as many fields of the name, and a pair each of viewers, merchants and fragments.
  expect(problemsOf(document(most / 2 - 1))).toEqual([]);
  expect(problemsOf(document(most / 2 + 1))).toEqual(tooManyPairs);
});

it('lets one name stand as often as it likes in different places', () => {
  const lists = many(10, (n) => `f${n} { ${many(9, (m) => `g${m} { id }`)} }`);
  expect(problemsOf(`{ viewer { ${lists} } }`)).toEqual([]);
});

it('counts what is bought, and the lines of an invoice, for each payment of a list', () => {
  const payments = (inside: string): string => `{ payments(shopId: "1", first: 100) { edges { node { ${inside} } } } }`;
  const tooMuch = ['The operation could give more than 20000 fields; ask for less at once.'];
  for (const list of ['cart { items', 'invoice { positions']) {
    const wanted = (first: string): string => payments(`${list}${first} { edges { node { name quantity } } } }`);
    expect(problemsOf(wanted(''))).toEqual([]);
    expect(problemsOf(wanted('(first: 100)'))).toEqual(tooMuch);
  }
});

it('says the first thing that is too much, and no more', () => {
  const tooMuch = many(9, (n) => `query q${n} { ${many(21, (alias) => `a${alias}: viewer { id }`)} }`);
  expect(problemsOf(tooMuch)).toEqual(['The operation has more than 20 aliases; ask for less at once.']);
});
