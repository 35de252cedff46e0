import { hkdfSync, type KeyObject } from 'node:crypto';
import { pointOf, sharedSecret } from './agree-on-key.ts';

/** The versions of Google's tokens that are understood. */
export type GoogleProtocol = 'ECv1' | 'ECv2';

/** Who signs Google's tokens. */
export const googleSender = 'Google';

/** Length of either key in bytes, and the cipher that it fits. */
export const googleCiphers = {
  ECv1: { keyBytes: 16, cipher: 'aes-128-ctr' },
  ECv2: { keyBytes: 32, cipher: 'aes-256-ctr' },
} as const satisfies Record<GoogleProtocol, unknown>;

/**
 * Derives the keys of one message: ECIES-KEM (ISO/IEC 18033-2) with HKDF-SHA256 over the ephemeral point and the shared
 * secret, no salt, info `Google` (Google Pay, payment data cryptography).
 */
export function deriveGoogleKeys(
  protocol: GoogleProtocol,
  pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  ephemeral: KeyObject,
): { readonly encryption: Buffer; readonly mac: Buffer } {
  const { keyBytes } = googleCiphers[protocol];
  const secret = Buffer.concat([pointOf(ephemeral), sharedSecret(pair.privateKey, pair.publicKey)]);
  const keys = Buffer.from(hkdfSync('sha256', secret, '', googleSender, 2 * keyBytes));
  return { encryption: keys.subarray(0, keyBytes), mac: keys.subarray(keyBytes) };
}

/** What Google signs: each part behind its length in bytes, as 4 bytes, the lowest first. */
export function googleSignedBytes(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );
}
