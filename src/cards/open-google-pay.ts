import { createDecipheriv, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { z } from 'zod';
import { bytesOf, privateKeyOf, publicKeyOf, publicKeyOfPoint } from './agree-on-key.ts';
import {
  deriveGoogleKeys,
  type GoogleProtocol,
  googleCiphers,
  googleSender,
  googleSignedBytes,
} from './derive-google-keys.ts';
import { parseJson } from './parse-json.ts';
import { type OpenedWallet, readWalletCard, type WalletProblem } from './read-wallet.ts';

/** The keys for Google's tokens. */
export type GooglePayKeys = {
  /** Google's root signing keys, in the form of its published list. */
  readonly rootKeys: readonly GoogleRootKey[];
  /** Whom the tokens are for: `gateway:<name>` (Google Pay, payment data cryptography). */
  readonly recipientId: string;
  /** Base64 of PKCS #8; more than one while they are rotated. */
  readonly privateKeys: readonly string[];
};

export type GoogleRootKey = {
  /** Base64 of the SubjectPublicKeyInfo. */
  readonly keyValue: string;
  readonly protocolVersion: GoogleProtocol;
  /** Milliseconds since 1970; a key without one is good until it is taken off the list. */
  readonly keyExpiration?: string;
};

/** Google signs with its two root keys at most; each signature costs a check of the whole text. */
const signaturesMax = 10;

const tokenShape = z.object({
  protocolVersion: z.enum(['ECv1', 'ECv2']),
  signature: z.string(),
  signedMessage: z.string(),
  intermediateSigningKey: z
    .object({ signedKey: z.string(), signatures: z.array(z.string()).max(signaturesMax) })
    .optional(),
});
const milliseconds = z.string().regex(/^\d{1,15}$/);
const signedKeyShape = z.object({ keyValue: z.string(), keyExpiration: milliseconds });
const signedMessageShape = z.object({ encryptedMessage: z.string(), ephemeralPublicKey: z.string(), tag: z.string() });
const payloadShape = z.object({
  messageExpiration: milliseconds,
  gatewayMerchantId: z.string(),
  paymentMethod: z.literal('CARD'),
  paymentMethodDetails: z.object({
    pan: z.string().regex(/^\d{12,19}$/),
    expirationMonth: z.int().min(1).max(12),
    // The century in which the vault keeps cards.
    expirationYear: z.int().min(2000).max(2099),
  }),
});

type Token = z.output<typeof tokenShape>;

/**
 * Opens a Google Pay token, ECv1 or ECv2: verifies that Google signed it for this gateway, decrypts it, and checks its
 * expiry (Google Pay, payment data cryptography).
 * @returns the card and the merchant whom Google named to the payer, or why there is none.
 */
export function openGooglePay(token: string, keys: GooglePayKeys, now: Date): OpenedWallet {
  const message = decryptGooglePay(token, keys, now);
  if ('problem' in message) return message;
  const payload = payloadShape.safeParse(parseJson(message.text)).data;
  if (!payload) return { problem: 'TOKEN_INVALID' };
  if (isOver(payload.messageExpiration, now)) return { problem: 'TOKEN_EXPIRED' };
  const { pan, expirationMonth: month, expirationYear: year } = payload.paymentMethodDetails;
  return readWalletCard({ number: pan, expiry: { month, year } }, payload.gatewayMerchantId);
}

/**
 * Verifies and decrypts a token, whatever is in it. Nothing is decrypted that Google has not signed.
 * @returns the text that was encrypted.
 */
export function decryptGooglePay(
  token: string,
  keys: GooglePayKeys,
  now: Date,
): { readonly text: string } | { readonly problem: WalletProblem } {
  const read = tokenShape.safeParse(parseJson(token)).data;
  if (!read) return { problem: 'TOKEN_INVALID' };
  const signers = signersOf(read, keys, now);
  if ('problem' in signers) return signers;
  const parts = [googleSender, keys.recipientId, read.protocolVersion, read.signedMessage];
  if (!isSignedByAny(signers.keys, parts, [read.signature])) return { problem: 'TOKEN_INVALID' };
  const text = keys.privateKeys
    .map((key) => decryptMessage(read, privateKeyOf(key)))
    .find((opened) => opened !== undefined);
  return text === undefined ? { problem: 'TOKEN_INVALID' } : { text };
}

/** Who may sign the message: Google's root keys, or since ECv2 the intermediate key that one of them has signed. */
function signersOf(
  token: Token,
  { rootKeys }: GooglePayKeys,
  now: Date,
): { readonly keys: readonly KeyObject[] } | { readonly problem: WalletProblem } {
  const { protocolVersion, intermediateSigningKey } = token;
  const roots = rootKeys
    .filter((key) => key.protocolVersion === protocolVersion)
    .filter((key) => key.keyExpiration === undefined || !isOver(key.keyExpiration, now))
    .flatMap((key) => publicKeyOf(key.keyValue) ?? []);
  if (protocolVersion === 'ECv1') return { keys: roots };
  if (!intermediateSigningKey) return { problem: 'TOKEN_INVALID' };
  const { signedKey, signatures } = intermediateSigningKey;
  const parts = [googleSender, protocolVersion, signedKey];
  const signed = isSignedByAny(roots, parts, signatures)
    ? signedKeyShape.safeParse(parseJson(signedKey)).data
    : undefined;
  const key = signed && publicKeyOf(signed.keyValue);
  if (!signed || !key) return { problem: 'TOKEN_INVALID' };
  return isOver(signed.keyExpiration, now) ? { problem: 'TOKEN_EXPIRED' } : { keys: [key] };
}

/** ECDSA on P-256 with SHA-256; signatures as DER. */
function isSignedByAny(keys: readonly KeyObject[], parts: readonly string[], signatures: readonly string[]): boolean {
  const bytes = googleSignedBytes(parts);
  return signatures.some((signature) => keys.some((key) => verify('sha256', bytes, key, bytesOf(signature))));
}

function decryptMessage(token: Token, privateKey: KeyObject): string | undefined {
  const message = signedMessageShape.safeParse(parseJson(token.signedMessage)).data;
  const ephemeral = message && publicKeyOfPoint(message.ephemeralPublicKey);
  if (!message || !ephemeral) return undefined;
  const { encryption, mac } = deriveGoogleKeys(token.protocolVersion, { privateKey, publicKey: ephemeral }, ephemeral);
  const encrypted = bytesOf(message.encryptedMessage);
  const tag = createHmac('sha256', mac).update(encrypted).digest();
  const given = bytesOf(message.tag);
  if (given.length !== tag.length || !timingSafeEqual(given, tag)) return undefined;
  const decipher = createDecipheriv(googleCiphers[token.protocolVersion].cipher, encryption, Buffer.alloc(16));
  return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
}

function isOver(milliseconds: string, now: Date): boolean {
  return Number(milliseconds) <= now.getTime();
}
