import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import { type BatchRunner, createLane } from '../../src/kernel/batch.ts';
import { inTransaction, type Statement } from '../../src/kernel/db/database.ts';
import { saleSettled } from '../../src/ledger/model.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import {
  type AnswerForTransaction,
  type AppliedAnswer,
  applyAcquirerAnswers,
} from '../../src/payments/apply-acquirer-answer.ts';
import { commitPayments } from '../../src/payments/create-payment.ts';
import { decideStarts } from '../../src/payments/decide-start.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { type Attempt, neverExpires } from '../../src/payments/model.ts';
import { readPayments } from '../../src/payments/store.ts';
import { isLive } from '../../src/transactions/model.ts';
import { readTransactions } from '../../src/transactions/store.ts';
import { change, forget, type Meddler, meddledDatabase, replaced } from '../support/meddle.ts';
import type { World } from './world.ts';

/** Adds something after a statement. */
const then =
  (name: string, text: string): Meddler =>
  async (statement, run) => {
    const rows = await run(statement);
    const named = statement.name === name && statement.values.length > 0;
    if (named) await run({ name: `bug after ${name}`, text, values: [statement.values[0]] });
    return rows;
  };

const reopened = (statement: Statement): boolean => (statement.values[2] as string[]).includes('NEW');
const minusOne = (values: unknown): bigint[] => (values as bigint[]).map((value) => (value > 1n ? value - 1n : value));

/** Bugs in what the verbs write, by what they do wrong. */
export const meddlers: Record<string, Meddler> = {
  'forgets the events of a start or an answer': async (statement, run) => {
    if (statement.name !== 'append-events') return run(statement);
    return [...new Set(statement.values[0] as string[])].map((shopId) => ({ shopId, number: 1n }));
  },
  'forgets the last event': change('append-events', (values) =>
    (values[0] as unknown[]).length > 1 ? values.map((column) => (column as unknown[]).slice(0, -1)) : values,
  ),
  'leaves a gap in the numbers': then(
    'append-events',
    'update shop_counter set last_number = last_number + 1 where shop_id = ($1::uuid[])[1]',
  ),
  'forgets that the payment can be paid again': async (statement, run) => {
    if (statement.name !== 'move-payments' || !reopened(statement)) return run(statement);
    return (statement.values[0] as string[]).map((id) => ({ id }));
  },
  'forgets to clear the timers': forget('clear-timers'),
  'forgets to ask the acquirer': forget('set-timers'),
  'forgets the commission': forget('write-commissions'),
  'rounds the commission down': change('write-commissions', (values) => replaced(values, 2, minusOne)),
  'loses the flags of late and surplus money': change('move-transactions', (values) =>
    replaced(values, 5, (late) => (late as boolean[]).map(() => false)),
  ),
  'moves no balance': async (statement, run) =>
    run({ ...statement, text: statement.text.replace('b.amount + moved.amount', 'b.amount') }),
  'books a grosz less than was settled': async (statement, run) =>
    run(
      statement.name === 'write-postings'
        ? { ...statement, values: replaced([...statement.values], 5, minusOne) }
        : statement,
    ),
  'lets any input pass under a key': async (statement, run) => {
    const rows = await run(statement);
    if (statement.name !== 'read-payments-by-key') return rows;
    return rows.map((row) => ({ ...row, inputHash: sameForAll }));
  },
  'takes a payment for valid that has expired': async (statement, run) => {
    const rows = await run(statement);
    return statement.name === 'read-payments' ? rows.map((row) => ({ ...row, validUntil: neverExpires })) : rows;
  },
  'tells events of another state': change('append-events', (values) =>
    replaced(values, 8, (data) => (data as string[]).map((text) => text.replaceAll('"SETTLED"', '"PENDING"'))),
  ),
};

/** Bugs in what becomes of captures, voids and refunds, and of attempts that wait, by what they do wrong. */
export const movementMeddlers: Record<string, Meddler> = {
  'forgets to ask about captures and voids': forget('set-timers', ({ values }) =>
    (values[0] as string[]).some((kind) => kind === 'ask-capture' || kind === 'ask-void'),
  ),
  'captures more than was authorised': async (statement, run) => {
    const rows = await run(statement);
    return statement.name === 'read-transactions' ? rows.map((row) => ({ ...row, capturedAmount: 0n })) : rows;
  },
  'captures what is being released': async (statement, run) =>
    statement.name === 'find-open-void' ? [] : run(statement),
  'forgets a capture that was refused': async (statement, run) =>
    statement.name === 'move-capture' && statement.values[2] === 'REJECTED'
      ? [{ id: statement.values[0] }]
      : run(statement),
  'posts no money for sales': async (statement, run) =>
    statement.name === 'write-postings' && (statement.values[0] as string[])[0] === 'SALE'
      ? [{ written: BigInt((statement.values[0] as string[]).length) }]
      : run(statement),
  'ends no authorisation when time is over': async (statement, run) =>
    statement.name === 'move-transactions' && (statement.values[2] as string[]).includes('EXPIRED')
      ? (statement.values[0] as string[]).map((id) => ({ id }))
      : run(statement),
  'does a capture again under its key': forget('read-capture-by-key'),
  'lets time forget authorised money': forget('set-timers', ({ values }) =>
    (values[0] as string[]).includes('expire-authorization'),
  ),
  'refunds what was refunded already': async (statement, run) => {
    const rows = await run(statement);
    return statement.name === 'read-transactions' ? rows.map((row) => ({ ...row, refundedAmount: 0n })) : rows;
  },
  'counts no refund': forget('add-refunded'),
  'books a refused refund as given': change('move-refunds', (values) =>
    replaced(values, 2, (statuses) =>
      (statuses as string[]).map((status) => (status === 'REJECTED' ? 'SETTLED' : status)),
    ),
  ),
  'leaves money in suspense that has found its place': async (statement, run) => {
    if (statement.name !== 'write-postings') return run(statement);
    const kept = (statement.values[0] as string[]).map((kind) => kind !== 'HELD_RETURNED');
    const values = statement.values.map((column) => (column as unknown[]).filter((_, place) => kept[place]));
    const written = BigInt(kept.length);
    if (kept.every((keep) => keep)) return run(statement);
    if (kept.some((keep) => keep)) await run({ ...statement, values });
    return [{ written }];
  },
  'replaces an attempt without a word to anybody': change('append-events', (values) => {
    const isReplaced = (values[8] as string[]).map((data) => data.includes('SUPERSEDED'));
    return isReplaced.every((one) => one)
      ? values
      : values.map((column) => (column as unknown[]).filter((_, place) => !isReplaced[place]));
  }),
};

