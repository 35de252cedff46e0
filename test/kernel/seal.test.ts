import { describe, expect, it } from 'vitest';
import { createSeal, deriveSecret, openIfOurs, secretCheck } from '../../src/kernel/seal.ts';

const seal = createSeal('a secret for tests only, long enough to be one');

describe('What is sealed', () => {
  it.each(['', 'a', 'ąż😀', 'x'.repeat(10_000)])('is read again by its owner: "%.20s"', (text) => {
    expect(seal.open(seal.close(text, 'shop-1'), 'shop-1')).toBe(text);
  });

  it('looks different each time and never shows the text', () => {
    const one = seal.close('a service key', 'shop-1');
    expect(one.equals(seal.close('a service key', 'shop-1'))).toBe(false);
    expect(one.includes('service')).toBe(false);
  });

  it('is not opened for another owner', () => {
    expect(() => seal.open(seal.close('text', 'shop-1'), 'shop-2')).toThrow();
  });

  it('is not opened with another secret', () => {
    const another = createSeal('another secret');
    expect(() => another.open(seal.close('text', 'shop-1'), 'shop-1')).toThrow();
    expect(openIfOurs(another, seal.close('text', 'shop-1'), 'shop-1')).toBeUndefined();
    expect(openIfOurs(seal, seal.close('text', 'shop-1'), 'shop-1')).toBe('text');
  });

  it('is not opened when a single bit was changed, wherever', () => {
    const sealed = seal.close('text', 'shop-1');
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = Buffer.from(sealed);
      changed[place] = (changed[place] as number) ^ 1;
      expect(() => seal.open(changed, 'shop-1')).toThrow();
    }
  });

  it('is not opened when it was cut, not even inside the proof of an empty text', () => {
    const sealed = seal.close('', 'shop-1');
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => seal.open(sealed.subarray(0, length), 'shop-1')).toThrow();
    }
  });
});

it('What is kept of a secret to compare others with is its own, and no part of what is made of it', () => {
  expect(secretCheck('root')).toEqual(secretCheck('root'));
  expect(secretCheck('root')).not.toEqual(secretCheck('other'));
  expect(secretCheck('root').toString('hex')).not.toBe(deriveSecret('root', 'secret check'));
});

describe('A secret for one purpose', () => {
  it('is always the same, and tells nothing about another', () => {
    expect(deriveSecret('root', 'sandbox')).toBe(deriveSecret('root', 'sandbox'));
    expect(deriveSecret('root', 'sandbox')).not.toBe(deriveSecret('root', 'pages'));
    expect(deriveSecret('root', 'sandbox')).not.toBe(deriveSecret('other', 'sandbox'));
    expect(deriveSecret('root', 'sandbox')).toMatch(/^[0-9a-f]{64}$/);
  });
});
