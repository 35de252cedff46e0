import { type CardForm, type CardProblem, checkCard } from './check-card.ts';
import type { CardDeps, CardOwner } from './deps.ts';
import { keepCard } from './keep-card.ts';
import type { StoredCard } from './model.ts';

/**
 * Turns a card that a payer typed into a token. This is the one place that sees the number; what comes out and what is
 * kept holds its last four digits only.
 * @returns the card, or every problem of the form by field and code, never by value; then nothing was kept.
 */
export async function tokeniseCard(
  deps: CardDeps,
  owner: CardOwner,
  form: CardForm,
): Promise<{ readonly card: StoredCard } | { readonly problems: readonly CardProblem[] }> {
  const checked = checkCard(form, deps.clock.now(owner));
  if ('problems' in checked) return checked;
  return { card: await keepCard(deps, owner, { data: checked.data }) };
}
