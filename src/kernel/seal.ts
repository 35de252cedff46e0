import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts and decrypts what must be readable again, such as service keys. */
export type Seal = {
  /** AES-256-GCM over the text; `owner` must be given again to open it, so a row cannot be moved to another shop. */
  close(text: string, owner: string): Buffer;
  /** @throws Error when the bytes were changed, belong to another owner, or the gateway's secret is another. */
  open(sealed: Uint8Array, owner: string): string;
};

const version = 1;

/** Makes the seal of this gateway from its secret (`BRAMKA_SECRET`). */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'bramka seal v1', 32));
  return {
    close: (text, owner) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]);
    },
    open: (sealed, owner) => {
      if (sealed[0] !== version) throw new Error('Sealed bytes of an unknown version.');
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13)).setAAD(Buffer.from(owner));
      decipher.setAuthTag(sealed.subarray(13, 29));
      return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]).toString('utf8');
    },
  };
}

/** Opens what may have been sealed with another secret, one that was lost; gives undefined where it was. */
export function openIfOurs(seal: Seal, sealed: Uint8Array, owner: string): string | undefined {
  try {
    return seal.open(sealed, owner);
  } catch {
    return undefined;
  }
}

/** Makes a secret for one purpose out of the gateway's secret, so that purposes cannot learn each other's. */
export function deriveSecret(secret: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', `bramka ${purpose}`, 32)).toString('hex');
}

/** What may be kept to find out later whether a secret is the same: it shows nothing of the secret, or of what is made of it. */
export function secretCheck(secret: string): Buffer {
  return createHmac('sha256', deriveSecret(secret, 'secret check')).update('is this the secret').digest();
}
