import { describe, expect, it } from 'vitest';
import type { Acquirers } from '../../src/acquirers/port.ts';
import { after } from '../../src/kernel/clock.ts';
import type { Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { findOtherMoney, mayBringMoney } from '../../src/paywall/find-other-money.ts';
import { transactionRow } from '../payments/rows.ts';
import { createScriptedAcquirer } from '../support/factories.ts';

const scripted = createScriptedAcquirer(() => ({ kind: 'silent' }));
const acquirers: Acquirers = new Map(
  [true, false].map((stopsOrders) => {
    const name = stopsOrders ? 'stops' : 'goes on';
    return [name, { ...scripted, name, capabilities: { ...scripted.capabilities, stopsOrders } }];
  }),
);

const minutes = (count: number) => ({ ms: count * 60_000 });
const hours = (count: number) => minutes(count * 60);

/** Says for each pause after the last change whether an attempt may still bring money. */
function mayBring(values: Partial<Transaction>, ...pauses: readonly { ms: number }[]): boolean[] {
  const attempt = transactionRow(values);
  return pauses.map((pause) => mayBringMoney(attempt, acquirers, after(attempt.updatedAt, pause)));
}

describe('Money may still come', () => {
  it.each(['NEW', 'PENDING', 'UNKNOWN', 'SUBMITTED'] as const)('from an attempt that is %s', (status) => {
    expect(mayBring({ status }, hours(0), hours(1_000))).toEqual([true, true]);
  });

  it('from one for which money is held, whatever became of it', () => {
    expect(mayBring({ status: 'REJECTED', reason: 'GENERAL', heldAmount: 1n }, hours(1_000))).toEqual([true]);
  });

  it('for three days from one whose acquirer never answered', () => {
    expect(mayBring({ status: 'ERROR', reason: 'NO_ANSWER' }, hours(71), hours(72))).toEqual([true, false]);
  });

  it.each(['SUPERSEDED', 'PAYMENT_CANCELLED', 'PAYMENT_EXPIRED'] as const)(
    'for a quarter of an hour from one that we stopped as %s, and for a day from one that nobody could stop',
    (reason) => {
      const ended = { status: 'CANCELLED', reason } as const;
      expect(mayBring({ ...ended, acquirer: 'stops' }, minutes(14), minutes(15))).toEqual([true, false]);
      expect(mayBring({ ...ended, acquirer: 'goes on' }, hours(23), hours(24))).toEqual([true, false]);
    },
  );

  it.each([
    { status: 'AUTHORIZED' },
    { status: 'SETTLED' },
    { status: 'CANCELLED', reason: 'VOIDED' },
    { status: 'REJECTED', reason: 'INSUFFICIENT_FUNDS' },
    { status: 'ERROR', reason: 'NOT_SENT' },
  ] as const)('not from one that is %o', (values) => {
    expect(mayBring({ ...values, acquirer: 'goes on' }, hours(0))).toEqual([false]);
  });
});

describe('The payer is told of another attempt', () => {
  const now = new Date('2026-03-02T10:00:00.000Z');
  const find = (...attempts: Transaction[]) => findOtherMoney({ attempts, now }, acquirers, attempts.at(-1));
  const shown = transactionRow({ status: 'REJECTED', reason: 'GENERAL' });
  const superseded = { status: 'CANCELLED', reason: 'SUPERSEDED' } as const;

  it('that its acquirer cannot stop, and of none that it can', () => {
    const transfer = transactionRow({ ...superseded, acquirer: 'goes on' });
    const blik = transactionRow({ ...superseded, acquirer: 'stops' });
    expect(find(transfer, blik, shown)).toBe(transfer);
    expect(find(blik, shown)).toBeUndefined();
  });

  it('that was given up, or for which money is held', () => {
    const givenUp = transactionRow({ status: 'ERROR', reason: 'NO_ANSWER' });
    const held = transactionRow({ status: 'REJECTED', reason: 'GENERAL', heldAmount: 1n });
    expect(find(givenUp, shown)).toBe(givenUp);
    expect(find(held, shown)).toBe(held);
  });

  it('that brought money for a payment that was paid, until the shop has given it back', () => {
    const twice = transactionRow({ status: 'SETTLED', surplus: true, settledAmount: 1_234n });
    expect(find(twice, shown)).toBe(twice);
    expect(find({ ...twice, refundedAmount: 1_234n }, shown)).toBeUndefined();
  });
});
