import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotFound } from '../../src/kernel/errors.ts';
import {
  isUuid,
  newId,
  newMerchantId,
  newShopId,
  parseId,
  parseMerchantId,
  withHyphens,
  withoutHyphens,
} from '../../src/kernel/ids.ts';

const moment = new Date('2026-03-02T10:00:00.123Z');

describe('The id of a row', () => {
  it('is a UUID of version 7 that begins with its millisecond', () => {
    const id = newId(moment);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(moment.getTime());
  });

  it('sorts by time', () => {
    const ids = [0, 1, 1_000, 86_400_000].map((ms) => newId(new Date(moment.getTime() + ms)));
    expect([...ids].sort()).toEqual(ids);
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newId(moment))).size).toBe(1_000);
  });
});

describe('Ids that clients of the form check', () => {
  it('are version 4 for shops', () => {
    expect(newShopId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('are 20 small letters and digits for merchants, and use all of them', () => {
    const ids = Array.from({ length: 200 }, newMerchantId);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{20}$/);
    expect(new Set(ids.join('')).size).toBe(36);
  });
});

describe('An id from outside', () => {
  const good = '0192f0c1-2b3d-7c4e-8f50-123456789abc';

  it('is taken in either case', () => {
    expect(parseId(good.toUpperCase(), 'payment')).toBe(good);
  });

  it.each([
    '',
    'abc',
    `${good} `,
    ` ${good}`,
    `{${good}}`,
    good.replaceAll('-', ''),
    good.replace('7c4e', '9c4e'),
    good.replace('8f50', 'cf50'),
    `${good}\n`,
    "' or 1=1 --",
  ])('is not found when it is "%s"', (text) => {
    expect(isUuid(text)).toBe(false);
    expect(() => parseId(text, 'payment', ['paymentId'])).toThrow(NotFound);
    expect(() => parseId(text, 'payment', ['paymentId'])).toThrow(/^No payment has this id/);
  });
});

describe('The id of a merchant from outside', () => {
  it('is taken as it is', () => {
    const id = newMerchantId();
    expect(parseMerchantId(id)).toBe(id);
  });

  it.each(['', 'a\0b', 'a'.repeat(19), 'a'.repeat(21), 'A'.repeat(20), `${'a'.repeat(20)}\n`])(
    'is not found when it is %j',
    (text) => {
      expect(() => parseMerchantId(text, ['id'])).toThrow(
        expect.objectContaining({
          code: 'NOT_FOUND',
          field: ['id'],
          message: expect.stringMatching(/^No merchant has/),
        }),
      );
    },
  );
});

describe('An id without hyphens', () => {
  it('has 32 characters, by which it is found again, however its letters are written', () => {
    fc.assert(
      fc.property(fc.uuid({ version: [4, 7] }), (id) => {
        const digits = withoutHyphens(id);
        expect(digits).toMatch(/^[0-9a-f]{32}$/);
        expect([withHyphens(digits), withHyphens(digits.toUpperCase())]).toEqual([id, id]);
      }),
    );
  });

  it.each(['', 'NOTPROVIDED', '019ac0de-5f3a-7c11-9f3e-2d1f6b7a8c90', 'g'.repeat(32), '0'.repeat(32), 'a'.repeat(33)])(
    'is not %j',
    (text) => expect(withHyphens(text)).toBeUndefined(),
  );
});
