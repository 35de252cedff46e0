import {
  createCipheriv,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import { pointOf, privateKeyOf, spkiOf } from './agree-on-key.ts';
import {
  deriveGoogleKeys,
  type GoogleProtocol,
  googleCiphers,
  googleSender,
  googleSignedBytes,
} from './derive-google-keys.ts';
import type { CardData } from './model.ts';
import { sandboxGooglePay, sandboxPrivateKeys } from './sandbox-keys.ts';

export type GooglePayWish = Omit<CardData, 'brand'> & {
  /** For whom the payer pays. */
  readonly merchantId: string;
  /** Until when the token is good. */
  readonly expiresAt: Date;
};

/** Makes a Google Pay token for the sandbox, as Google would make it; the JSON that a browser would send. */
export function sealGooglePay(wish: GooglePayWish, protocolVersion: GoogleProtocol = 'ECv2'): string {
  const signedMessage = encrypt(JSON.stringify(payloadOf(wish)), protocolVersion);
  const root = privateKeyOf(sandboxPrivateKeys.googleRoot);
  const intermediate = privateKeyOf(sandboxPrivateKeys.googleIntermediate);
  const parts = [googleSender, sandboxGooglePay.recipientId, protocolVersion, signedMessage];
  if (protocolVersion === 'ECv1') {
    return JSON.stringify({ signature: signed(parts, root), protocolVersion, signedMessage });
  }
  const signedKey = JSON.stringify({
    keyValue: spkiOf(intermediate).toString('base64'),
    keyExpiration: String(wish.expiresAt.getTime()),
  });
  const signatures = [signed([googleSender, protocolVersion, signedKey], root)];
  return JSON.stringify({
    signature: signed(parts, intermediate),
    intermediateSigningKey: { signedKey, signatures },
    protocolVersion,
    signedMessage,
  });
}

function payloadOf({ number, expiry, merchantId, expiresAt }: GooglePayWish): object {
  return {
    gatewayMerchantId: merchantId,
    messageExpiration: String(expiresAt.getTime()),
    messageId: randomUUID(),
    paymentMethod: 'CARD',
    paymentMethodDetails: {
      ...{ pan: number, expirationMonth: expiry.month, expirationYear: expiry.year, authMethod: 'PAN_ONLY' },
    },
  };
}

function encrypt(text: string, protocolVersion: GoogleProtocol): string {
  const { privateKey, publicKey: ephemeral } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const recipient = createPublicKey(privateKeyOf(sandboxPrivateKeys.googlePay));
  const { encryption, mac } = deriveGoogleKeys(protocolVersion, { privateKey, publicKey: recipient }, ephemeral);
  const cipher = createCipheriv(googleCiphers[protocolVersion].cipher, encryption, Buffer.alloc(16));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return JSON.stringify({
    encryptedMessage: encrypted.toString('base64'),
    ephemeralPublicKey: pointOf(ephemeral).toString('base64'),
    tag: createHmac('sha256', mac).update(encrypted).digest('base64'),
  });
}

function signed(parts: readonly string[], key: KeyObject): string {
  return sign('sha256', googleSignedBytes(parts), key).toString('base64');
}
