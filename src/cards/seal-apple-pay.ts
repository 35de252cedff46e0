import { createCipheriv, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { privateKeyOf, sharedSecret, spkiOf } from './agree-on-key.ts';
import { appleCipher, appleNonce, deriveAppleKey } from './derive-apple-key.ts';
import type { CardData } from './model.ts';
import { publicKeyHashOf } from './open-apple-pay.ts';
import { sandboxApplePay } from './sandbox-keys.ts';

export type ApplePayWish = Omit<CardData, 'brand'> & {
  /** Minor units. */
  readonly amount: bigint;
  /** ISO 4217, as digits: 985 is PLN. */
  readonly currencyCode: string;
};

/** Makes an Apple Pay token for the sandbox, as a device would make it, but for the signature, which only Apple can make. */
export function sealApplePay(wish: ApplePayWish): string {
  const recipient = privateKeyOf(sandboxApplePay.privateKey);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = deriveAppleKey(sharedSecret(privateKey, createPublicKey(recipient)), sandboxApplePay.merchantIdentifier);
  const cipher = createCipheriv(appleCipher, key, appleNonce);
  const parts = [cipher.update(JSON.stringify(payloadOf(wish)), 'utf8'), cipher.final(), cipher.getAuthTag()];
  return JSON.stringify({
    data: Buffer.concat(parts).toString('base64'),
    signature: Buffer.from('A signature that nobody but Apple can make.').toString('base64'),
    header: {
      ephemeralPublicKey: spkiOf(publicKey).toString('base64'),
      publicKeyHash: publicKeyHashOf(recipient),
      transactionId: randomBytes(32).toString('hex'),
    },
    version: 'EC_v1',
  });
}

function payloadOf({ number, expiry, amount, currencyCode }: ApplePayWish): object {
  const { year, month } = expiry;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return {
    applicationPrimaryAccountNumber: number,
    applicationExpirationDate: [year % 100, month, lastDay].map((part) => String(part).padStart(2, '0')).join(''),
    currencyCode,
    transactionAmount: Number(amount),
    deviceManufacturerIdentifier: '040010030273',
    paymentDataType: '3DSecure',
    paymentData: { onlinePaymentCryptogram: randomBytes(20).toString('base64'), eciIndicator: '7' },
  };
}
