import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { privateKeyOf, publicKeyOfPoint, spkiOf } from '../../src/cards/agree-on-key.ts';
import { deriveGoogleKeys } from '../../src/cards/derive-google-keys.ts';
import { decryptGooglePay, type GooglePayKeys, openGooglePay } from '../../src/cards/open-google-pay.ts';
import { sandboxGooglePay, sandboxPrivateKeys } from '../../src/cards/sandbox-keys.ts';
import { sealGooglePay } from '../../src/cards/seal-google-pay.ts';
import { type GoogleParts, makeGooglePay, readGooglePay } from './by-web-crypto.ts';
import { tinkEcv1, tinkEcv2, tinkOtherPrivateKey, tinkPrivateKey } from './published-tokens.ts';

const now = new Date('2026-03-02T10:00:00.000Z');
const later = new Date(now.getTime() + 60_000);
const merchantId = 'merch000000000000001';
const invalid = { problem: 'TOKEN_INVALID' };
const expired = { problem: 'TOKEN_EXPIRED' };

const details = { pan: '4111111111111111', expirationMonth: 12, expirationYear: 2029, authMethod: 'PAN_ONLY' };
const payload = {
  gatewayMerchantId: merchantId,
  messageExpiration: String(later.getTime()),
  messageId: 'some id',
  paymentMethod: 'CARD',
  paymentMethodDetails: details,
};
const parts: GoogleParts = {
  ...{ version: 'ECv2', payload, recipientId: 'gateway:bramka', keyExpiration: String(later.getTime()) },
  root: sandboxPrivateKeys.googleRoot,
  intermediate: sandboxPrivateKeys.googleIntermediate,
  recipient: sandboxPrivateKeys.googlePay,
};
const opened = {
  data: { number: '4111111111111111', brand: 'VISA', expiry: { month: 12, year: 2029 } },
  merchantId,
};

const anotherKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    .privateKey.export({ format: 'der', type: 'pkcs8' })
    .toString('base64');

const open = (token: unknown, keys: GooglePayKeys = sandboxGooglePay, at = now) =>
  openGooglePay(typeof token === 'string' ? token : JSON.stringify(token), keys, at);
const make = (changes: Partial<GoogleParts> = {}) => makeGooglePay({ ...parts, ...changes });

describe('A token that Google has published for tests', () => {
  const ecv1Keys: GooglePayKeys = {
    recipientId: tinkEcv1.recipientId,
    rootKeys: [{ keyValue: tinkEcv1.rootKey, protocolVersion: 'ECv1' }],
    privateKeys: [tinkOtherPrivateKey, tinkPrivateKey],
  };
  const { rootKey: keyValue, rootKeyExpiration: keyExpiration } = tinkEcv2;
  const ecv2Keys: GooglePayKeys = {
    recipientId: tinkEcv2.recipientId,
    rootKeys: [{ keyValue, protocolVersion: 'ECv2', keyExpiration }],
    privateKeys: [tinkPrivateKey, tinkOtherPrivateKey],
  };

  it('opens in ECv1, with the keys that are written down for it', () => {
    expect(decryptGooglePay(JSON.stringify(tinkEcv1.token), ecv1Keys, now)).toEqual({ text: 'plaintext' });
    const { ephemeralPublicKey } = JSON.parse(tinkEcv1.token.signedMessage) as { ephemeralPublicKey: string };
    const ephemeral = publicKeyOfPoint(ephemeralPublicKey);
    if (!ephemeral) throw new Error('The published point is none.');
    const pair = { privateKey: privateKeyOf(tinkPrivateKey), publicKey: ephemeral };
    const { encryption, mac } = deriveGoogleKeys('ECv1', pair, ephemeral);
    expect([encryption.toString('hex'), mac.toString('hex')]).toEqual([tinkEcv1.encryptionKey, tinkEcv1.macKey]);
  });

  it('opens in ECv2, as long as its intermediate key is good', () => {
    const token = JSON.stringify(tinkEcv2.token);
    expect(decryptGooglePay(token, ecv2Keys, tinkEcv2.now)).toEqual({ text: 'plaintext' });
    expect(decryptGooglePay(token, ecv2Keys, new Date(1542394027316 - 1))).toEqual({ text: 'plaintext' });
    expect(decryptGooglePay(token, ecv2Keys, new Date(1542394027316))).toEqual(expired);
  });

  it.each([
    ['for another recipient', { ...ecv2Keys, recipientId: 'gateway:bramka' }],
    ['without its private key', { ...ecv2Keys, privateKeys: [tinkOtherPrivateKey] }],
    ['without a root key', { ...ecv2Keys, rootKeys: [] }],
    [
      'with the root key of the other version',
      { ...ecv2Keys, rootKeys: [{ keyValue, protocolVersion: 'ECv1' as const }] },
    ],
    [
      'with another root key',
      { ...ecv2Keys, rootKeys: [{ keyValue: tinkEcv1.rootKey, protocolVersion: 'ECv2' as const }] },
    ],
    [
      'with a root key that has expired',
      {
        ...{ ...ecv2Keys, rootKeys: [{ keyValue, protocolVersion: 'ECv2' as const, keyExpiration: '1542319793000' }] },
      },
    ],
  ])('does not open %s', (_, keys) => {
    expect(decryptGooglePay(JSON.stringify(tinkEcv2.token), keys, tinkEcv2.now)).toEqual(invalid);
  });
});

