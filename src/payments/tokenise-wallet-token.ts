import type { WalletDeps } from '../cards/deps.ts';
import type { WalletProblem } from '../cards/read-wallet.ts';
import { tokeniseWallet } from '../cards/tokenise-wallet.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { hashInput } from '../kernel/idempotency.ts';
import { MethodNotAvailable } from '../shops/errors.ts';
import type { Shop } from '../shops/model.ts';
import { parseChannel, type RefusedCard, type StartTransactionInput, type TokenisedCard } from './start-transaction.ts';

const field = ['wallet', 'token'];

/** The wallet token of a wish, turned into a card of ours or into the refusal of it. */
export async function tokeniseWalletToken(
  cards: WalletDeps | undefined,
  wish: Pick<StartTransactionInput, 'method' | 'channel'> & { readonly shop: Shop },
  token: string,
): Promise<TokenisedCard | RefusedCard> {
  const channel = parseChannel(wish, wish.shop);
  const fingerprint = hashInput({ token }).toString('hex');
  if (channel !== 'gpay' && channel !== 'applepay') {
    const sentence = 'wallet.token goes with the method WALLET and the channels gpay and applepay; leave it out here.';
    return { refusal: new InvalidInput(sentence, field), fingerprint };
  }
  if (!cards) {
    const sentence = `${channel} cannot pay this payment; ask paymentMethods what can.`;
    return { refusal: new MethodNotAvailable(sentence, ['method']), fingerprint };
  }
  const tokenised = await tokeniseWallet(cards, wish.shop, { channel, token });
  if ('problem' in tokenised) return { refusal: new InvalidInput(sentences[tokenised.problem], field), fingerprint };
  return { token: tokenised.card.token, fingerprint };
}

const sentences: Readonly<Record<WalletProblem, string>> = {
  TOKEN_INVALID:
    'wallet.token is not the token of this wallet for this merchant; pass on, unchanged, the JSON that the wallet gave.',
  TOKEN_EXPIRED: 'wallet.token is too old; ask the payer to choose his card again.',
  BRAND_NOT_TAKEN:
    'wallet.token holds a card that is neither Visa nor Mastercard; ask the payer to choose another card.',
};
