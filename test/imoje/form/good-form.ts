import { gzipSync } from 'node:zlib';
import type { FormProblem } from '../../../src/imoje/errors.ts';
import { FormInvalid } from '../../../src/imoje/errors.ts';
import { readPaymentForm } from '../../../src/imoje/form/form-fields.ts';
import type { FormFields } from '../../../src/kernel/signature.ts';

/** A form with the required fields only. */
export const goodForm: FormFields = {
  serviceId: '11111111-2222-4333-8444-555555555555',
  merchantId: 'merch000000000000001',
  amount: '1234',
  currency: 'PLN',
  orderId: 'ORD/2026-0001',
  customerFirstName: 'Łucja',
  customerLastName: 'Nowak-Żak',
  signature: 'ab;sha256',
};

/** What readPaymentForm finds wrong with the good form after these changes; empty when nothing is. */
export function problemsWith(changes: FormFields): readonly FormProblem[] {
  try {
    readPaymentForm({ ...goodForm, ...changes });
    return [];
  } catch (error) {
    if (error instanceof FormInvalid) return error.problems;
    throw error;
  }
}

/** Packs a value as shops pack `invoice`, `cart` and `cartData`. */
export function packed(value: unknown): string {
  return packedText(JSON.stringify(value));
}

/** Packs a text as shops pack JSON. */
export function packedText(text: string | Buffer): string {
  return gzipSync(text, { level: 5 }).toString('base64');
}
