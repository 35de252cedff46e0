import type { CardOwner, WalletDeps } from './deps.ts';
import { keepCard } from './keep-card.ts';
import type { StoredCard, Wallet } from './model.ts';
import { openApplePay } from './open-apple-pay.ts';
import { openGooglePay } from './open-google-pay.ts';
import type { OpenedWallet, WalletProblem } from './read-wallet.ts';

/** A wallet's token as the payer's browser or the shop sent it: JSON. */
export type WalletToken = { readonly channel: Wallet; readonly token: string };

/** In characters. Real ones have 1 to 6 thousand; checking a long one would keep everybody else waiting. */
const tokenLengthMax = 16_384;

/**
 * Turns the encrypted token of a wallet into a token of ours.
 * @returns the card, or why there is none: the token is not genuine, not for this merchant or malformed; it came too
 * late; or its card is of a brand that is not taken. Then nothing was kept.
 */
export async function tokeniseWallet(
  deps: WalletDeps,
  owner: CardOwner,
  { channel, token }: WalletToken,
): Promise<{ readonly card: StoredCard } | { readonly problem: WalletProblem }> {
  if (token.length > tokenLengthMax) return { problem: 'TOKEN_INVALID' };
  const opened = open(deps, owner, { channel, token });
  if ('problem' in opened) return opened;
  if (opened.merchantId !== undefined && opened.merchantId !== owner.merchantId) return { problem: 'TOKEN_INVALID' };
  return { card: await keepCard(deps, owner, { data: opened.data, wallet: channel }) };
}

function open(deps: WalletDeps, owner: CardOwner, { channel, token }: WalletToken): OpenedWallet {
  switch (channel) {
    case 'gpay':
      return openGooglePay(token, deps.googlePay, deps.clock.now(owner));
    case 'applepay':
      return openApplePay(token, deps.applePay);
  }
}
