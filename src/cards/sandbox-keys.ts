import type { KeyObject } from 'node:crypto';
import { privateKeyOf, spkiOf } from './agree-on-key.ts';
import type { ApplePayKey } from './open-apple-pay.ts';
import type { GooglePayKeys } from './open-google-pay.ts';

/**
 * The private keys of the sandbox's wallets, on P-256, base64 of PKCS #8. They are published, so that everybody can make
 * tokens for a sandbox (docs/wallet-tokens.md); they protect nothing and are good for nothing else.
 */
export const sandboxPrivateKeys = {
  /** Stands for Google's root signing key. */
  googleRoot:
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUUwdUx5F0iO7q41TgbjJ1ylNS+EcEVapOokD57ormaKhRANCAAQHXUDZNlN2ixXs9N98S3pNLWhhMxYZ4bzKa57xEcHia1HvfTNQx95t14wWW3NDoR+rTiDf+QQbIEVqspVfl+WJ',
  /** Stands for the intermediate key, which Google's root signs for a few days. */
  googleIntermediate:
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdk4ztzENqruIMj3qmotEBVjUXstVY3JCdnG2yn5LuzuhRANCAAQVN6pWG2Lf1fcRuT7zmpsG9/o6XQOTs0unsW3fSzpvH396J0twYLbn9FvS+Tm7T2wetyTYUS8JJvJfurXpiZhd',
  /** Decrypts Google Pay tokens. */
  googlePay:
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzKgiLL/vpPb37mVZses+AFo/ZiRs4uO9m3YgWaXYEBWhRANCAASOLsBsVlfsqXqPct3wzGtFKYpljeESjUkSiuqAGosOiAR+S9c5j8lKcnIbzyOpy6DX1vHfFIe3m48S2Pme59Fl',
  /** Decrypts Apple Pay tokens. */
  applePay:
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgR8skLvdbf7h5HotBFTzJwQSuqbPE/Bjive9jHBK8NMWhRANCAATU82PF1/GCrcicBjgmmchAVgIlm9Dv04PhLZnsRcoDfA/mSliEYqO5pie88ZRj/hghdH4uDXK3odsCXjx36O3I',
} as const;

/** What the sandbox opens Google Pay tokens with. Its root key does not expire. */
export const sandboxGooglePay: GooglePayKeys = {
  recipientId: 'gateway:bramka',
  rootKeys: (['ECv1', 'ECv2'] as const).map((protocolVersion) => ({
    protocolVersion,
    keyValue: publicHalf(privateKeyOf(sandboxPrivateKeys.googleRoot)),
  })),
  privateKeys: [sandboxPrivateKeys.googlePay],
};

/** What the sandbox opens Apple Pay tokens with. */
export const sandboxApplePay: ApplePayKey = {
  merchantIdentifier: 'merchant.bramka.sandbox',
  privateKey: sandboxPrivateKeys.applePay,
};

function publicHalf(key: KeyObject): string {
  return spkiOf(key).toString('base64');
}
