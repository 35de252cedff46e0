import { randomUUID } from 'node:crypto';
import type { CardDeps, CardOwner } from './deps.ts';
import type { CardData, StoredCard, Wallet } from './model.ts';
import { outcomeOf } from './test-cards.ts';

/** Gives a card a token, keeps what may be kept of it, and lets go of the rest. */
export async function keepCard(
  deps: CardDeps,
  owner: CardOwner,
  read: { readonly data: CardData; readonly wallet?: Wallet },
): Promise<StoredCard> {
  const { data, wallet } = read;
  const card: StoredCard = {
    token: randomUUID(),
    brand: data.brand,
    last4: data.number.slice(-4),
    expiryMonth: data.expiry.month,
    expiryYear: data.expiry.year,
    outcome: outcomeOf(data.number),
    wallet,
  };
  await deps.vault.keep(card, { merchantId: owner.merchantId, at: deps.clock.now(owner) });
  return card;
}
