import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Actor, Scope } from '../../src/auth/actor.ts';
import { groupKey, resumeVariable } from '../../src/graphql/group-key.ts';
import { runs } from '../support/runs.ts';
import { allScopes } from './world.ts';

const texts = [
  'subscription A($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number } }',
  'subscription A($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number type } }',
  'subscription A($shopId: ID!) { events(shopId: $shopId) { number } } subscription B($shopId: ID!) { events(shopId: $shopId) { type } }',
];

const subscribers = fc.record({
  text: fc.constantFrom(...texts),
  operationName: fc.constantFrom(undefined, 'A', 'B'),
  shopId: fc.constantFrom('one', 'other'),
  after: fc.constantFrom(undefined, null, 'cursor 1', 'cursor 2'),
  merchantId: fc.constantFrom('merchant 1', 'merchant 2'),
  boundTo: fc.constantFrom(undefined, 'one', 'other'),
  scopes: fc.subarray(['payments:read', 'shops:read', 'payouts:read'] satisfies Scope[]),
  keyId: fc.constantFrom('key 1', 'key 2'),
  turned: fc.boolean(),
});
type Subscriber = typeof subscribers extends fc.Arbitrary<infer Value> ? Value : never;

const keyOf = ({ text, operationName, shopId, after, turned, ...of }: Subscriber): string | undefined => {
  const scopes = new Set<Scope>(turned ? of.scopes.toReversed() : of.scopes);
  const actor: Actor = { keyId: of.keyId, merchantId: of.merchantId, shopId: of.boundTo, scopes };
  // Documents are often parsed anew.
  return groupKey({ document: parse(text), operationName, variables: { shopId, after }, actor });
};

/** What two subscribers must have in common, said in another way than the code says it. */
function mayShare(one: Subscriber, other: Subscriber): boolean {
  const same = (name: keyof Subscriber): boolean => one[name] === other[name];
  const sameScopes =
    one.scopes.every((scope) => other.scopes.includes(scope)) && one.scopes.length === other.scopes.length;
  const asked = same('text') && same('operationName') && same('shopId');
  // Only the first two documents use `after` as the place to go on from; to the third it is a variable like any other.
  const sameAfter = one.text !== texts[2] || same('after');
  return asked && sameAfter && same('merchantId') && same('boundTo') && sameScopes;
}

describe('Two subscribers are in one group', () => {
  it('when question, merchant, shop and scopes of the key are the same, and only then', () => {
    const property = fc.property(subscribers, subscribers, (one, other) => {
      expect(keyOf(one) === keyOf(other)).toBe(mayShare(one, other));
    });
    fc.assert(property, runs(2_000));
    // Chance rarely makes two that differ in one thing alone.
    const pairs = fc.tuple(
      subscribers,
      subscribers,
      fc.constantFrom(...(Object.keys(keyNames) as (keyof Subscriber)[])),
    );
    const differing = fc.property(pairs, ([one, donor, name]) => {
      const other = { ...one, [name]: donor[name] };
      expect(keyOf(one) === keyOf(other)).toBe(mayShare(one, other));
    });
    fc.assert(differing, runs(2_000));
  });

  it('not when a key has any one scope that the other lacks', () => {
    const [text = ''] = texts;
    const withScopes = (scopes: readonly Scope[]): string | undefined =>
      groupKey({
        document: parse(text),
        variables: { shopId: 'one' },
        actor: { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set(scopes) },
      });
    const keys = allScopes.map((scope) => withScopes(allScopes.filter((other) => other !== scope)));
    expect(new Set([...keys, withScopes(allScopes)]).size).toBe(allScopes.length + 1);
  });

  it('not when nobody knows the text of the document', () => {
    const document = parse(texts[0] ?? '', { noLocation: true });
    const actor: Actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set() };
    expect(groupKey({ document, variables: {}, actor })).toBeUndefined();
  });
});

const keyNames: Record<keyof Subscriber, true> = {
  ...{ text: true, operationName: true, shopId: true, after: true, merchantId: true },
  ...{ boundTo: true, scopes: true, keyId: true, turned: true },
};

describe('The place to go on from', () => {
  it.each([
    ['subscription($a: Cursor) { events(shopId: "x", after: $a) { number } }', 'a'],
    ['subscription($a: Cursor) { paymentUpdated(id: "x", after: $a) { type } }', 'a'],
    // What it decides here as well is what the results look like.
    [
      'subscription($a: Cursor) { events(shopId: "x", after: $a) { ... on PaymentEvent { payment { events(after: $a) { edges { cursor } } } } } }',
      undefined,
    ],
    [
      'subscription($a: Cursor) { events(shopId: "x", after: $a) { ...F } } fragment F on PaymentEvent { payment { events(after: $a) { edges { cursor } } } }',
      undefined,
    ],
    ['subscription($a: Cursor, $b: Boolean!) { events(shopId: "x", after: $a) { number @include(if: $b) } }', 'a'],
    ['subscription { events(shopId: "x", after: "y") { number } }', undefined],
    ['subscription($a: ID!) { events(shopId: $a) { number } }', undefined],
    [
      'subscription($a: Cursor) { ...F } fragment F on Subscription { events(shopId: "x", after: $a) { number } }',
      undefined,
    ],
    [
      'subscription A($a: Cursor) { events(shopId: "x", after: $a) { number } } subscription B($a: Cursor) { events(shopId: $a) { number } }',
      undefined,
    ],
  ])('of %s is %s', (text, name) => {
    expect(resumeVariable(parse(text))).toBe(name);
  });
});
