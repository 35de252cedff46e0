import { describe, expect, it } from 'vitest';
import type { Acquirers } from '../../src/acquirers/port.ts';
import { after } from '../../src/kernel/clock.ts';
import type { Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { mayBringMoney } from '../../src/payments/may-bring-money.ts';
import { createScriptedAcquirer } from '../support/factories.ts';
import { transactionRow } from './rows.ts';

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
