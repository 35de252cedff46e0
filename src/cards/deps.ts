import type { Clock } from '../kernel/clock.ts';
import type { Shop } from '../shops/model.ts';
import type { StoredCard } from './model.ts';
import type { ApplePayKey } from './open-apple-pay.ts';
import type { GooglePayKeys } from './open-google-pay.ts';

/** Where tokens of cards are kept. */
export type CardVault = {
  /** Keeps a card for a merchant. */
  keep(card: StoredCard, owner: { readonly merchantId: string; readonly at: Date }): Promise<void>;
  /** Finds a card by its token, if it is this merchant's. */
  find(token: string, merchantId: string): Promise<StoredCard | undefined>;
};

/** Who is given the token, and whose clock counts. */
export type CardOwner = Pick<Shop, 'merchantId' | 'clockOffsetMs'>;

/** What the tokeniser is made of. */
export type CardDeps = {
  readonly vault: CardVault;
  readonly clock: Clock;
};

/** What the tokeniser of wallets needs beside: the keys under which wallets encrypt for this gateway. */
export type WalletDeps = CardDeps & {
  readonly googlePay: GooglePayKeys;
  readonly applePay: readonly ApplePayKey[];
};
