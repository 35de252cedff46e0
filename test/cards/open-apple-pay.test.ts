import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOf, privateKeyOf, publicKeyOf, sharedSecret } from '../../src/cards/agree-on-key.ts';
import { deriveAppleKey } from '../../src/cards/derive-apple-key.ts';
import { decryptApplePay, openApplePay } from '../../src/cards/open-apple-pay.ts';
import { sandboxApplePay } from '../../src/cards/sandbox-keys.ts';
import { sealApplePay } from '../../src/cards/seal-apple-pay.ts';
import { makeApplePay, readApplePay } from './by-web-crypto.ts';
import { galaToken } from './published-tokens.ts';

const invalid = { problem: 'TOKEN_INVALID' };
const payload = {
  ...{ applicationPrimaryAccountNumber: '4111111111111111', applicationExpirationDate: '291231', currencyCode: '985' },
  ...{ transactionAmount: 1234, deviceManufacturerIdentifier: '040010030273', paymentDataType: '3DSecure' },
  paymentData: { onlinePaymentCryptogram: 'AMwBRjPWDnAgAA7Rls7mAoABFA==' },
};
const opened = {
  data: { number: '4111111111111111', brand: 'VISA', expiry: { month: 12, year: 2029 } },
  merchantId: undefined,
};

const anotherKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    .privateKey.export({ format: 'der', type: 'pkcs8' })
    .toString('base64');

const { merchantIdentifier, privateKey: recipient } = sandboxApplePay;
const make = (changes: Partial<Parameters<typeof makeApplePay>[0]> = {}) =>
  makeApplePay({ payload, merchantIdentifier, recipient, ...changes });
const open = (token: unknown) =>
  openApplePay(typeof token === 'string' ? token : JSON.stringify(token), [sandboxApplePay]);

describe('A token that Apple made for a test merchant, and which he has published', () => {
  it('gives the shared secret and the key that are written down for it', () => {
    const ephemeral = publicKeyOf(galaToken.token.header.ephemeralPublicKey);
    if (!ephemeral) throw new Error('The published key is none.');
    const secret = sharedSecret(privateKeyOf(galaToken.privateKey), ephemeral);
    expect(secret.toString('base64')).toBe(galaToken.sharedSecret);
    const key = deriveAppleKey(bytesOf(galaToken.sharedSecret), galaToken.merchantIdentifier);
    expect(key.toString('base64')).toBe(galaToken.symmetricKey);
  });

  it('opens, when the key is among others', () => {
    const token = JSON.stringify(galaToken.token);
    const keys = [sandboxApplePay, galaToken];
    expect(JSON.parse(decryptApplePay(token, keys) ?? '')).toEqual({
      ...galaToken.payload,
      applicationPrimaryAccountNumber: expect.stringMatching(/1169$/),
    });
    expect(openApplePay(token, keys)).toMatchObject({
      data: { number: expect.stringMatching(/^\d{12}1169$/), brand: 'MASTERCARD', expiry: { month: 9, year: 2024 } },
    });
  });

  it.each([
    ['with other keys', [sandboxApplePay]],
    ['with none', []],
    ['under another merchant identifier', [{ ...galaToken, merchantIdentifier: 'merchant.other' }]],
  ])('does not open %s', (_, keys) => {
    expect(openApplePay(JSON.stringify(galaToken.token), keys)).toEqual(invalid);
  });
});

describe('A token', () => {
  it('that others made gives its card', async () => {
    expect(open(await make())).toEqual(opened);
  });

  it('that the sandbox made is one that others open', async () => {
    const expiry = { month: 2, year: 2028 };
    const token = sealApplePay({ number: '5555555555554444', expiry, amount: 1234n, currencyCode: '985' });
    expect(await readApplePay(token, sandboxApplePay)).toMatchObject({
      ...{ applicationPrimaryAccountNumber: '5555555555554444', applicationExpirationDate: '280229' },
      ...{ currencyCode: '985', transactionAmount: 1234, paymentDataType: '3DSecure' },
    });
    expect(open(token)).toMatchObject({ data: { number: '5555555555554444', brand: 'MASTERCARD', expiry } });
  });

  it.each([
    ['encrypted for another certificate', { recipient: anotherKey() }],
    ['encrypted for another merchant', { merchantIdentifier: 'merchant.other' }],
    ['without a card', { payload: {} }],
    ['whose month is none', { payload: { ...payload, applicationExpirationDate: '291301' } }],
    ['whose number fails Luhn', { payload: { ...payload, applicationPrimaryAccountNumber: '4111111111111112' } }],
    ['whose number is none', { payload: { ...payload, applicationPrimaryAccountNumber: 'x' } }],
  ])('is not taken %s', async (_, changes) => {
    expect(open(await make(changes))).toEqual(invalid);
  });

  it('is not taken of a brand that we do not take', async () => {
    expect(open(await make({ payload: { ...payload, applicationPrimaryAccountNumber: '378282246310005' } }))).toEqual({
      problem: 'BRAND_NOT_TAKEN',
    });
  });

  it('is not taken when its data, its tag or a key in its header was changed', async () => {
    const token = await make();
    const data = token.data as string;
    const other = (await make()).header.ephemeralPublicKey as string;
    const bytes = Buffer.from(data, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    for (const changed of [
      { ...token, data: `${data.startsWith('A') ? 'B' : 'A'}${data.slice(1)}` },
      { ...token, data: bytes.toString('base64') },
      { ...token, data: bytes.subarray(0, 15).toString('base64') },
      { ...token, header: { ...token.header, ephemeralPublicKey: other } },
      { ...token, header: { ...token.header, publicKeyHash: galaToken.token.header.publicKeyHash } },
    ]) {
      expect(open(changed)).toEqual(invalid);
    }
  });

  type Made = Awaited<ReturnType<typeof make>>;
  it.each<[string, (token: Made) => object]>([
    ['of version RSA_v1', (token) => ({ ...token, version: 'RSA_v1' })],
    ['without a signature', ({ signature: _, ...token }) => token],
    ['with an empty signature', (token) => ({ ...token, signature: '' })],
    ['without a header', ({ header: _, ...token }) => token],
    ['without data', ({ data: _, ...token }) => token],
    ['without a transaction', (token) => ({ ...token, header: { ...token.header, transactionId: '1' } })],
    [
      'whose key is on another curve',
      (token) => ({ ...token, header: { ...token.header, ephemeralPublicKey: otherCurve() } }),
    ],
    [
      'whose point is not on the curve',
      (token) => ({ ...token, header: { ...token.header, ephemeralPublicKey: offCurve() } }),
    ],
  ])('is not taken %s', async (_, changed) => {
    expect(open(changed(await make()))).toEqual(invalid);
  });

  it.each(['', '{', 'null', '[]', '"x"'])('is not %j', (token) => {
    expect(open(token)).toEqual(invalid);
  });
});

/** A public key on another curve. */
function otherCurve(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  return publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
}

/** A SubjectPublicKeyInfo of P-256 whose point does not lie on it. */
function offCurve(): string {
  const spki = Buffer.from(galaToken.token.header.ephemeralPublicKey, 'base64');
  spki[spki.length - 1] = (spki.at(-1) as number) ^ 1;
  return spki.toString('base64');
}
