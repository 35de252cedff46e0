import { describe, expect, it } from 'vitest';
import type { Acquirers } from '../../src/acquirers/port.ts';
import type { Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { findOtherMoney } from '../../src/paywall/find-other-money.ts';
import { transactionRow } from '../payments/rows.ts';
import { createScriptedAcquirer } from '../support/factories.ts';

const scripted = createScriptedAcquirer(() => ({ kind: 'silent' }));
const acquirers: Acquirers = new Map(
  [true, false].map((stopsOrders) => {
    const name = stopsOrders ? 'stops' : 'goes on';
    return [name, { ...scripted, name, capabilities: { ...scripted.capabilities, stopsOrders } }];
  }),
);

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
