import { describe, expect, it } from 'vitest';
import {
  hashKey,
  isApiKey,
  newApiKey,
  newRestToken,
  newServiceKey,
  parseScopes,
  plainHeader,
  shownKey,
} from '../../src/auth/model.ts';

describe('A new key', () => {
  it('has its form, and is never the same', () => {
    expect(newApiKey('test')).toMatch(/^bk_test_[0-9A-Za-z]{43}[0-9a-f]{8}$/);
    expect(newApiKey('live')).toMatch(/^bk_live_[0-9A-Za-z]{43}[0-9a-f]{8}$/);
    expect(newRestToken()).toMatch(/^[0-9a-z]{64}$/);
    expect(newServiceKey()).toMatch(/^[A-Za-z0-9_-]{36}$/);
    for (const make of [() => newApiKey('test'), newRestToken, newServiceKey]) {
      expect(new Set(Array.from({ length: 200 }, make)).size).toBe(200);
    }
  });

  it('uses every letter it may', () => {
    expect(new Set(Array.from({ length: 200 }, newServiceKey).join('')).size).toBe(64);
  });

  it('is known by its form, in its own mode alone', () => {
    const keys = [newApiKey('test'), newApiKey('live'), newRestToken()];
    expect(keys.map((key) => isApiKey(key, 'test'))).toEqual([true, false, false]);
    expect(keys.map((key) => isApiKey(key, 'live'))).toEqual([false, true, false]);
  });
});

describe('A text', () => {
  const good = newApiKey('test');

  it('is no key when a single character is wrong, wherever', () => {
    for (let place = 0; place < good.length; place += 1) {
      const wrong = good[place] === 'a' ? 'b' : 'a';
      expect(isApiKey(good.slice(0, place) + wrong + good.slice(place + 1), 'test')).toBe(false);
    }
  });

  it.each(['', 'bk_test_', good.slice(0, -1), `${good}0`, ` ${good}`, `${good}\n`, good.replace('test', 'live')])(
    'is no key when it is "%s"',
    (text) => {
      expect([isApiKey(text, 'test'), isApiKey(text, 'live')]).toEqual([false, false]);
    },
  );
});

describe('A header', () => {
  it.each(['Bearer key', 'bearer key', 'BEARER    key', `Bearer ${' '.repeat(246)}key`])(
    'shows its key, and has one spelling (%#)',
    (header) => {
      expect([shownKey(header), plainHeader(header)]).toEqual(['key', 'Bearer key']);
    },
  );

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Basic key',
    'key',
    `Bearer ${' '.repeat(247)}key`,
    `Bearer ${'k'.repeat(250)}`,
  ])('shows no key when there is none, or it is longer than any (%#)', (header) => {
    expect([shownKey(header), plainHeader(header)]).toEqual([undefined, undefined]);
  });
});

describe('The hash of a key', () => {
  it('is 32 bytes, always the same', () => {
    expect(hashKey('a')).toHaveLength(32);
    expect(hashKey('a').equals(hashKey('a'))).toBe(true);
    expect(hashKey('a').equals(hashKey('b'))).toBe(false);
  });
});

describe('Scopes', () => {
  it('are taken once each', () => {
    expect(parseScopes(['shops:read', 'payments:read', 'shops:read'])).toEqual(['shops:read', 'payments:read']);
  });

  it.each([[[]], [['all']], [['shops:read', '']], [['toString']], [['__proto__']], [['payments:READ']]])(
    'are refused when they are %j',
    (names) => {
      expect(() => parseScopes(names)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field: ['scopes'] }));
    },
  );
});
