import { describe, expect, it } from 'vitest';
import { coolingEnd, noticeEnd } from '../../src/contracts/model.ts';

const at = (text: string): Date => new Date(text);

describe('The calendar of a contract', () => {
  it.each([
    // The thirtieth day is counted from the next one, and ends at midnight in Warsaw, whatever the clocks do.
    ['2026-03-02T10:00:00Z', '2026-04-01T22:00:00Z'],
    ['2026-03-02T22:59:59Z', '2026-04-01T22:00:00Z'],
    ['2026-03-02T23:00:00Z', '2026-04-02T22:00:00Z'],
    ['2026-12-15T12:00:00Z', '2027-01-14T23:00:00Z'],
  ])('ends a notice of %s at %s', (noticeAt, endsAt) => {
    expect(noticeEnd(at(noticeAt))).toEqual(at(endsAt));
  });

  it.each([
    // Monday: Tuesday and Wednesday go by.
    ['2026-03-02T10:00:00Z', 2, '2026-03-04T23:00:00Z'],
    // Friday: Monday and Tuesday.
    ['2026-03-06T10:00:00Z', 2, '2026-03-10T23:00:00Z'],
    // Before Easter (5 and 6 April 2026).
    ['2026-04-03T10:00:00Z', 2, '2026-04-08T22:00:00Z'],
    ['2026-03-02T10:00:00Z', 0, '2026-03-02T23:00:00Z'],
  ])('lets a change of %s wait %i business days, until %s', (requestedAt, days, inForce) => {
    expect(coolingEnd(at(requestedAt), days)).toEqual(at(inForce));
  });
});
