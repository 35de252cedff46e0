import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../src/http/client-address.ts';

const proxies = ['10.0.0.0/8', '::1', '192.0.2.7'];

describe('clientAddress', () => {
  it('is the other end of the connection when that is no proxy of ours, whatever it says', () => {
    expect(clientAddress('203.0.113.9', '198.51.100.1', proxies)).toBe('203.0.113.9');
    expect(clientAddress('10.1.2.3', '198.51.100.1', [])).toBe('10.1.2.3');
  });

  it('is the rightmost address that is none of our proxies', () => {
    expect(clientAddress('10.1.2.3', '1.1.1.1, 198.51.100.1, 10.9.9.9', proxies)).toBe('198.51.100.1');
    expect(clientAddress('::1', '198.51.100.1,192.0.2.7', proxies)).toBe('198.51.100.1');
  });

  it('is the leftmost one when all are our proxies', () => {
    expect(clientAddress('::1', '10.0.0.1, 10.0.0.2', proxies)).toBe('10.0.0.1');
  });

  it('stops at what is no address, since nobody knows who wrote what stands left of it', () => {
    expect(clientAddress('10.1.2.3', '198.51.100.1, unknown, 10.9.9.9', proxies)).toBe('10.9.9.9');
    expect(clientAddress('10.1.2.3', '', proxies)).toBe('10.1.2.3');
  });

  it('knows an IPv4 address inside IPv6, and takes ports off', () => {
    expect(clientAddress('::ffff:10.1.2.3', '198.51.100.1:4711', proxies)).toBe('198.51.100.1');
    expect(clientAddress('::1', '[2001:db8::1]:4711', proxies)).toBe('2001:db8::1');
  });

  it('trusts nobody because of a range that is none', () => {
    expect(clientAddress('10.1.2.3', '198.51.100.1', ['10.0.0.0/99', 'proxy.example'])).toBe('10.1.2.3');
  });

  it('is unknown without a connection', () => {
    expect(clientAddress(undefined, '198.51.100.1', proxies)).toBe('unknown');
  });
});
