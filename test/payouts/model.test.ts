import { describe, expect, it } from 'vitest';
import { PayoutStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { executionDayOf, mayMovePayout, sessionOf } from '../../src/payouts/model.ts';

describe('A payout', () => {
  it('moves only as the table says', () => {
    const states = Object.values(PayoutStatus);
    const moves = states.flatMap((from) => states.filter((to) => mayMovePayout(from, to)).map((to) => `${from} ${to}`));
    expect(moves).toEqual([
      ...[
        'SCHEDULED SENT',
        'SCHEDULED SETTLED',
        'SCHEDULED RETURNED',
        'SENT SCHEDULED',
        'SENT SETTLED',
        'SENT RETURNED',
      ],
      'SETTLED RETURNED',
      'RETURNED SETTLED',
    ]);
  });
});

describe('A payout is sent for', () => {
  it.each([
    ['PLN', 'the session that was promised', '2026-11-27T09:30', '2026-11-27T09:00', '2026-11-27T09:30'],
    ['PLN', 'it at its very moment', '2026-11-27T09:30', '2026-11-27T09:30', '2026-11-27T09:30'],
    ['PLN', 'the next one when it is over', '2026-11-27T09:30', '2026-11-27T09:31', '2026-11-27T13:30'],
    ['PLN', 'Monday when Friday is over', '2026-11-27T16:00', '2026-11-27T16:01', '2026-11-30T09:30'],
    ['EUR', 'the end of a later day', '2026-11-26T23:59:59', '2026-11-27T00:10', '2026-11-27T23:59:59'],
    ['HUF', 'the end of the day that was promised', '2026-11-30T23:59:59', '2026-11-27T06:00', '2026-11-30T23:59:59'],
    [
      'HUF',
      'the day after a later day, though the promise is not over',
      '2026-11-27T23:59:59',
      '2026-11-27T06:00',
      '2026-11-30T23:59:59',
    ],
    [
      'USD',
      'the day after the one on which banks are back',
      '2026-11-30T23:59:59',
      '2026-11-28T10:00',
      '2026-12-01T23:59:59',
    ],
    ['EUR', 'the day on which banks are back', '2026-11-27T23:59:59', '2026-11-28T10:00', '2026-11-30T23:59:59'],
    ['HUF', 'the end of the day after a later day', '2026-11-26T23:59:59', '2026-11-27T00:10', '2026-11-30T23:59:59'],
  ] as const)('in %s %s', (currency, _, expectedAt, now, session) => {
    const moment = (text: string): Date => new Date(`${text}+01:00`);
    expect(sessionOf({ currency, expectedAt: moment(expectedAt) }, moment(now))).toEqual(moment(session));
  });

  it.each([
    ['PLN', '2026-11-27T09:30', '2026-11-27T09:00', '2026-11-27'],
    ['PLN', '2026-11-30T09:30', '2026-11-27T16:01', '2026-11-30'],
    ['EUR', '2026-11-27T23:59:59', '2026-11-27T06:00', '2026-11-27'],
    // Poland rests, TARGET does not.
    ['EUR', '2026-11-11T23:59:59', '2026-11-11T06:00', '2026-11-11'],
    ['HUF', '2026-11-30T23:59:59', '2026-11-27T06:00', '2026-11-27'],
    ['HUF', '2026-12-01T23:59:59', '2026-11-28T06:00', '2026-11-30'],
  ] as const)('in %s, for the session %s and at %s, on %s', (currency, sessionAt, now, day) => {
    const moments = { sessionAt: new Date(`${sessionAt}+01:00`), now: new Date(`${now}+01:00`) };
    expect(executionDayOf(currency, moments).toString()).toBe(day);
  });
});
