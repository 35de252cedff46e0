import { hash } from 'node:crypto';

/** The cipher of the derived key, and its name in the derivation, behind its length. */
export const appleCipher = 'aes-256-gcm';
const algorithmId = Buffer.from('\x0did-aes256-GCM', 'latin1');
const partyU = Buffer.from('Apple');

/** 16 zero bytes: a key encrypts one message only. */
export const appleNonce = Buffer.alloc(16);
/** Bytes of the tag behind the encrypted data. */
export const appleTagBytes = 16;

/**
 * Derives the key of one Apple Pay token: the concatenation KDF of NIST SP 800-56A, section 5.8.1, with SHA-256 in one
 * round, over the shared secret and the hash of the merchant identifier (Apple, "Restoring the symmetric key").
 */
export function deriveAppleKey(secret: Buffer, merchantIdentifier: string): Buffer {
  const round = Buffer.of(0, 0, 0, 1);
  const partyV = hash('sha256', merchantIdentifier, 'buffer');
  return hash('sha256', Buffer.concat([round, secret, algorithmId, partyU, partyV]), 'buffer');
}
