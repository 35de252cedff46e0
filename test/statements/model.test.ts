import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDay, parseStatementDay } from '../../src/statements/model.ts';
import { runs } from '../support/runs.ts';
import { dayNamed, lineOf, nameOf, ourLineOf, plantedDays } from './days.ts';

const day = dayNamed('2026-11-26');
const hours = (span: { from: Date; before: Date }) => (span.before.getTime() - span.from.getTime()) / 3_600_000;

describe('A day', () => {
  it('is a calendar day in Warsaw, in winter and in summer', () => {
    expect(day.span).toEqual({
      from: new Date('2026-11-25T23:00:00.000Z'),
      before: new Date('2026-11-26T23:00:00.000Z'),
    });
    expect(dayNamed('2026-07-01').span.from).toEqual(new Date('2026-06-30T22:00:00.000Z'));
    expect(day.around).toEqual({
      from: new Date('2026-11-24T23:00:00.000Z'),
      before: new Date('2026-11-27T23:00:00.000Z'),
    });
  });

  it.each([
    ['2026-03-29', 23, 71],
    ['2026-03-28', 24, 71],
    ['2026-10-25', 25, 73],
    ['2026-11-26', 24, 72],
  ])('%s has %i hours, and %i with the days beside it', (name, own, around) => {
    expect([hours(dayNamed(name).span), hours(dayNamed(name).around)]).toEqual([own, around]);
  });

  it.each(['2026-02-30', '2026-13-01', '26-11-26', '2026-11-26T00:00', '20261126', ' 2026-11-26', 'today', ''])(
    'is not what %j says',
    (text) => {
      expect(parseStatementDay(text)).toBeUndefined();
    },
  );
});

describe('Comparing a day', () => {
  it('finds every difference that was planted, names it, and finds nothing else', () => {
    fc.assert(
      fc.property(plantedDays, ({ day: on, ours, theirs, planted }) => {
        expect(compareDay(ours, theirs, on).map(nameOf).sort()).toEqual(planted);
      }),
      runs(500),
    );
  });

  it('does not depend on the order of either side', () => {
    const shuffled = plantedDays.chain((planted) =>
      fc.record({
        planted: fc.constant(planted),
        ours: fc.shuffledSubarray([...planted.ours], { minLength: planted.ours.length }),
        theirs: fc.shuffledSubarray([...planted.theirs], { minLength: planted.theirs.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ planted, ours, theirs }) => {
        expect(compareDay(ours, theirs, planted.day).map(nameOf).sort()).toEqual(planted.planted);
      }),
      runs(100),
    );
  });

  it('sees a missing grosz, also of an amount that no floating point number holds', () => {
    const there = lineOf({ amount: 2n ** 63n - 1n });
    const here = ourLineOf(there, { amount: 2n ** 63n - 2n });
    expect(Number(here.amount)).toBe(Number(there.amount));
    expect(compareDay([here], [there], day)).toEqual([{ kind: 'AMOUNT', here, there }]);
  });

  it('tells all that is wrong with one line', () => {
    const there = lineOf();
    const here = ourLineOf(there, { amount: 1n, currency: 'EUR', status: 'PENDING', at: null });
    expect(compareDay([here], [there], day).map(({ kind }) => kind)).toEqual(['STATUS', 'AMOUNT', 'CURRENCY']);
  });

  it('takes a sale, a capture and a refund of one reference for different things', () => {
    const [sale, refund] = [lineOf(), lineOf({ kind: 'refund' })];
    expect(compareDay([ourLineOf(sale)], [refund], day).map(nameOf)).toEqual([
      `MISSING_HERE refund ${sale.reference}`,
      `MISSING_THERE sale ${sale.reference}`,
    ]);
  });

  const beforeMidnight = new Date('2026-11-26T22:59:59.999Z');
  const midnight = new Date('2026-11-26T23:00:00.000Z');
  const next = dayNamed('2026-11-27');

  it('lets either side have it on the neighbouring day, on each of the two days', () => {
    for (const [one, other] of [
      [beforeMidnight, midnight],
      [midnight, beforeMidnight],
    ] as const) {
      const there = lineOf({ at: one });
      const here = ourLineOf(there, { at: other });
      expect([...compareDay([here], [there], day), ...compareDay([here], [there], next)]).toEqual([]);
    }
  });

  it('tells what differs of it once, on the day of the line', () => {
    const there = lineOf({ at: midnight });
    const here = ourLineOf(there, { at: beforeMidnight, amount: 1n });
    expect(compareDay([here], [there], day)).toEqual([]);
    expect(compareDay([here], [there], next).map(({ kind }) => kind)).toEqual(['AMOUNT']);
  });

  it('does not take what is booked two days away for the same money', () => {
    const there = lineOf();
    const near = ourLineOf(there, { at: new Date('2026-11-24T23:00:00.000Z') });
    const far = ourLineOf(there, { at: new Date('2026-11-24T22:59:59.999Z') });
    expect(compareDay([near], [there], day)).toEqual([]);
    expect(compareDay([far], [there], day)).toEqual([{ kind: 'MISSING_HERE', here: far, there }]);
  });

  it('sees that a line was repeated on the next day, and which of the two it is', () => {
    const [first, second] = [lineOf({ at: beforeMidnight }), lineOf({ at: midnight })];
    const here = ourLineOf(first);
    expect(compareDay([here], [first, second], day)).toEqual([]);
    for (const lines of [
      [first, second],
      [second, first],
    ]) {
      expect(compareDay([here], lines, day)).toEqual([]);
      expect(compareDay([here], lines, next)).toEqual([{ kind: 'MISSING_HERE', here, there: second }]);
    }
  });

  it('takes the first of two lines for the one that we have not settled yet', () => {
    const [first, second] = [lineOf(), lineOf({ at: new Date('2026-11-26T11:00:01.000Z') })];
    const here = ourLineOf(first, { status: 'UNKNOWN', at: null });
    expect(compareDay([here], [second, first], day)).toEqual([
      { kind: 'MISSING_HERE', here, there: second },
      { kind: 'STATUS', here, there: first },
    ]);
  });

  it('does not take a line two days away for what we settled', () => {
    const here = ourLineOf(lineOf());
    const near = lineOf({ at: new Date('2026-11-27T22:59:59.999Z') });
    const far = lineOf({ at: new Date('2026-11-27T23:00:00.000Z') });
    expect(compareDay([here], [near], day)).toEqual([]);
    expect(compareDay([here], [far], day)).toEqual([{ kind: 'MISSING_THERE', here, there: undefined }]);
  });

  it('passes over lines of other days, and entries of ours that are not of this one', () => {
    const elsewhere = lineOf({ at: new Date('2026-11-20T11:00:00.000Z') });
    const other = ourLineOf(lineOf({ reference: 'x', at: new Date('2026-11-25T22:59:59.999Z') }));
    expect(compareDay([other], [elsewhere], day)).toEqual([]);
  });
});
