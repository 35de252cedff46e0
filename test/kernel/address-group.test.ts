import { describe, expect, it } from 'vitest';
import { addressGroup } from '../../src/kernel/address-group.ts';

describe('Addresses that count as one', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', undefined],
    ['192.0.2.1.evil.example', undefined],
    ['', undefined],
  ])('%s is of the group %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
