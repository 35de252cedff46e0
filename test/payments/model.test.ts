import { describe, expect, it } from 'vitest';
import { PaymentStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { askDelay, defaultValidUntil, mayMovePayment } from '../../src/payments/model.ts';

const statuses = Object.values(PaymentStatus);

/** The table of states in the domain's words, line by line: from, then every state it may go to. */
const table: Record<PaymentStatus, string> = {
  NEW: 'PENDING CANCELLED EXPIRED SETTLED',
  PENDING: 'NEW AUTHORIZED SETTLED CANCELLED EXPIRED',
  AUTHORIZED: 'SETTLED CANCELLED EXPIRED',
  CANCELLED: 'SETTLED',
  EXPIRED: 'SETTLED',
  SETTLED: '',
};

describe('A payment', () => {
  for (const from of statuses) {
    for (const to of statuses) {
      const legal = table[from].split(' ').includes(to);
      it(`${legal ? 'may' : 'may not'} move from ${from} to ${to}`, () => {
        expect(mayMovePayment(from, to)).toBe(legal);
      });
    }
  }
});

describe('The validity of a payment', () => {
  const now = new Date('2026-03-02T10:00:00.000Z');

  it('is the time the shop has set', () => {
    expect(defaultValidUntil(now, 60)).toEqual(new Date('2026-03-02T10:01:00.000Z'));
  });

  it('is 15 months otherwise', () => {
    expect(defaultValidUntil(now, undefined)).toEqual(new Date('2027-06-02T10:00:00.000Z'));
  });

  it.each([
    ['2026-11-30T10:00:00.000Z', '2028-02-29T10:00:00.000Z'],
    ['2027-01-31T23:59:59.999Z', '2028-04-30T23:59:59.999Z'],
    ['2027-08-31T00:00:00.000Z', '2028-11-30T00:00:00.000Z'],
  ])('ends with the month when that is shorter: from %s to %s', (from, until) => {
    expect(defaultValidUntil(new Date(from), undefined).toISOString()).toBe(until);
  });
});

describe('The times at which an acquirer is asked', () => {
  it('lie 15, 15, 30, 60, 120 and then every 300 seconds apart', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100].map((round) => askDelay(round).ms / 1000)).toEqual([
      15, 15, 30, 60, 120, 300, 300, 300,
    ]);
  });
});
