import type { AcquirerAnswer, MovementAnswer, MovementKind, StartOrder } from '../../src/acquirers/port.ts';
import { createSandboxCards } from '../../src/acquirers/sandbox-cards/acquirer.ts';
import type { CardOwner } from '../../src/cards/deps.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { tokeniseCard } from '../../src/cards/tokenise-card.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { impatientWith } from './impatient.ts';
import { movementFor, orderFor, type Simulated, simulate } from './simulated.ts';
import { neverAborted } from './under-test.ts';

/** The simulated card acquirer with the real tokeniser before it: where a test's payer shows his card. */
export type CardDesk = Simulated & {
  /** Gives the token of a card, typed at the desk's merchant unless another is named. */
  tokenise(number: string, owner?: CardOwner): Promise<string>;
  /** Orders 100.00 PLN, or what the values say; a call that is never answered is `silent`. */
  pay(values: Partial<StartOrder>): Promise<{ readonly order: StartOrder; readonly answer: AcquirerAnswer }>;
  /** What became of an order. */
  status(order: StartOrder): Promise<AcquirerAnswer>;
  /** Captures, releases or gives back a part of an order: the answer, `silent` when none came, and how to ask again. */
  move(kind: MovementKind, order: StartOrder, amount: bigint): Promise<Moved>;
};

/** A movement that was ordered. */
export type Moved = { readonly answer: MovementAnswer; status(): Promise<MovementAnswer> };

/** Opens one, with a merchant and a clock of its own. */
export async function openCardDesk(database: Database): Promise<CardDesk> {
  const vault = openSandboxVault(database);
  const simulated = await simulate(database, (deps) =>
    createSandboxCards(deps, async (token, merchantId) => (await vault.find(token, merchantId))?.outcome),
  );
  const { clock, merchant } = simulated;
  const acquirer = impatientWith(database, simulated.acquirer);
  return {
    ...simulated,
    tokenise: async (number, owner = merchant) => {
      const form = { number, expiry: '12/29', cvv: '123', name: 'Jan Kowalski' };
      const made = await tokeniseCard({ vault, clock }, owner, form);
      if ('problems' in made) throw new Error('The card was not taken.');
      return made.card.token;
    },
    pay: async (values) => {
      const order = orderFor(clock, { channel: 'ecom3ds', ...merchant, ...values });
      return { order, answer: await orSilent(acquirer.start(order, neverAborted())) };
    },
    status: ({ reference }) => acquirer.status(reference, neverAborted()),
    move: async (kind, { reference: transaction }, amount) => {
      const movement = movementFor(simulated, { kind, transaction, amount });
      const answer = await orSilent(acquirer.move(movement, neverAborted()));
      return { answer, status: () => acquirer.movementStatus(movement.reference, neverAborted()) };
    },
  };
}

function orSilent<Answer>(call: Promise<Answer>): Promise<Answer | { readonly kind: 'silent' }> {
  return call.catch((error: unknown) => {
    if (error instanceof Error && error.message === 'no answer in time') return { kind: 'silent' };
    throw error;
  });
}
