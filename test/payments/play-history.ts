import type { MovementAnswer } from '../../src/acquirers/port.ts';
import { Refusal } from '../../src/kernel/errors.ts';
import { type JobHandlers, textOf } from '../../src/kernel/jobs/handler.ts';
import { applyMovementAnswer } from '../../src/payments/ask-movement.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { captureTransaction } from '../../src/payments/capture-transaction.ts';
import { stopOrderJob } from '../../src/payments/model.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { stopOrder } from '../../src/payments/stop-order.ts';
import { voidTransaction } from '../../src/payments/void-transaction.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, createRefundDeps } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import type { Step } from './histories.ts';
import * as model from './history-model.ts';
import { hearMovement, type MovementWord, order } from './history-movements.ts';
import { readDifferences } from './history-records.ts';
import { passTo } from './history-time.ts';
import type { Told, ToldMovement } from './told-acquirer.ts';
import { declined, type World, wishFor } from './world.ts';

/** A history that is being played: what was made so far, in the order of the model. */
export type Played = {
  readonly world: World;
  readonly refunds: RefundDeps;
  readonly shop: Shop;
  readonly stranger: Shop;
  readonly model: model.Model;
  readonly paymentIds: string[];
  readonly transactionIds: string[];
  readonly movementIds: string[];
};

/**
 * Plays a history on a new shop and, step by step, on the model; the clock moves on by 7 ms with each step.
 * @returns what differs, and which invariants are broken; an empty list is the only good answer.
 */
export async function playHistory(world: World, history: readonly Step[]): Promise<string[]> {
  const [shop, stranger] = [await world.openShop(), await world.openShop()];
  const refunds = createRefundDeps(world.deps);
  const ids = { paymentIds: [], transactionIds: [], movementIds: [] };
  const played: Played = { world, refunds, shop, stranger, model: model.createModel(), ...ids };
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
  await world.letPass({ ms: 0 }, jobsOf(played));
  return wrong;
}

/** Does a step for real and in the model, and gives what came of it in both. */
async function playStep(played: Played, step: Step): Promise<[real: string, expected: string]> {
  const { world, model: expected } = played;
  const now = world.clock.now().getTime();
  switch (step.do) {
    case 'create': {
      const wish = { ...step, validUntil: step.validMs === undefined ? undefined : now + step.validMs };
      return [await createReally(played, wish), model.create(expected, wish)];
    }
    case 'tell':
      return playWords(played, step, now);
    case 'order':
      return playOrder(played, step, now);
    case 'tell movement': {
      const place = step.movement % Math.max(1, expected.movements.length);
      const movement = expected.movements[place];
      if (!movement) return ['', ''];
      const real = await tellMovementReally(played, place, step.word);
      return [real, hearMovement(expected, movement, { word: step.word, now })];
    }
    case 'pass':
      return passReally(played, step, now);
    case 'wait':
      world.clock.pass({ ms: step.ms });
      return ['', ''];
    default:
      return playOnPayment(played, step, now);
  }
}

async function playOnPayment(
  played: Played,
  step: Step & { readonly payment: number },
  now: number,
): Promise<[real: string, expected: string]> {
  const { world, model: expected } = played;
  const place = step.payment % expected.payments.length;
  const payment = expected.payments[place] as model.ModelPayment;
  if (step.do === 'start') {
    return [await startReally(played, place, step), model.start(expected, { ...step, payment }, now)];
  }
  const actor = actorOf(step.do === 'cancel' ? played.shop : played.stranger);
  const cancelled = cancelPayment(world.deps, actor, played.paymentIds[place] ?? '').then((row) => row.status);
  return [await codeOr(cancelled), step.do === 'cancel' ? model.cancel(expected, payment, now) : 'NOT_FOUND'];
}

async function playWords(
  played: Played,
  step: Step & { do: 'tell' },
  now: number,
): Promise<[real: string, expected: string]> {
  const { attempts } = played.model;
  if (attempts.length === 0) return ['', ''];
  const told = step.told.map((one) => {
    const place = one.attempt % attempts.length;
    return { place, word: one.word, attempt: attempts[place] as model.ModelAttempt };
  });
  const real = await tellReally(played, told);
  return [real, told.map((one) => model.hear(played.model, one.attempt, { word: one.word, now })).join()];
}

async function playOrder(
  played: Played,
  step: Step & { do: 'order' },
  now: number,
): Promise<[real: string, expected: string]> {
  const { attempts } = played.model;
  const place = step.attempt % Math.max(1, attempts.length);
  const attempt = attempts[place];
  if (!attempt) return ['', ''];
  const all = step.part === undefined && step.kind !== 'refund';
  const amount = all ? undefined : Math.max(1, Math.floor((attempt.payment.amount * (step.part ?? 4)) / 4));
  const real = await orderReally(played, step, { transactionId: played.transactionIds[place] ?? '', amount });
  return [real, order(played.model, { ...step, attempt, amount }, now)];
}

/** What is done in time. A stop that fails is tried again hours later, which no history plays. */
function jobsOf({ world, refunds }: Played): JobHandlers {
  const stop = (transactionId: string): Promise<void> => stopOrder(world.deps, transactionId).catch(() => undefined);
  return { ...refundJobs(refunds), [stopOrderJob]: (payload) => stop(textOf(payload, 'transactionId')) };
}

