import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';

/** The bytes of a base64 text. */
export function bytesOf(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

/** Reads a private key on P-256: base64 of PKCS #8. */
export function privateKeyOf(pkcs8: string): KeyObject {
  return createPrivateKey({ key: bytesOf(pkcs8), format: 'der', type: 'pkcs8' });
}

/**
 * Reads a public key: base64 of its SubjectPublicKeyInfo, as bytes of others.
 * @returns undefined when it is none on P-256.
 */
export function publicKeyOf(spki: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: bytesOf(spki), format: 'der', type: 'spki' });
    return isP256(key) ? key : undefined;
  } catch {
    // Malformed, or a point that is not on its curve.
    return undefined;
  }
}

/** DER of a SubjectPublicKeyInfo on P-256 up to the point (RFC 5480). */
const spkiHead = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
/** An uncompressed point: 4, x, y (SEC 1, section 2.3.3). */
const pointLength = 65;

/** Reads a public key on P-256: base64 of its point, uncompressed, as in Google's tokens. */
export function publicKeyOfPoint(point: string): KeyObject | undefined {
  const bytes = bytesOf(point);
  if (bytes.length !== pointLength || bytes[0] !== 4) return undefined;
  return publicKeyOf(Buffer.concat([spkiHead, bytes]).toString('base64'));
}

/** The point of a public key on P-256, uncompressed. */
export function pointOf(key: KeyObject): Buffer {
  return spkiOf(key).subarray(-pointLength);
}

/** The SubjectPublicKeyInfo of a key, or of the public half of a private key. */
export function spkiOf(key: KeyObject): Buffer {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' });
}

/** The secret that the owners of two keys on P-256 share (ECDH): the x coordinate, 32 bytes. */
export function sharedSecret(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  return diffieHellman({ privateKey, publicKey });
}

function isP256(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
