import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { parseIdempotencyKey } from '../../src/kernel/idempotency.ts';
import { parseText, refuseCardNumber } from '../../src/kernel/text.ts';
import { parseCallableAddress, parseWebAddress } from '../../src/kernel/web-address.ts';

const parsers: Record<string, (text: string) => string> = {
  'a line of text': (text) => parseText(text, ['customer', 'lastName'], { max: 300 }),
  'an address for browsers': (text) =>
    parseWebAddress(`https://shop.example/ok?note=${text.replaceAll(' ', '%20')}`, ['url']),
  'an address that we call': (text) =>
    parseCallableAddress(`https://shop.example/${text.replaceAll(' ', '+')}`, 'any', ['notificationUrl']),
  'a host that we call': (text) =>
    parseCallableAddress(`https://${text.replaceAll(' ', '-')}.example/`, 'public', ['notificationUrl']),
  'an idempotency key': (text) => parseIdempotencyKey(text),
};

describe.each(Object.entries(parsers))('%s', (_, parse) => {
  it.each(['4111111111111111', 'order 4111 1111 1111 1111'])('is refused with the card number %s in it', (text) => {
    expect(() => parse(text)).toThrow(InvalidInput);
    expect(() => parse(text)).toThrow(/looks like a card number; card numbers go only into the card form/);
    expect(() => parse(text)).not.toThrow(/4111/);
  });

  it('may hold an order number of many digits that is none', () => {
    expect(parse('order-4111111111111112')).toContain('order-4111111111111112');
  });
});

describe('A line of text', () => {
  it('is kept as it is', () => {
    expect(parseText(' Zażółć 📚 ', 'title', { max: 10 })).toBe(' Zażółć 📚 ');
    expect(parseText('', 'title', { max: 10, min: 0 })).toBe('');
  });

  it.each([
    ['too long', 'x'.repeat(11)],
    ['empty', ''],
    ['with a line break', 'a\nb'],
    ['with half a letter', '\ud800'],
  ])('is refused %s, naming the field', (_, text) => {
    expect(() => parseText(text, ['customer', 'lastName'], { max: 10 })).toThrow(
      expect.objectContaining({ field: ['customer', 'lastName'], message: expect.stringMatching(/^lastName /) }),
    );
  });
});

describe('A text of several lines', () => {
  it('is kept as it is', () => {
    expect(parseText('Dear bank,\n\nwe have moved.', 'text', { max: 30, lines: true })).toBe(
      'Dear bank,\n\nwe have moved.',
    );
  });

  it.each(['a\r\nb', 'a\tb', 'a\0b', '\ud800'])('is refused with other control characters: %j', (text) => {
    expect(() => parseText(text, 'text', { max: 10, lines: true })).toThrow(
      'text may hold no control characters but line breaks (\\n) and no broken letters.',
    );
  });
});

it('A text of several lines passes when it holds no card number, and names its field when it does', () => {
  expect(() => refuseCardNumber('two\nlines', ['description'])).not.toThrow();
  expect(() => refuseCardNumber(undefined, ['description'])).not.toThrow();
  expect(() => refuseCardNumber({ items: [{ card: 4111111111111111 }] }, ['documents'])).toThrow(/^documents looks/);
  expect(() => refuseCardNumber('one\n5555 5555 5555 4444', ['description'])).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', field: ['description'] }),
  );
});
