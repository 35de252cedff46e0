import { expect, test } from 'vitest';
import { formFingerprint } from '../../../src/imoje/form/form-fingerprint.ts';

const form = { serviceId: 's1', amount: '100', orderId: '7' };

test('the same form has the same fingerprint, however it was signed and ordered', () => {
  const again = { orderId: '7', amount: '100', signature: 'ab;sha512', serviceId: 's1' };
  expect(formFingerprint({ ...form, signature: 'cd;sha256' })).toBe(formFingerprint(again));
  expect(formFingerprint(form)).toMatch(/^[0-9a-f]{64}$/);
});

test('another amount, shop or field has another fingerprint', () => {
  const all = [form, { ...form, amount: '101' }, { ...form, serviceId: 's2' }, { ...form, version: '1' }];
  expect(new Set(all.map(formFingerprint)).size).toBe(4);
});