/** Bugs that the database itself does not let happen: checks and unique keys stop them. */
export const stoppedByDatabase: ReadonlySet<string> = new Set([
  'captures more than was authorised',
  'captures what is being released',
  'does a capture again under its key',
  'refunds what was refunded already',
]);

const sameForAll = new Uint8Array(32);

/** The world with a bug in what its verbs read and write; those outside of the lanes may be left as they are. */
export function meddled(world: World, meddler: Meddler): World {
  const database = meddledDatabase(world.database, meddler);
  const { clock, log } = world.deps;
  return withDeps(world, {
    database: meddler === meddlers['takes a payment for valid that has expired'] ? world.database : database,
    creating: createLane((items) => commitPayments(database, items.map(hashless(meddler)))),
    starting: createLane((items) => inTransaction(database, (tx) => decideStarts(tx, clock, items))),
    applying: createLane((items) => inTransaction(database, (tx) => applyAcquirerAnswers(tx, { clock, log }, items))),
  });
}

function hashless(
  meddler: Meddler,
): <Item extends { readonly row: { readonly inputHash: Uint8Array<ArrayBuffer> } }>(item: Item) => Item {
  return (item) =>
    meddler === meddlers['lets any input pass under a key']
      ? { ...item, row: { ...item.row, inputHash: sameForAll } }
      : item;
}

/** Bugs in what the verbs decide, by what they do wrong. */
export const wreckers: Record<string, (world: World) => World> = {
  'posts money twice': (world) => {
    const { database } = world;
    return withDeps(world, {
      applying: {
        ...world.deps.applying,
        submit: async (word) => {
          const applied = await world.deps.applying.submit(word);
          const { transaction: row, changed } = applied;
          if (!changed || row.status !== 'SETTLED') return applied;
          const [capture] = await database.prisma.capture.findMany({ where: { transactionId: row.id } });
          const { acquirer, shopId, currency, amount, updatedAt: at } = row;
          const again = saleSettled({ acquirer, shopId, captureId: capture?.id ?? '', amount, currency, at });
          const { captureId: _, ...posting } = again;
          await inTransaction(database, (tx) => writePostings(tx, [posting]));
          return applied;
        },
      },
    });
  },
  'drops late money': (world) => dropping(world, ({ transaction }) => !isLive(transaction.status)),
  'drops money for a payment that is paid': (world) => dropping(world, ({ payment }) => payment.status === 'SETTLED'),
  'makes a new payment for a repeated wish': (world) => {
    let made = 0;
    const { creating } = world.deps;
    return withDeps(world, {
      creating: {
        ...creating,
        submit: (wish) => {
          made += 1;
          return creating.submit({
            ...wish,
            row: { ...wish.row, idempotencyKey: `${wish.row.idempotencyKey} ${made}` },
          });
        },
      },
    });
  },
};

/** Passes over "settled" where the bug says so. */
function dropping(world: World, when: (attempt: Attempt) => boolean): World {
  const { database, clock, log } = world.deps;
  const run: BatchRunner<AnswerForTransaction, AppliedAnswer> = (words) =>
    inTransaction(database, async (tx) => {
      const transactions = await readTransactions(
        tx,
        words.map((word) => word.transactionId),
      );
      const payments = await readPayments(
        tx,
        transactions.map((row) => row.paymentId),
      );
      const kept = words.map((word) => {
        const transaction = transactions.find((row) => row.id === word.transactionId);
        const payment = payments.find((row) => row.id === transaction?.paymentId);
        const drop = transaction && payment && when({ transaction, payment });
        return drop && word.answer.kind === 'settled' ? { ...word, answer: oldNews } : word;
      });
      return applyAcquirerAnswers(tx, { clock, log }, kept);
    });
  return withDeps(world, { applying: createLane(run) });
}

/** Nobody learns anything from a second "pending". */
const oldNews: AcquirerAnswer = { kind: 'pending', confirmUntil: new Date(0) };

function withDeps(world: World, deps: Partial<PaymentDeps>): World {
  return world.withDeps({ ...world.deps, ...deps });
}
