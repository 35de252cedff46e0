/**
 * Makes and opens wallets' tokens with the Web Crypto API, written from the wallets' documentation alone, to check the
 * product against: it shares no code with it.
 */

const { subtle } = globalThis.crypto;
type Key = Awaited<ReturnType<typeof subtle.importKey>>;
type Pair = { readonly privateKey: Key; readonly publicKey: Key };
type Bytes = Uint8Array<ArrayBuffer>;

const p256 = (name: 'ECDH' | 'ECDSA') => ({ name, namedCurve: 'P-256' });
const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const toBase64 = (bytes: ArrayBuffer | Uint8Array): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const concat = (...parts: (ArrayBuffer | Uint8Array)[]): Bytes =>
  Uint8Array.from(parts.flatMap((part) => [...new Uint8Array(part)]));

/** Both halves of a private key: base64 of PKCS #8. */
async function pairOf(pkcs8: string, name: 'ECDH' | 'ECDSA'): Promise<Pair> {
  const use = name === 'ECDH' ? ['deriveBits' as const] : ['sign' as const];
  const privateKey = await subtle.importKey('pkcs8', fromBase64(pkcs8), p256(name), true, use);
  const { d: _, key_ops: __, ...publicHalf } = await subtle.exportKey('jwk', privateKey);
  const publicUse: 'verify'[] = name === 'ECDH' ? [] : ['verify'];
  return { privateKey, publicKey: await subtle.importKey('jwk', publicHalf, p256(name), true, publicUse) };
}

const exported = (format: 'raw' | 'spki', key: Key): Promise<ArrayBuffer> => subtle.exportKey(format, key);
const agreed = (privateKey: Key, publicKey: Key): Promise<ArrayBuffer> =>
  subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256);

/** ECDSA as DER: Web Crypto gives the two numbers side by side. */
async function signed(parts: readonly string[], pkcs8: string): Promise<string> {
  const { privateKey } = await pairOf(pkcs8, 'ECDSA');
  const raw = new Uint8Array(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, lengthPrefixed(parts)));
  const numbers = [raw.slice(0, 32), raw.slice(32)].map((number) => {
    const start = number.findIndex((byte) => byte !== 0);
    const short = number.slice(start);
    return (short[0] ?? 0) >= 0x80 ? concat(Uint8Array.of(0), short) : short;
  });
  const body = concat(...numbers.flatMap((number) => [Uint8Array.of(2, number.length), number]));
  return toBase64(concat(Uint8Array.of(0x30, body.length), body));
}

function lengthPrefixed(parts: readonly string[]): Bytes {
  return concat(
    ...parts.flatMap((part) => {
      const length = new DataView(new ArrayBuffer(4));
      length.setUint32(0, utf8(part).length, true);
      return [length.buffer, utf8(part)];
    }),
  );
}

