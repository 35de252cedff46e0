import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formLimits, parseForm } from '../../../src/imoje/form/parse-form.ts';
import { InvalidInput } from '../../../src/kernel/errors.ts';
import { canonicalForm } from '../../../src/kernel/signature.ts';

/** As plain objects, to compare by content. */
const read = (raw: string | Buffer): unknown => JSON.parse(JSON.stringify(parseForm(raw)));

describe('reading a form', () => {
  test.each<[string, string, unknown]>([
    ['spaces written both ways', 'a=1+2&b=1%202&c=1%2B2', { a: '1 2', b: '1 2', c: '1+2' }],
    ['escaped and raw UTF-8', 'a=Zam%C3%B3wienie&%C5%82=ż', { a: 'Zamówienie', ł: 'ż' }],
    ['a byte order mark, which is signed too', 'a=%EF%BB%BFx', { a: '\ufeffx' }],
    ['empty values and names without a value', 'a=&b&&c=1&', { a: '', b: '', c: '1' }],
    ['an equals sign inside a value', 'a=b=c', { a: 'b=c' }],
    ['of equal names the last', 'a=1&a=2&b[c]=1&b[c]=2', { a: '2', b: { c: '2' } }],
    ['a group after a value of the same name', 'a=1&a[b]=2', { a: { b: '2' } }],
    ['a value after a group of the same name', 'a[b]=2&a=1', { a: '1' }],
    ['brackets escaped or not', 'billing[city]=A&billing%5Bstreet%5D=B', { billing: { city: 'A', street: 'B' } }],
    [
      'lists of groups',
      'm[0][ban]=1&m[10][ban]=2&m[0][amount]=3',
      { m: { 0: { ban: '1', amount: '3' }, 10: { ban: '2' } } },
    ],
    ['empty brackets as the next number', 'a[]=x&a[]=y&a[7]=z&a[]=w', { a: { 0: 'x', 1: 'y', 7: 'z', 8: 'w' } }],
    ['empty brackets before a name', 'a[][b]=x&a[][b]=y', { a: { 0: { b: 'x' }, 1: { b: 'y' } } }],
    ['dots and spaces in names, unlike PHP', 'a.b=1&c+d=2', { 'a.b': '1', 'c d': '2' }],
    [
      'brackets that do not match up as plain names',
      'a[b=1&a]b=2&[c]=3&a[b]c=4',
      { 'a[b': '1', 'a]b': '2', '[c]': '3', 'a[b]c': '4' },
    ],
    ['nothing', '', {}],
  ])('takes %s', (_, raw, expected) => {
    expect(read(raw)).toEqual(expected);
    expect(read(Buffer.from(raw))).toEqual(expected);
  });

  test('takes names that mean something to every object as plain names', () => {
    const fields = parseForm('__proto__[admin]=1&constructor[prototype][admin]=2&a[__proto__]=3&toString=4');
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor', 'a', 'toString']);
    expect(canonicalForm(fields)).toBe('__proto__[admin]=1&a[__proto__]=3&constructor[prototype][admin]=2&toString=4');
    expect(({} as { admin?: string }).admin).toBeUndefined();
    expect(parseForm('a=1').toString).toBeUndefined();
  });

  test.each([
    ['a lone percent sign', 'a=100%', /%25/],
    ['half an escape', 'a=%4', /%25/],
    ['an escape that is no number', '%zz=1', /%25/],
    ['bytes that are no UTF-8', 'a=%FF', /UTF-8/],
    ['an overlong encoding', 'a=%C0%AF', /UTF-8/],
    ['an encoded surrogate', 'a=%ED%A0%80', /UTF-8/],
    ['half a surrogate pair', 'a=\ud800', /UTF-8/],
    ['a name that would write two fields into the signed text', 'x%26amount=1', /& or =/],
    ['a name with an equals sign', 'x%3D1=1', /& or =/],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parseForm(raw)).toThrow(InvalidInput);
    expect(() => parseForm(raw)).toThrow(message);
  });

  test('refuses raw bytes that are no UTF-8', () => {
    expect(() => parseForm(Buffer.from([0x61, 0x3d, 0xb3]))).toThrow(/UTF-8/);
  });

  test.each([
    ['number of fields', (n: number) => 'a=1&'.repeat(n), formLimits.fields],
    ['length of a name', (n: number) => 'a'.repeat(n), formLimits.nameLength],
    ['levels of brackets', (n: number) => `a${'[b]'.repeat(n - 1)}=1`, formLimits.levels],
    ['size', (n: number) => `a=${'x'.repeat(n - 2)}`, formLimits.bytes],
  ])('takes a form at the limit of its %s and refuses one above', (_, make, limit) => {
    expect(() => parseForm(make(limit))).not.toThrow();
    expect(() => parseForm(make(limit + 1))).toThrow(InvalidInput);
  });

  test('gives back what a browser encoded, whatever it was', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z.\u0105 ]{1,8}$/), fc.string({ unit: 'grapheme' })), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(pairs, (sent) => {
        expect(Object.entries(parseForm(new URLSearchParams(sent).toString()))).toEqual(sent);
        expect(Object.entries(parseForm(sent.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')))).toEqual(
          sent,
        );
      }),
    );
  });

  test('answers any bytes with fields or a refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.stringMatching(/^[a[\]=&%+0-9Ff_]*$/)), (raw) => {
        try {
          canonicalForm(parseForm(typeof raw === 'string' ? raw : Buffer.from(raw)));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
        }
      }),
    );
  });
});
