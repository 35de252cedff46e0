import { expect, it } from 'vitest';
import type { Profile } from '../../src/kernel/db/generated/prisma/client.ts';
import { declineAlias, joinAlias, placeAlias } from '../../src/profiles/judge-alias.ts';
import { appsOf, withApps } from '../../src/profiles/model.ts';

const then = new Date('2026-03-02T10:00:00.000Z');
const now = new Date('2026-03-03T10:00:00.000Z');
const holder = { firstName: 'Jan', lastName: 'Kowalski' };

/** An alias by its id, its token and the bank apps that hold it. */
function alias(id: string, keys: readonly string[], status: Profile['status'] = 'ACTIVE'): Profile {
  const apps = keys.map((key) => ({ key, label: `Bank ${key}` }));
  return {
    ...{ id, shopId: 'shop', customerId: 'customer', kind: 'ONE_CLICK', method: 'BLIK', status, token: `token-${id}` },
    ...{ firstTransactionId: `first-${id}`, createdAt: then, updatedAt: then },
    ...withApps({ details: holder }, apps),
  };
}

const fresh = (keys: readonly string[]): Profile => ({ ...alias('fresh', keys), createdAt: now, updatedAt: now });
const shown = ({ id, token, status, ...rest }: Profile): string =>
  `${id} ${token} ${status} ${appsOf(rest)
    .map(({ key }) => key)
    .join('+')}`;

it.each<[string, Profile[], string[], string | undefined, string[]]>([
  ['the first of a customer', [], ['a'], undefined, ['fresh token-fresh ACTIVE a']],
  ['of an app that held one', [alias('1', ['a'])], ['a'], undefined, ['1 token-fresh ACTIVE a']],
  ['of another app', [alias('1', ['a'])], ['b'], undefined, ['fresh token-fresh ACTIVE b']],
  ['of an app whose alias has expired', [alias('1', ['a'], 'EXPIRED')], ['a'], undefined, ['1 token-fresh ACTIVE a']],
  ['beside an expired one', [alias('1', ['a'], 'EXPIRED')], ['b'], undefined, ['fresh token-fresh ACTIVE b']],
  ['by a code instead of an expired one', [alias('1', ['a'], 'EXPIRED')], ['b'], '1', ['1 token-fresh ACTIVE b']],
  ['by a code of another app', [alias('1', ['a'])], ['b'], '1', ['fresh token-fresh ACTIVE b']],
  ['of one app of two', [alias('1', ['a', 'b'])], ['a'], '1', ['fresh token-fresh ACTIVE a', '1 token-1 ACTIVE b']],
  ['of both apps', [alias('1', ['a', 'b'])], ['b', 'a'], undefined, ['1 token-fresh ACTIVE b+a']],
  [
    'of apps that held one each',
    [alias('1', ['a']), alias('2', ['b'])],
    ['a', 'b'],
    undefined,
    ['1 token-fresh ACTIVE a+b', '2 token-2 EXPIRED b'],
  ],
  ['of what the shop has ended', [alias('1', ['a'], 'DEACTIVATED')], ['a'], '1', ['fresh token-fresh ACTIVE a']],
  [
    'where an active one stands behind an expired one',
    [alias('1', ['a'], 'EXPIRED'), alias('2', ['a'])],
    ['a'],
    undefined,
    ['2 token-fresh ACTIVE a'],
  ],
])('A new alias takes its place: %s', (_, known, keys, named, expected) => {
  expect(placeAlias(known, fresh(keys), named).map(shown)).toEqual(expected);
});

it.each<[string, Profile[], string[], string[]]>([
  ['the first of a customer', [], ['a'], ['fresh token-fresh ACTIVE a']],
  ['of an app that holds one', [alias('1', ['a'])], ['a'], []],
  ['of another app', [alias('1', ['a'])], ['b'], ['fresh token-fresh ACTIVE b']],
  ['of two apps of which one holds one', [alias('1', ['a', 'c'])], ['a', 'b'], ['fresh token-fresh ACTIVE b']],
  ['of apps that hold one each', [alias('1', ['a']), alias('2', ['b'])], ['a', 'b'], []],
  ['of an app whose alias has expired', [alias('1', ['a'], 'EXPIRED')], ['a'], ['fresh token-fresh ACTIVE a']],
  ['of what the shop has ended', [alias('1', ['a'], 'DEACTIVATED')], ['a'], ['fresh token-fresh ACTIVE a']],
  ['of apps that are not known', [alias('1', ['a'])], [], ['fresh token-fresh ACTIVE ']],
])('A new alias joins the others: %s', (_, known, keys, expected) => {
  expect(joinAlias(known, fresh(keys)).map(shown)).toEqual(expected);
});

it.each<[string, Profile, { token?: string; appKey?: string }, string | undefined]>([
  ['its only app', alias('1', ['a']), { appKey: 'a' }, '1 token-1 EXPIRED a'],
  ['one of two', alias('1', ['a', 'b']), { appKey: 'a' }, '1 token-1 ACTIVE b'],
  ['one that never held it', alias('1', ['a']), { appKey: 'c' }, undefined],
  ['one that is not known', alias('1', ['a', 'b']), {}, '1 token-1 EXPIRED a+b'],
  ['an older token of it', alias('1', ['a']), { appKey: 'a', token: 'older' }, undefined],
  ['one that has ended', alias('1', ['a'], 'DEACTIVATED'), { appKey: 'a' }, undefined],
])('A bank declines an alias: %s', (_, known, charged, expected) => {
  const declined = declineAlias(known, { token: known.token, ...charged }, now);
  expect(declined && shown(declined)).toBe(expected);
});