describe.each(['ECv1', 'ECv2'] as const)('A token of %s', (version) => {
  it('that others made gives its card and the merchant', async () => {
    expect(open(await make({ version }))).toEqual(opened);
  });

  it('that the sandbox made is one that others open', async () => {
    const expiry = { month: 1, year: 2030 };
    const wish = { number: '5555555555554444', expiry, merchantId, expiresAt: later };
    const token = sealGooglePay(wish, version);
    expect(await readGooglePay(token, sandboxPrivateKeys.googlePay)).toEqual({
      ...{ gatewayMerchantId: merchantId, messageExpiration: String(later.getTime()), messageId: expect.any(String) },
      paymentMethod: 'CARD',
      paymentMethodDetails: {
        ...{ pan: '5555555555554444', expirationMonth: 1, expirationYear: 2030, authMethod: 'PAN_ONLY' },
      },
    });
    expect(open(token)).toEqual({ data: { number: wish.number, brand: 'MASTERCARD', expiry }, merchantId });
    expect(sealGooglePay(wish, version)).not.toBe(token);
  });

  it('is good until it expires', async () => {
    const token = await make({ version });
    expect(open(token, sandboxGooglePay, new Date(later.getTime() - 1))).toEqual(opened);
    expect(open(token, sandboxGooglePay, later)).toEqual(expired);
  });

  it.each([
    ['signed by somebody else', { root: anotherKey(), intermediate: anotherKey() }],
    ['for another gateway', { recipientId: 'gateway:other' }],
    ['encrypted for somebody else', { recipient: anotherKey() }],
    ['whose message is no JSON', { payload: 'plaintext' }],
    ['without a card', { payload: { ...payload, paymentMethodDetails: {} } }],
    ['without an expiry', { payload: { ...payload, messageExpiration: undefined } }],
    ['whose expiry is no number', { payload: { ...payload, messageExpiration: 'never' } }],
    ['for no merchant', { payload: { ...payload, gatewayMerchantId: undefined } }],
    ['of no card', { payload: { ...payload, paymentMethod: 'BANK' } }],
    [
      'whose number fails Luhn',
      { payload: { ...payload, paymentMethodDetails: { ...details, pan: '4111111111111112' } } },
    ],
    ['whose month is none', { payload: { ...payload, paymentMethodDetails: { ...details, expirationMonth: 13 } } }],
  ])('is not taken %s', async (_, changes) => {
    expect(open(await make({ version, ...changes }))).toEqual(invalid);
  });

  it('is not taken of a brand that we do not take', async () => {
    const paymentMethodDetails = { ...details, pan: '378282246310005' };
    expect(open(await make({ version, payload: { ...payload, paymentMethodDetails } }))).toEqual({
      problem: 'BRAND_NOT_TAKEN',
    });
  });

  it('is not taken when any part of it was changed', async () => {
    const token = await make({ version });
    for (const path of pathsOf(token)) {
      const changed = structuredClone(token);
      change(changed, path);
      expect(open(changed), path.join('.')).toEqual(invalid);
    }
  });

  it('is not taken when any byte inside its message was changed, even if it is signed anew', async () => {
    const message = JSON.parse((await make({ version })).signedMessage as string) as Record<string, string>;
    expect(Object.keys(message)).toEqual(['encryptedMessage', 'ephemeralPublicKey', 'tag']);
    for (const part of Object.keys(message)) {
      const signed = await make({ version, replace: { ...message, [part]: flip(message[part] as string) } });
      expect(open(signed), part).toEqual(invalid);
    }
    expect(open(await make({ version, replace: message }))).toEqual(opened);
  });
});

describe('No token is', () => {
  it.each([
    ['an empty text', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['one of an unknown version', JSON.stringify({ protocolVersion: 'ECv3', signature: 'x', signedMessage: 'x' })],
    [
      'one of ECv2 without an intermediate key',
      JSON.stringify({ protocolVersion: 'ECv2', signature: 'x', signedMessage: 'x' }),
    ],
    ['one whose parts are numbers', JSON.stringify({ protocolVersion: 'ECv1', signature: 1, signedMessage: 2 })],
  ])('%s', (_, token) => {
    expect(open(token)).toEqual(invalid);
  });

  it('one of ECv2 whose intermediate key has expired, whatever its message says', async () => {
    expect(open(await make({ keyExpiration: String(now.getTime()) }))).toEqual(expired);
  });

  it('one of ECv2 whose intermediate key is on another curve', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const keyValue = spkiOf(createPublicKey(privateKey)).toString('base64');
    expect(open(await make({ intermediateValue: keyValue }))).toEqual(invalid);
  });
});

/** Every text in a token. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]));
}

function change(token: Record<string, unknown>, path: readonly string[]): void {
  const [name = '', ...rest] = path;
  const value = token[name];
  if (typeof value === 'string') token[name] = flip(value);
  else change(value as Record<string, unknown>, rest);
}

/** The same text with another letter in its middle. */
function flip(text: string): string {
  const middle = Math.floor(text.length / 2);
  return `${text.slice(0, middle)}${text[middle] === 'A' ? 'B' : 'A'}${text.slice(middle + 1)}`;
}
