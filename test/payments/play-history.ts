import fc from 'fast-check';
import { Refusal } from '../../src/kernel/errors.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import * as model from './history-model.ts';
import { readDifferences } from './history-records.ts';
import type { Told } from './told-acquirer.ts';
import { declined, type World, wishFor } from './world.ts';

/** One thing that happens; numbers pick a payment or an attempt of the history, counted round. */
export type Step =
  | { readonly do: 'create'; readonly key: number; readonly amount: number; readonly validMs: number | undefined }
  | { readonly do: 'start'; readonly payment: number; readonly key: number; readonly reply: model.Word }
  | { readonly do: 'tell'; readonly told: readonly { readonly attempt: number; readonly word: model.Word }[] }
  | { readonly do: 'cancel' | 'trespass'; readonly payment: number }
  | { readonly do: 'pass'; readonly ms: number; readonly word: model.Word }
  /** Time passes, but nothing that is due happens yet. */
  | { readonly do: 'wait'; readonly ms: number };

const word = fc.constantFrom(...model.words, 'settled' as const);
const pick = fc.nat(4);
const create = fc.record({
  do: fc.constant('create' as const),
  key: fc.nat(3),
  amount: fc.constantFrom(1, 31, 32, 5_000, 999_999_999),
  // Both leave 2 over when divided by 7, as nothing else does: so a payment never expires just when an acquirer is asked.
  validMs: fc.constantFrom(60_006, 600_000, undefined),
});
const start = fc.record({
  do: fc.constant('start' as const),
  payment: pick,
  key: fc.nat(7),
  reply: fc.oneof({ arbitrary: fc.constant('pending' as const), weight: 2 }, { arbitrary: word, weight: 1 }),
});
const tell = fc.record({
  do: fc.constant('tell' as const),
  told: fc.array(fc.record({ attempt: pick, word }), { minLength: 1, maxLength: 3 }),
});
const end = fc.record({
  do: fc.constantFrom('cancel' as const, 'cancel' as const, 'trespass' as const),
  payment: pick,
});
const ms = fc.constantFrom(7_000, 21_000, 70_000, 700_000);
const pass = fc.record({ do: fc.constant('pass' as const), ms, word });
const wait = fc.record({ do: fc.constant('wait' as const), ms });

/** Histories of one shop, each beginning with a payment. */
export const histories: fc.Arbitrary<Step[]> = fc
  .tuple(
    create,
    fc.array(
      fc.oneof(
        { arbitrary: create, weight: 2 },
        { arbitrary: start, weight: 5 },
        { arbitrary: tell, weight: 5 },
        { arbitrary: end, weight: 2 },
        { arbitrary: pass, weight: 2 },
        { arbitrary: wait, weight: 1 },
      ),
      { minLength: 3, maxLength: 14, size: 'max' },
    ),
  )
  .map(([first, rest]) => [first, ...rest]);

/** A history that is being played: what was made so far, in the order of the model. */
export type Played = {
  readonly world: World;
  readonly shop: Shop;
  readonly stranger: Shop;
  readonly model: model.Model;
  readonly paymentIds: string[];
  readonly transactionIds: string[];
};

/**
 * Plays a history on a new shop and, step by step, on the model; the clock moves on by 7 ms with each step.
 * @returns what differs, and which invariants are broken; an empty list is the only good answer.
 */
export async function playHistory(world: World, history: readonly Step[]): Promise<string[]> {
  const [shop, stranger] = [await world.openShop(), await world.openShop()];
  const played: Played = { world, shop, stranger, model: model.createModel(), paymentIds: [], transactionIds: [] };
  const wrong: string[] = [];
  world.alarms.length = 0;
  for (const [place, step] of history.entries()) {
    world.clock.pass({ ms: 7 });
    const [real, expected] = await playStep(played, step);
    if (real !== expected) wrong.push(`step ${place}: was "${real}", not "${expected}"`);
  }
  wrong.push(...(await readDifferences(played)), ...(await brokenInvariants(world.database, shop.id)));
  // The next history is not to do what this one left for later.
  await world.database.pool.query('delete from timer');
  await world.letPass({ ms: 0 });
  return wrong;
}

