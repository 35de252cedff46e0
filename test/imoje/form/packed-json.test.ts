import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackJson } from '../../../src/imoje/form/packed-json.ts';
import { packed, packedText } from './good-form.ts';

const nestedTo = (levels: number): unknown => (levels === 0 ? 1 : { a: nestedTo(levels - 1) });
const ofSize = (bytes: number) => JSON.stringify({ a: 'x'.repeat(bytes - 8) });

test('a JSON object comes back as it was packed, with or without padding', () => {
  const invoice = { buyer: { type: 'PERSON', fullName: 'Łucja' }, positions: [{ name: 'Książka', grossAmount: 1234 }] };
  expect(unpackJson(packed(invoice))).toEqual(invoice);
  expect(unpackJson(packed(invoice).replace(/=+$/, ''))).toEqual(invoice);
  const inLines = packed(invoice).replaceAll(/.{1,76}/g, (line) => `${line}\r\n`);
  expect([inLines.includes('\r\n'), unpackJson(inLines)]).toEqual([true, invoice]);
  expect(unpackJson(packed(nestedTo(20)))).toEqual(nestedTo(20));
});

test('256 KiB unpack, one byte more does not, and a bomb of 1 GiB stops early', () => {
  expect(unpackJson(packedText(ofSize(262_144)))).toBeDefined();
  expect(unpackJson(packedText(ofSize(262_145)))).toBeUndefined();
  const mebibyte = gzipSync(Buffer.alloc(1024 * 1024, ' '));
  const bomb = Buffer.concat(Array.from({ length: 1024 }, () => mebibyte)).toString('base64');
  const heapBefore = process.memoryUsage().arrayBuffers;
  expect(unpackJson(bomb)).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - heapBefore).toBeLessThan(32 * 1024 * 1024);
});

test.each([
  ['an empty text', ''],
  ['no base64', '{"a":1}'],
  ['base64 for addresses', packed({ a: 'ÿÿÿþþþ???>>>' }).replace(/.$/, '_')],
  ['a plus sign that became a space', `${packed({}).slice(0, 4)} ${packed({}).slice(5)}`],
  ['base64 of plain JSON', Buffer.from('{}').toString('base64')],
  ['zlib instead of gzip', deflateSync('{}').toString('base64')],
  ['a cut-off package', packed({ a: 'some text' }).slice(0, 24)],
  ['no JSON', packedText('{a:1}')],
  ['JSON that is not UTF-8', packedText(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
  ['a list', packed([{}])],
  ['null', packed(null)],
  ['a number', packed(1)],
  ['21 levels', packed(nestedTo(21))],
  ['100,000 levels', packedText(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ['U+0000 in a value', packed({ a: ['\0'] })],
  ['U+0000 in a name', packed({ 'a\0': 1 })],
  ['half a surrogate pair', packedText('{"a":"\\ud800"}')],
])('refuses %s', (_, text) => {
  expect(unpackJson(text)).toBeUndefined();
});
