import fc from 'fast-check';
import type { DayFileLine } from '../../src/acquirers/port.ts';
import { currencies } from '../../src/kernel/money.ts';
import {
  type Difference,
  isWithin,
  type OurLine,
  parseStatementDay,
  type StatementDay,
} from '../../src/statements/model.ts';

/** A day that there is. */
export function dayNamed(name: string): StatementDay {
  const day = parseStatementDay(name);
  if (!day) throw new Error(`There is no day ${name}.`);
  return day;
}

/** A line as an acquirer writes it: a sale of 12.34 PLN at noon in Warsaw, with what is given instead. */
export function lineOf(values: Partial<DayFileLine> = {}): DayFileLine {
  return {
    kind: 'sale',
    reference: '01980000-0000-7000-8000-000000000001',
    amount: 1_234n,
    currency: 'PLN',
    at: new Date('2026-11-26T11:00:00.000Z'),
    ...values,
  };
}

/** The entry of ours that a line stands for, with what is given instead. */
export function ourLineOf(line: DayFileLine, values: Partial<OurLine> = {}): OurLine {
  return { ...line, status: 'SETTLED', isOnAccount: false, ...values };
}

/** A difference as a short text: `AMOUNT sale 0198…`. */
export function nameOf({ kind, here, there }: Difference): string {
  return `${kind} ${(there ?? here)?.kind} ${(there ?? here)?.reference}`;
}

/** What both sides have of one day, some of it differently, and the differences that were planted there. */
export type PlantedDay = {
  readonly day: StatementDay;
  readonly ours: readonly OurLine[];
  readonly theirs: readonly DayFileLine[];
  /** By `nameOf`, sorted. */
  readonly planted: readonly string[];
};

type Entry = { readonly here: OurLine[]; readonly there: DayFileLine[]; readonly planted: readonly string[] };

const amounts = fc.oneof(fc.bigInt(1n, 999_999n), fc.bigInt(2n ** 62n, 2n ** 63n - 2n));
const hour = 3_600_000;

/** How far apart the two sides may have it, in milliseconds; most of it is booked at once. */
const delays = fc.oneof(
  { arbitrary: fc.constant(0), weight: 3 },
  { arbitrary: fc.integer({ min: -hour, max: hour }), weight: 1 },
);

const plants = [
  'none',
  'none',
  'none',
  'not-here',
  'twice-there',
  'not-there',
  'status',
  'amount',
  'currency',
  'long-ago',
] as const;

/** Days of 24 hours and those on which the clocks change, each with up to 30 entries near it and on it. */
export const plantedDays: fc.Arbitrary<PlantedDay> = fc
  .constantFrom('2026-11-26', '2026-03-29', '2026-10-25', '2025-12-31')
  .map(dayNamed)
  .chain((day) =>
    fc.array(entryOn(day), { maxLength: 30 }).map((entries) => ({
      day,
      ours: entries.flatMap((entry) => entry.here),
      theirs: entries.flatMap((entry) => entry.there),
      planted: entries.flatMap((entry) => entry.planted).sort(),
    })),
  );

function entryOn(day: StatementDay): fc.Arbitrary<Entry> {
  const length = day.span.before.getTime() - day.span.from.getTime();
  return fc
    .record({
      kind: fc.constantFrom('sale' as const, 'capture' as const, 'refund' as const),
      reference: fc.uuid(),
      amount: amounts,
      currency: fc.constantFrom(...currencies),
      // Half an hour before the day begins until half an hour after it ends.
      at: fc.integer({ min: -hour / 2, max: length + hour / 2 }).map((ms) => new Date(day.span.from.getTime() + ms)),
      delay: delays,
      plant: fc.constantFrom(...plants),
      more: fc.boolean(),
    })
    .map(({ delay, plant, more, ...line }) => {
      const here = ourLineOf(line, { at: new Date(line.at.getTime() + delay) });
      return plantInto({ day, here, line, more }, plant);
    });
}

function plantInto(
  { day, here, line, more }: { day: StatementDay; here: OurLine; line: DayFileLine; more: boolean },
  plant: (typeof plants)[number],
): Entry {
  const named = (kind: string, at: Date): string[] =>
    isWithin(day.span, at) ? [`${kind} ${line.kind} ${line.reference}`] : [];
  const grosz = more ? 1n : -1n;
  switch (plant) {
    case 'none':
      return { here: [here], there: [line], planted: [] };
    case 'not-here':
      return { here: [], there: [line], planted: named('MISSING_HERE', line.at) };
    case 'twice-there':
      return { here: [here], there: [line, { ...line }], planted: named('MISSING_HERE', line.at) };
    case 'not-there':
      return { here: [here], there: [], planted: named('MISSING_THERE', here.at as Date) };
    case 'status': {
      const status = more ? 'UNKNOWN' : 'REJECTED';
      return { here: [{ ...here, status, at: null }], there: [line], planted: named('STATUS', line.at) };
    }
    case 'amount': {
      const amount = line.amount > 1n ? line.amount + grosz : 2n;
      return { here: [{ ...here, amount }], there: [line], planted: named('AMOUNT', line.at) };
    }
    case 'currency': {
      const currency = line.currency === 'PLN' ? 'EUR' : 'PLN';
      return { here: [{ ...here, currency }], there: [line], planted: named('CURRENCY', line.at) };
    }
    case 'long-ago': {
      const at = new Date(day.around.from.getTime() - 1);
      return { here: [{ ...here, at }], there: [line], planted: named('MISSING_HERE', line.at) };
    }
  }
}
