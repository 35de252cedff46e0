import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCursor, parseCursor } from '../../../src/kernel/events/cursor.ts';
import { CursorInvalid } from '../../../src/kernel/events/errors.ts';

const shops = fc.uuid();
const numbers = fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }));
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];

describe('A cursor', () => {
  it('gives back the number it was made of, and is 20 characters that a URL takes as they are', () => {
    fc.assert(
      fc.property(shops, numbers, (shopId, number) => {
        const cursor = encodeCursor(shopId, number);
        expect(cursor).toMatch(/^[\w-]{20}$/);
        expect(parseCursor(cursor, shopId)).toBe(number);
      }),
    );
  });

  it('is refused for another shop', () => {
    fc.assert(
      fc.property(shops, shops, numbers, (one, other, number) => {
        fc.pre(one !== other);
        expect(() => parseCursor(encodeCursor(one, number), other)).toThrow(CursorInvalid);
      }),
    );
  });

  it('is refused when a single character was changed', () => {
    fc.assert(
      fc.property(shops, numbers, fc.nat(19), fc.constantFrom(...letters), (shopId, number, at, letter) => {
        const cursor = encodeCursor(shopId, number);
        fc.pre(cursor[at] !== letter);
        expect(() => parseCursor(cursor.slice(0, at) + letter + cursor.slice(at + 1), shopId)).toThrow(CursorInvalid);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['nothing', () => ''],
    ['a bare number', () => '17'],
    ['one with a character more', (cursor: string) => `${cursor}A`],
    ['one with a character less', (cursor: string) => cursor.slice(1)],
    ['one with padding', (cursor: string) => `${cursor}=`],
    ['one with a space before it', (cursor: string) => ` ${cursor.slice(1)}`],
    ['one with a line end after it', (cursor: string) => `${cursor}\n`],
    ['one of a number that no log reaches', (_: string, shopId: string) => encodeCursor(shopId, 2n ** 63n)],
  ])('is refused when it is %s', (_, spoil) => {
    const shopId = randomUUID();
    expect(() => parseCursor(spoil(encodeCursor(shopId, 7n), shopId), shopId)).toThrow(CursorInvalid);
  });

  it('is refused when it is just some text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseCursor(text, randomUUID())).toThrow(CursorInvalid);
      }),
    );
  });

  it('is refused with a code, and with the field it came in', () => {
    expect(() => parseCursor('?', randomUUID(), ['before'])).toThrow(
      expect.objectContaining({ code: 'CURSOR_INVALID', field: ['before'] }),
    );
  });
});
