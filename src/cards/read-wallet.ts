import { brandOf, type CardData } from './model.ts';

/** Why no card came out of a wallet's token. */
export type WalletProblem = 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'BRAND_NOT_TAKEN';

/** What came out of a wallet's token. */
export type OpenedWallet =
  | {
      readonly data: CardData;
      /** For which merchant the payer agreed; undefined when the wallet does not say. */
      readonly merchantId: string | undefined;
    }
  | { readonly problem: WalletProblem };

/**
 * Takes the card out of a wallet's message. Its number is the card's own or that of the device, and both are numbers of
 * their brand.
 */
export function readWalletCard(card: Omit<CardData, 'brand'>, merchantId?: string): OpenedWallet {
  const brand = brandOf(card.number);
  if (brand === undefined) return { problem: 'TOKEN_INVALID' };
  return brand === 'NOT_TAKEN' ? { problem: 'BRAND_NOT_TAKEN' } : { data: { ...card, brand }, merchantId };
}