/** Does a step for real and in the model, and gives what came of it in both. */
async function playStep(played: Played, step: Step): Promise<[real: string, expected: string]> {
  const { world, model: expected } = played;
  const now = world.clock.now().getTime();
  if (step.do === 'create') {
    const wish = { ...step, validUntil: step.validMs === undefined ? undefined : now + step.validMs };
    return [await createReally(played, wish), model.create(expected, wish)];
  }
  if (step.do === 'tell') {
    const told = step.told.flatMap((one) => {
      const place = expected.attempts.length === 0 ? undefined : one.attempt % expected.attempts.length;
      return place === undefined
        ? []
        : [{ place, word: one.word, attempt: expected.attempts[place] as model.ModelAttempt }];
    });
    const real = await tellReally(played, told);
    return [real, told.map((one) => model.hear(expected, one.attempt, { word: one.word, now })).join()];
  }
  if (step.do === 'pass') {
    world.acquirer.onAsk((reference) => {
      const attempt = expected.attempts[played.transactionIds.indexOf(reference)];
      return sayTo(step.word, attempt?.payment.amount ?? 0, world);
    });
    await world.letPass({ ms: step.ms });
    model.passTo(expected, now + step.ms, step.word);
    return ['', ''];
  }
  if (step.do === 'wait') {
    world.clock.pass({ ms: step.ms });
    return ['', ''];
  }
  const place = step.payment % expected.payments.length;
  const payment = expected.payments[place] as model.ModelPayment;
  if (step.do === 'start')
    return [await startReally(played, place, step), model.start(expected, { ...step, payment }, now)];
  const actor = actorOf(step.do === 'cancel' ? played.shop : played.stranger);
  const cancelled = cancelPayment(world.deps, actor, played.paymentIds[place] ?? '').then((row) => row.status);
  return [await codeOr(cancelled), step.do === 'cancel' ? model.cancel(expected, payment, now) : 'NOT_FOUND'];
}

async function createReally(
  played: Played,
  wish: { readonly key: number; readonly amount: number; readonly validUntil: number | undefined },
): Promise<string> {
  const { world, shop, paymentIds } = played;
  const prepared = wishFor(world.deps, shop, {
    idempotencyKey: `order-${wish.key}`,
    amount: BigInt(wish.amount),
    validUntil: wish.validUntil === undefined ? 'never' : new Date(wish.validUntil),
  });
  return codeOr(
    world.deps.creating.submit(prepared).then(({ payment, replayed }) => {
      if (!replayed) paymentIds.push(payment.id);
      return `${replayed ? 'replayed' : 'made'} ${paymentIds.indexOf(payment.id)} ${payment.status}`;
    }),
  );
}

async function startReally(played: Played, place: number, step: Step & { do: 'start' }): Promise<string> {
  const { world, shop, paymentIds, transactionIds } = played;
  const paymentId = paymentIds[place] ?? '';
  const { amount } = played.model.payments[place] as model.ModelPayment;
  world.acquirer.onStart(sayTo(step.reply, amount, world));
  const wish = { paymentId, idempotencyKey: `try-${step.key}`, method: 'BLIK', blikCode: '123456' } as const;
  return codeOr(
    startTransaction(world.deps, { shop, source: 'API' }, wish).then(({ transaction, payment, replayed }) => {
      if (!replayed) transactionIds.push(transaction.id);
      const number = transactionIds.indexOf(transaction.id);
      return `${replayed ? 'replayed' : 'started'} ${number} ${transaction.status} ${payment.status}`;
    }),
  );
}

async function tellReally(
  played: Played,
  told: readonly { readonly place: number; readonly word: model.Word; readonly attempt: model.ModelAttempt }[],
): Promise<string> {
  const { world, transactionIds } = played;
  const applied = told.map((one) => {
    const answer = sayTo(one.word, one.attempt.payment.amount, world);
    const word = {
      transactionId: transactionIds[one.place] ?? '',
      answer: answer instanceof Error ? ({ kind: 'silent' } as const) : answer,
    };
    return codeOr(
      world.deps.applying
        .submit(word)
        .then(({ changed, transaction, payment }) => `${changed} ${transaction.status} ${payment.status}`),
    );
  });
  return (await Promise.all(applied)).join();
}

/** A word in the acquirer's own form; silence is a call that fails. */
function sayTo(word: model.Word, amount: number, world: World): Told {
  if (word === 'settled') return { kind: 'settled', amount: BigInt(amount) };
  if (word === 'other sum') return { kind: 'settled', amount: BigInt(amount) + 1n };
  if (word === 'rejected') return declined;
  if (word === 'pending') return { kind: 'pending', confirmUntil: new Date(world.clock.now().getTime() + 60_000) };
  return word === 'silent' ? new Error('no answer') : { kind: 'unheard' };
}

async function codeOr(outcome: Promise<string>): Promise<string> {
  try {
    return await outcome;
  } catch (error) {
    return error instanceof Refusal ? error.code : `broke: ${error}`;
  }
}
