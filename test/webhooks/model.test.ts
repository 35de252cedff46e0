import { describe, expect, it } from 'vitest';
import { EventType } from '../../src/kernel/db/generated/prisma/enums.ts';
import { delayAfter, sendsMax, subjectOf, toldTypes } from '../../src/webhooks/model.ts';

const minutes = (count: number): number => count * 60_000;

describe('The ladder of a notification', () => {
  it('makes 23 sends: 3 ten seconds apart, then 5 each after 5, 60, 360 and 720 minutes', () => {
    const waits = Array.from({ length: sendsMax - 1 }, (_, index) => delayAfter(index + 1)?.ms);
    expect(waits).toEqual([
      ...[10_000, 10_000],
      ...[5, 5, 5, 5, 5].map(minutes),
      ...[60, 60, 60, 60, 60].map(minutes),
      ...[360, 360, 360, 360, 360].map(minutes),
      ...[720, 720, 720, 720, 720].map(minutes),
    ]);
    expect(sendsMax).toBe(23);
  });

  it('ends after the last send', () => {
    expect(delayAfter(22)).toEqual({ ms: minutes(720) });
    expect(delayAfter(23)).toBeUndefined();
  });
});

describe('The events that a shop is told', () => {
  it('are the moves of attempts that show on the wire, the end of a payment without money and of a refund', () => {
    expect(toldTypes.toSorted()).toEqual([
      'PAYMENT_CANCELLED',
      'PAYMENT_EXPIRED',
      'REFUND_REJECTED',
      'REFUND_SETTLED',
      'TRANSACTION_AUTHORIZED',
      'TRANSACTION_CANCELLED',
      'TRANSACTION_ERROR',
      'TRANSACTION_EXPIRED',
      'TRANSACTION_PENDING',
      'TRANSACTION_REJECTED',
      'TRANSACTION_SETTLED',
      'TRANSACTION_SUBMITTED',
    ]);
    for (const type of Object.values(EventType)) {
      const subject = toldTypes.includes(type) ? type.split('_')[0]?.toLowerCase() : undefined;
      expect(subjectOf(type)).toBe(subject);
    }
  });
});
