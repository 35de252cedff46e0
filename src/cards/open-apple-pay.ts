import { createDecipheriv, hash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { bytesOf, privateKeyOf, publicKeyOf, sharedSecret, spkiOf } from './agree-on-key.ts';
import { appleCipher, appleNonce, appleTagBytes, deriveAppleKey } from './derive-apple-key.ts';
import { parseJson } from './parse-json.ts';
import { type OpenedWallet, readWalletCard } from './read-wallet.ts';

/** The key of one payment processing certificate. */
export type ApplePayKey = {
  readonly merchantIdentifier: string;
  /** Base64 of PKCS #8. */
  readonly privateKey: string;
};

const tokenShape = z.object({
  version: z.literal('EC_v1'),
  data: z.string(),
  signature: z.string().min(1),
  header: z.object({
    ephemeralPublicKey: z.string(),
    publicKeyHash: z.string(),
    transactionId: z.string().regex(/^[0-9a-f]{64}$/i),
  }),
});

const payloadShape = z.object({
  applicationPrimaryAccountNumber: z.string().regex(/^\d{12,19}$/),
  applicationExpirationDate: z.string().regex(/^\d{2}(?:0[1-9]|1[0-2])\d{2}$/),
});

/**
 * Opens an Apple Pay token, EC_v1 (Apple, "Payment token format reference"). The signature by Apple must be there but is
 * not verified: docs/decisions/0013 says why, and what that leaves unproven.
 * @param keys those of all certificates in use; the token says for which it was encrypted.
 */
export function openApplePay(token: string, keys: readonly ApplePayKey[]): OpenedWallet {
  const text = decryptApplePay(token, keys);
  const payload = payloadShape.safeParse(parseJson(text ?? '')).data;
  if (!payload) return { problem: 'TOKEN_INVALID' };
  const { applicationPrimaryAccountNumber: number, applicationExpirationDate: date } = payload;
  // YYMMDD.
  const expiry = { year: 2000 + Number(date.slice(0, 2)), month: Number(date.slice(2, 4)) };
  return readWalletCard({ number, expiry });
}

/** Decrypts a token, whatever is in it; undefined when it is none, or is not for these keys. */
export function decryptApplePay(token: string, keys: readonly ApplePayKey[]): string | undefined {
  const read = tokenShape.safeParse(parseJson(token)).data;
  const ephemeral = read && publicKeyOf(read.header.ephemeralPublicKey);
  if (!read || !ephemeral) return undefined;
  const key = keys.find(
    (candidate) => publicKeyHashOf(privateKeyOf(candidate.privateKey)) === read.header.publicKeyHash,
  );
  if (!key) return undefined;
  const secret = sharedSecret(privateKeyOf(key.privateKey), ephemeral);
  return decrypt(bytesOf(read.data), deriveAppleKey(secret, key.merchantIdentifier));
}

/** By which a token names the certificate that it was encrypted for: base64 of SHA-256 over the public key. */
export function publicKeyHashOf(key: KeyObject): string {
  return hash('sha256', spkiOf(key), 'base64');
}

function decrypt(data: Buffer, key: Buffer): string | undefined {
  if (data.length < appleTagBytes) return undefined;
  const decipher = createDecipheriv(appleCipher, key, appleNonce);
  decipher.setAuthTag(data.subarray(-appleTagBytes));
  const parts = [decipher.update(data.subarray(0, -appleTagBytes))];
  try {
    parts.push(decipher.final());
  } catch {
    // The tag does not fit: it was changed, or encrypted for somebody else.
    return undefined;
  }
  return Buffer.concat(parts).toString('utf8');
}
