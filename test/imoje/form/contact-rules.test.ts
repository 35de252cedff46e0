import { describe, expect, test } from 'vitest';
import { isEmail, isWebAddress } from '../../../src/imoje/form/contact-rules.ts';

describe('an e-mail address', () => {
  test.each([
    'jan@example.com',
    'jan.kowalski+shop@mail.example.co.uk',
    "o'neil_1=x!#$%&*/?^`{|}~-@example.com",
    'łucja@przykład.pl',
    '用户@例子.中国',
    'JAN@EXAMPLE.COM',
    'a@1.example.com',
    'a@xn--przykad-rjb.pl',
    `${'x'.repeat(64)}@${'y'.repeat(63)}.${'z'.repeat(63)}.pl`,
  ])('may be %s', (text) => {
    expect(isEmail(text)).toBe(true);
  });

  test.each([
    '',
    'jan',
    '@example.com',
    'jan@',
    'jan@localhost',
    'jan@example',
    'jan@@example.com',
    'jan@a@example.com',
    'jan kowalski@example.com',
    'jan@exa mple.com',
    'jan@example.com ',
    'jan@example.com\n',
    'jan@example.com\r\nBcc: x@example.com',
    'Jan <jan@example.com>',
    'jan@example.com,x@example.com',
    '.jan@example.com',
    'jan.@example.com',
    'j..an@example.com',
    'jan@.example.com',
    'jan@example.com.',
    'jan@exam..ple.com',
    'jan@-example.com',
    'jan@example-.com',
    'jan@exam_ple.com',
    'jan@1.2.3.4',
    'jan@[1.2.3.4]',
    'jan@ex%61mple.com',
    'jan\u202e@example.com',
    'jan\u200b@example.com',
    'jan\ufffd@example.com',
    'jan\u00a0@example.com',
    `${'x'.repeat(65)}@example.com`,
    `jan@${'y'.repeat(64)}.com`,
    `${'x'.repeat(64)}@${'y'.repeat(63)}.${'z'.repeat(63)}.example.com`,
  ])('may not be %j', (text) => {
    expect(isEmail(text)).toBe(false);
  });
});

describe('a web address', () => {
  test.each([
    'https://shop.example',
    'http://shop.example/',
    'HTTPS://SHOP.EXAMPLE/A',
    'http://localhost:8080/ok',
    'https://shop.example/ok?a=1&b=%C5%82#part',
    'https://shop.example?to=a@b.example',
    'https://shop.example/@jan/{id}|x',
    'https://[2001:db8::1]:8443/',
    'https://xn--przykad-rjb.pl/',
    `https://shop.example/${'x'.repeat(279)}`,
  ])('may be %s', (text) => {
    expect(isWebAddress(text)).toBe(true);
  });

  test.each([
    '',
    'shop.example',
    '/ok',
    '//shop.example/',
    'ftp://shop.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'https:shop.example',
    'https:/shop.example',
    'https://',
    'https:///ok',
    'https://?a',
    'https://:443/',
    'https://shop.example./',
    'https://shop.example%2e/',
    'https://shop.example.:443/',
    'https://jan:secret@shop.example/',
    'https://jan@shop.example/',
    'https://@shop.example/',
    'https://shop.example\\@evil.example/',
    'https://shop.example/a\\b',
    'https://shop.example/a b',
    ' https://shop.example/',
    'https://shop.example/\n',
    'https://shop.example/\r\nSet-Cookie: a=b',
    'https://sh\top.example/',
    'https://shop.example/"><script>',
    'https://shop.example/ż',
    'https://sklep-żółw.pl/',
    'https://shop.example:99999/',
    'https://256.1.1.1/',
    'https://[::1/',
    `https://shop.example/${'x'.repeat(280)}`,
  ])('may not be %j', (text) => {
    expect(isWebAddress(text)).toBe(false);
  });
});
