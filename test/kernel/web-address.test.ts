import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { isPublicIp, parseCallableAddress, parseWebAddress } from '../../src/kernel/web-address.ts';

const field = ['notificationUrl'];

describe('A web address', () => {
  it.each([
    'https://shop.example',
    'http://shop.example/path?query=1#part',
    'HTTPS://SHOP.EXAMPLE/Path',
    'https://shop.example:8443/',
    'http://localhost:3000/ok',
    'http://127.0.0.1/',
    'http://[::1]:8080/',
    'https://zażółć.example/gęśl',
    'https://shop.example/%20a',
    `https://shop.example/${'x'.repeat(279)}`,
  ])('may be %s, and is kept as it is', (text) => {
    expect(parseWebAddress(text, field)).toBe(text);
  });

  it.each([
    ['empty', ''],
    ['without a scheme', 'shop.example/path'],
    ['relative', '/path'],
    ['for another scheme', 'ftp://shop.example/'],
    ['a script', 'javascript:alert(1)'],
    ['a script behind a space', ' javascript:alert(1)'],
    ['data', 'data:text/html,hello'],
    ['without a host', 'https://'],
    ['without slashes', 'https:shop.example'],
    ['with one slash', 'https:/shop.example'],
    ['with a dot at the end of the host', 'https://shop.example./path'],
    ['with a user', 'https://user@shop.example/'],
    ['with a user and a password', 'https://user:password@shop.example/'],
    ['with a password alone', 'https://:password@shop.example/'],
    ['with a space', 'https://shop.example/a b'],
    ['with a space at its end', 'https://shop.example/ '],
    ['with a line break', 'https://shop.example/a\nb'],
    ['with a tabulator', 'https://shop\t.example/'],
    ['with a zero character', 'https://shop.example/\0'],
    ['with a backslash', 'https:\\\\shop.example\\'],
    ['with a bad port', 'https://shop.example:99999/'],
    ['with a bad host', 'https://shop..example:x/'],
    ['longer than 300 characters', `https://shop.example/${'x'.repeat(280)}`],
  ])('may not be %s', (_, text) => {
    expect(() => parseWebAddress(text, field)).toThrow(InvalidInput);
    expect(() => parseWebAddress(text, field)).toThrow(/^notificationUrl /);
  });
});

describe('An address that production calls', () => {
  it.each([
    'https://shop.example/notify',
    'http://shop.example:80/',
    'https://shop.example:443/',
    'http://8.8.8.8/',
    'https://[2a00:1450:4001::1]/',
    'https://localhost.example/',
    'https://10.example/',
  ])('may be %s', (text) => {
    expect(parseCallableAddress(text, 'public', field)).toBe(text);
  });

  it.each([
    'http://localhost/',
    'http://LOCALHOST/',
    'http://localhost:80/',
    'http://a.localhost/',
    'http://%6c%6fcalhost/',
    'http://ｌocalhost/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.1/',
    'http://127.255.255.254/',
    'http://127.0.0.1./',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://127.0.0.0x1/',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
    'http://0/',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[::7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[2002:7f00:1::]/',
  ])('is not this machine, even written %s', (text) => {
    expect(() => parseCallableAddress(text, 'public', field)).toThrow(InvalidInput);
  });

  it.each([
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    'http://192.0.2.1/',
    'http://224.0.0.1/',
    'http://240.0.0.1/',
    'http://255.255.255.255/',
    'http://[fc00::1]/',
    'http://[fd12:3456::1]/',
    'http://[fe80::1]/',
    'http://[ff02::1]/',
    'http://[2001:db8::1]/',
    'http://[::ffff:192.168.1.1]/',
    'http://printer/',
    'http://printer.local/',
    'http://metadata.internal/',
    'https://shop.example:8443/',
    'http://shop.example:443/',
    'https://8.8.8.8:22/',
  ])('is no inner network and no other port: %s', (text) => {
    expect(() => parseCallableAddress(text, 'public', field)).toThrow(InvalidInput);
  });

  it.each(['http://localhost:3000/notify', 'http://10.0.0.1:8080/'])('may be %s in the sandbox', (text) => {
    expect(parseCallableAddress(text, 'any', field)).toBe(text);
  });

  it('must be a web address in the sandbox too', () => {
    expect(() => parseCallableAddress('file:///etc/passwd', 'any', field)).toThrow(InvalidInput);
  });
});

describe('A public IP address', () => {
  it.each(['8.8.8.8', '2a00:1450:4001::1', '::ffff:8.8.8.8'])('is %s', (address) => {
    expect(isPublicIp(address)).toBe(true);
  });

  it.each(['', 'shop.example', '127.0.0.1', '::1', '10.1.2.3', '64:ff9b::1'])('is not "%s"', (address) => {
    expect(isPublicIp(address)).toBe(false);
  });
});
