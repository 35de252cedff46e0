import fc from 'fast-check';
import { type StartWish, type Word, words } from './history-model.ts';
import { type MovementWish, type MovementWord, movementWords } from './history-movements.ts';
import type { Said } from './history-time.ts';

/** One thing that happens; numbers pick a payment, an attempt or a movement of the history, counted round. */
export type Step =
  | {
      readonly do: 'create';
      readonly key: number;
      readonly amount: number;
      readonly validMs: number | undefined;
    }
  | ({ readonly do: 'start'; readonly payment: number } & Omit<StartWish, 'payment'>)
  | { readonly do: 'tell'; readonly told: readonly { readonly attempt: number; readonly word: Word }[] }
  | ({ readonly do: 'order'; readonly attempt: number; readonly part: number | undefined } & Omit<
      MovementWish,
      'attempt' | 'amount'
    >)
  | { readonly do: 'tell movement'; readonly movement: number; readonly word: MovementWord }
  | { readonly do: 'cancel' | 'trespass'; readonly payment: number }
  | ({ readonly do: 'pass'; readonly ms: number } & Said)
  /** Time passes, but nothing that is due happens yet. */
  | { readonly do: 'wait'; readonly ms: number };

const word = fc.constantFrom(...words, 'settled' as const, 'authorized' as const);
const movementWord = fc.constantFrom(...movementWords, 'settled' as const);
const pick = fc.nat(4);
const create = fc.record({
  do: fc.constant('create' as const),
  key: fc.nat(3),
  amount: fc.constantFrom(1, 31, 32, 5_000, 999_999_999),
  // Both leave 2 over when divided by 7, as nothing else does: so a payment never expires just when an acquirer is asked.
  validMs: fc.constantFrom(60_006, 600_000, undefined, undefined, undefined),
});
const start = fc.record({
  do: fc.constant('start' as const),
  payment: pick,
  key: fc.nat(9),
  via: fc.constantFrom('code' as const, 'code' as const, 'card' as const, 'card' as const, 'entry' as const),
  supersede: fc.boolean(),
  reply: fc.oneof(
    { arbitrary: fc.constantFrom('pending' as const, 'redirect' as const), weight: 2 },
    { arbitrary: fc.constantFrom('authorized' as const, 'authorized' as const, 'settled' as const), weight: 4 },
    { arbitrary: word, weight: 2 },
  ),
});
const tell = fc.record({
  do: fc.constant('tell' as const),
  told: fc.array(fc.record({ attempt: pick, word }), { minLength: 1, maxLength: 3 }),
});
const order = fc.record({
  do: fc.constant('order' as const),
  kind: fc.constantFrom('capture' as const, 'capture' as const, 'refund' as const, 'refund' as const, 'void' as const),
  attempt: pick,
  key: fc.nat(5),
  /** How many quarters of the payment, at least 1 minor unit; undefined: all that is left. */
  part: fc.constantFrom(undefined, 0, 1, 2, 4),
  reply: movementWord,
});
const tellMovement = fc.record({ do: fc.constant('tell movement' as const), movement: pick, word: movementWord });
const end = fc.record({
  do: fc.constantFrom('cancel' as const, 'cancel' as const, 'trespass' as const),
  payment: pick,
});
const ms = fc.oneof(
  { arbitrary: fc.constantFrom(7_000, 21_000, 70_000), weight: 6 },
  { arbitrary: fc.constantFrom(700_000, 4_200_000), weight: 2 },
  { arbitrary: fc.constant(700_000_000), weight: 1 },
);
const pass = fc.record({
  do: fc.constant('pass' as const),
  ms,
  word,
  ofMovements: movementWord,
  toMovements: movementWord,
});
const wait = fc.record({ do: fc.constant('wait' as const), ms });

/** Histories of one shop, each beginning with a payment. */
export const histories: fc.Arbitrary<Step[]> = fc
  .tuple(
    create,
    fc.array(
      fc.oneof(
        { arbitrary: create, weight: 2 },
        { arbitrary: start, weight: 6 },
        { arbitrary: tell, weight: 4 },
        { arbitrary: order, weight: 9 },
        { arbitrary: tellMovement, weight: 4 },
        { arbitrary: end, weight: 2 },
        { arbitrary: pass, weight: 3 },
        { arbitrary: wait, weight: 1 },
      ),
      { minLength: 6, maxLength: 24, size: 'max' },
    ),
  )
  .map(([first, rest]) => [first, ...rest]);

/** The same start in each history. */
const always = (wish: { readonly key: number; readonly via: 'code' | 'card'; readonly reply: 'silent' | 'redirect' }) =>
  fc.constant({ ...{ do: 'start' as const, payment: 0, supersede: true }, ...wish });
const unheard = always({ key: 0, via: 'code', reply: 'silent' });
const replaced = always({ key: 1, via: 'card', reply: 'redirect' });

/** Histories of one payment whose attempt has no answer, perhaps after another that its payer gave up, and what is heard of both later. */
export const silences: fc.Arbitrary<Step[]> = fc
  .tuple(
    create,
    fc.oneof(fc.tuple(unheard), fc.tuple(replaced, unheard)),
    fc.array(
      fc.oneof(
        { arbitrary: end, weight: 2 },
        { arbitrary: tell, weight: 4 },
        { arbitrary: pass, weight: 4 },
        { arbitrary: start, weight: 1 },
      ),
      { minLength: 2, maxLength: 10, size: 'max' },
    ),
  )
  .map(([first, starts, rest]) => [first, ...starts, ...rest]);