async function googleKeys(
  version: string,
  ephemeral: ArrayBuffer,
  secret: ArrayBuffer,
): Promise<{ aes: Key; mac: Key }> {
  const half = version === 'ECv1' ? 16 : 32;
  const material = await subtle.importKey('raw', concat(ephemeral, secret), 'HKDF', false, ['deriveBits']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8('Google') };
  const bits = new Uint8Array(await subtle.deriveBits(hkdf, material, half * 16));
  return {
    aes: await subtle.importKey('raw', bits.slice(0, half), 'AES-CTR', false, ['encrypt', 'decrypt']),
    mac: await subtle.importKey('raw', bits.slice(half), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']),
  };
}

const counter = { name: 'AES-CTR', counter: new Uint8Array(16), length: 128 };

/** What a Google Pay token is made of. Keys are base64 of PKCS #8. */
export type GoogleParts = {
  readonly version: 'ECv1' | 'ECv2';
  readonly payload: unknown;
  readonly recipientId: string;
  readonly root: string;
  readonly intermediate: string;
  readonly recipient: string;
  readonly keyExpiration: string;
  /** Signed in the place of the encrypted payload. */
  readonly replace?: object;
  /** Signed in the place of the intermediate key. */
  readonly intermediateValue?: string;
};

/** Makes a Google Pay token. */
export async function makeGooglePay(parts: GoogleParts): Promise<Record<string, unknown>> {
  const { version, payload, recipientId } = parts;
  const recipient = await pairOf(parts.recipient, 'ECDH');
  const ephemeral = (await subtle.generateKey(p256('ECDH'), true, ['deriveBits'])) as Pair;
  const point = await exported('raw', ephemeral.publicKey);
  const keys = await googleKeys(version, point, await agreed(ephemeral.privateKey, recipient.publicKey));
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const encrypted = await subtle.encrypt(counter, keys.aes, utf8(text));
  const made = {
    encryptedMessage: toBase64(encrypted),
    ephemeralPublicKey: toBase64(point),
    tag: toBase64(await subtle.sign('HMAC', keys.mac, encrypted)),
  };
  const signedMessage = JSON.stringify(parts.replace ?? made);
  const message = ['Google', recipientId, version, signedMessage];
  if (version === 'ECv1') {
    return { protocolVersion: version, signature: await signed(message, parts.root), signedMessage };
  }
  const { publicKey } = await pairOf(parts.intermediate, 'ECDSA');
  const keyValue = parts.intermediateValue ?? toBase64(await exported('spki', publicKey));
  const signedKey = JSON.stringify({ keyValue, keyExpiration: parts.keyExpiration });
  const signatures = [await signed(['Google', version, signedKey], parts.root)];
  return {
    ...{ protocolVersion: version, signature: await signed(message, parts.intermediate) },
    ...{ intermediateSigningKey: { signedKey, signatures }, signedMessage },
  };
}

/** Decrypts a Google Pay token, without looking at who signed it; fails when its tag is wrong. */
export async function readGooglePay(token: string, recipient: string): Promise<unknown> {
  const { protocolVersion, signedMessage } = JSON.parse(token) as { protocolVersion: string; signedMessage: string };
  const message = JSON.parse(signedMessage) as Record<'encryptedMessage' | 'ephemeralPublicKey' | 'tag', string>;
  const point = fromBase64(message.ephemeralPublicKey);
  const ephemeral = await subtle.importKey('raw', point, p256('ECDH'), true, []);
  const { privateKey } = await pairOf(recipient, 'ECDH');
  const keys = await googleKeys(protocolVersion, point.buffer, await agreed(privateKey, ephemeral));
  const encrypted = fromBase64(message.encryptedMessage);
  if (toBase64(await subtle.sign('HMAC', keys.mac, encrypted)) !== message.tag) throw new Error('The tag is wrong.');
  return JSON.parse(new TextDecoder().decode(await subtle.decrypt(counter, keys.aes, encrypted)));
}

async function appleKey(secret: ArrayBuffer, merchantIdentifier: string): Promise<Key> {
  const partyV = await subtle.digest('SHA-256', utf8(merchantIdentifier));
  const info = concat(Uint8Array.of(13), utf8('id-aes256-GCM'), utf8('Apple'), partyV);
  const key = await subtle.digest('SHA-256', concat(Uint8Array.of(0, 0, 0, 1), secret, info));
  return subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

const gcm = { name: 'AES-GCM', iv: new Uint8Array(16), tagLength: 128 };

/** Makes an Apple Pay token. */
export async function makeApplePay(parts: {
  readonly payload: unknown;
  readonly merchantIdentifier: string;
  readonly recipient: string;
}): Promise<Record<string, unknown> & { header: Record<string, string> }> {
  const recipient = await pairOf(parts.recipient, 'ECDH');
  const ephemeral = (await subtle.generateKey(p256('ECDH'), true, ['deriveBits'])) as Pair;
  const key = await appleKey(await agreed(ephemeral.privateKey, recipient.publicKey), parts.merchantIdentifier);
  const spki = await exported('spki', recipient.publicKey);
  return {
    version: 'EC_v1',
    data: toBase64(await subtle.encrypt(gcm, key, utf8(JSON.stringify(parts.payload)))),
    signature: toBase64(utf8('signature')),
    header: {
      ephemeralPublicKey: toBase64(await exported('spki', ephemeral.publicKey)),
      publicKeyHash: toBase64(await subtle.digest('SHA-256', spki)),
      transactionId: 'ab'.repeat(32),
    },
  };
}

/** Decrypts an Apple Pay token; fails when its tag is wrong. */
export async function readApplePay(
  token: string,
  key: { readonly merchantIdentifier: string; readonly privateKey: string },
): Promise<unknown> {
  const { data, header } = JSON.parse(token) as { data: string; header: { ephemeralPublicKey: string } };
  const ephemeral = await subtle.importKey('spki', fromBase64(header.ephemeralPublicKey), p256('ECDH'), true, []);
  const { privateKey } = await pairOf(key.privateKey, 'ECDH');
  const aes = await appleKey(await agreed(privateKey, ephemeral), key.merchantIdentifier);
  return JSON.parse(new TextDecoder().decode(await subtle.decrypt(gcm, aes, fromBase64(data))));
}