async function passReally(
  played: Played,
  step: Step & { do: 'pass' },
  now: number,
): Promise<[real: string, expected: string]> {
  const { world, model: expected } = played;
  const { acquirer } = world;
  acquirer.onAsk((reference) => {
    const attempt = expected.attempts[played.transactionIds.indexOf(reference)];
    // Once told to stop, it holds nothing any more.
    const word = step.word === 'authorized' && acquirer.stopped.includes(reference) ? 'rejected' : step.word;
    return sayTo(word, attempt?.payment.amount ?? 0, world);
  });
  acquirer.onAskMovement(sayToMovement(step.ofMovements));
  acquirer.onMove(sayToMovement(step.toMovements));
  await world.letPass({ ms: step.ms }, jobsOf(played));
  passTo(expected, now + step.ms, step);
  return ['', ''];
}

async function createReally(
  played: Played,
  wish: { readonly key: number; readonly amount: number; readonly validUntil: number | undefined },
): Promise<string> {
  const { world, shop, paymentIds } = played;
  const prepared = wishFor(world.deps, shop, {
    idempotencyKey: `order-${wish.key}`,
    amount: BigInt(wish.amount),
    captureMode: 'MANUAL',
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
  const method = step.via === 'code' ? 'BLIK' : 'CARD';
  const card = step.via === 'card' ? { token: 'a token', fingerprint: 'a card' } : undefined;
  const wish = { paymentId, idempotencyKey: `try-${step.key}`, method, card, supersede: step.supersede } as const;
  const source = step.via === 'card' ? 'WEB' : 'API';
  const input = { ...wish, blikCode: method === 'BLIK' ? '123456' : undefined };
  return codeOr(
    startTransaction(world.deps, { shop, source }, input).then(({ transaction, payment, replayed }) => {
      if (!transactionIds.includes(transaction.id)) transactionIds.push(transaction.id);
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

async function orderReally(
  played: Played,
  step: Step & { do: 'order' },
  wish: { readonly transactionId: string; readonly amount: number | undefined },
): Promise<string> {
  const { world, refunds, shop } = played;
  world.acquirer.onMove(sayToMovement(step.reply));
  const { transactionId } = wish;
  const input = { transactionId, idempotencyKey: `move-${step.key}` };
  const amount = wish.amount === undefined ? undefined : BigInt(wish.amount);
  const actor = actorOf(shop);
  const ordering = {
    capture: async () => {
      const done = await captureTransaction(world.deps, actor, { ...input, amount });
      return { ...done, row: done.capture };
    },
    void: () => voidTransaction(world.deps, actor, input),
    refund: async () => {
      const done = await createRefund(refunds, actor, { ...input, amount: amount ?? 0n });
      return { ...done, row: done.refund };
    },
  };
  return codeOr(
    ordering[step.kind]().then(async ({ row, replayed }) => {
      if (replayed) return `replayed ${row.status}`;
      played.movementIds.push(row.id);
      const now = await world.database.prisma.transaction.findUniqueOrThrow({
        where: { id: transactionId },
        include: { payment: true },
      });
      return `ordered ${row.status} ${now.status} ${now.payment.status}`;
    }),
  );
}

async function tellMovementReally(played: Played, place: number, word: MovementWord): Promise<string> {
  const { world, refunds } = played;
  const { kind } = played.model.movements[place] as model.ModelMovement;
  const id = played.movementIds[place] ?? '';
  const answer = answerOf(word);
  if (kind === 'refund') {
    const told = refunds.answering.submit({ refundId: id, answer });
    return codeOr(told.then(({ refund }) => refund.status));
  }
  return codeOr(
    applyMovementAnswer(world.deps, kind, { id, answer }).then(async () => {
      const { prisma } = world.database;
      const where = { where: { id } };
      const row = await (kind === 'capture'
        ? prisma.capture.findUniqueOrThrow(where)
        : prisma.transactionVoid.findUniqueOrThrow(where));
      return row.status;
    }),
  );
}

/** A word in the acquirer's own form; silence is a call that fails. */
function sayTo(word: model.Word, amount: number, world: World): Told {
  const kinds = { settled: 'settled', 'other sum': 'settled', authorized: 'authorized' } as const;
  switch (word) {
    case 'settled':
    case 'other sum':
    case 'authorized':
      return { kind: kinds[word], amount: BigInt(amount) + (word === 'other sum' ? 1n : 0n) };
    case 'rejected':
      return declined;
    case 'pending':
      return { kind: 'pending', confirmUntil: new Date(world.clock.now().getTime() + 60_000) };
    case 'redirect':
      return { kind: 'pending', redirect: { url: 'https://bank.example/1', httpMethod: 'GET', fields: [] } };
    case 'silent':
      return new Error('no answer');
    case 'unheard':
      return { kind: 'unheard' };
  }
}

function answerOf(word: MovementWord): MovementAnswer {
  return word === 'rejected' ? { kind: word, code: 'CODE_57' } : { kind: word };
}

function sayToMovement(word: MovementWord): ToldMovement {
  return word === 'silent' ? new Error('no answer') : answerOf(word);
}

async function codeOr(outcome: Promise<string>): Promise<string> {
  try {
    return await outcome;
  } catch (error) {
    return error instanceof Refusal ? error.code : `broke: ${error}`;
  }
}
