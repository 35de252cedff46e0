import type { DayFileLine, DaySpan } from '../acquirers/port.ts';
import { midnight, parseDay } from '../calendar/model.ts';
import type { Currency, MovementStatus, TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';

/** A calendar day in Warsaw, and the three days of which it is the middle. */
export type StatementDay = {
  /** As `2026-11-26`. */
  readonly name: string;
  readonly span: DaySpan;
  readonly around: DaySpan;
};

/** What we have on our books of something that an acquirer lists in its day files. */
export type OurLine = {
  readonly kind: DayFileLine['kind'];
  /** Our transaction, capture or refund id. */
  readonly reference: string;
  /** Minor units: what was settled or, until that, what was asked for. */
  readonly amount: bigint;
  readonly currency: Currency;
  /** SETTLED says that it is booked. */
  readonly status: TransactionStatus | MovementStatus;
  /** When it was settled; null when it was not. */
  readonly at: Date | null;
  /** True when statements have shown all of its money on our own account: the acquirer need not have told of it. */
  readonly isOnAccount: boolean;
};

/**
 * How the books and a day file differ:
 * - MISSING_HERE: the file has a line that is not on our books within a day of it, or has it once more.
 * - MISSING_THERE: we have settled what no line says, and no statement has shown its money on our account.
 * - STATUS: the file has a line for what is not settled here.
 * - AMOUNT, CURRENCY: both have it, each with another.
 */
export type DifferenceKind = 'MISSING_HERE' | 'MISSING_THERE' | 'STATUS' | 'AMOUNT' | 'CURRENCY';

/** One difference, with what each side has. */
export type Difference = {
  readonly kind: DifferenceKind;
  readonly here: OurLine | undefined;
  readonly there: DayFileLine | undefined;
};

/**
 * Reads a day as it is written: `2026-11-26` is that day from midnight to midnight in Europe/Warsaw, 23 or 25 hours when
 * the clocks change. Undefined when there is no such day, or it is before 2000.
 */
export function parseStatementDay(text: string): StatementDay | undefined {
  const day = parseDay(text);
  if (!day) return undefined;
  const midnightIn = (days: number): Date => midnight(day.add({ days }));
  return {
    name: text,
    span: { from: midnightIn(0), before: midnightIn(1) },
    around: { from: midnightIn(-1), before: midnightIn(2) },
  };
}

/** Says whether a moment lies in a span. */
export function isWithin({ from, before }: DaySpan, moment: Date): boolean {
  return moment >= from && moment < before;
}

/**
 * Compares our books with an acquirer's lines, for one day: the lines of that day, and what we settled on it. What was
 * settled near midnight may stand on the neighbouring day on the other side; that is no difference as long as the other
 * side has it there, and whatever else differs is said by the comparison of the day that its line stands on. One entry
 * of ours answers for one line. Pure.
 * @param ours what we settled on that day, and all that we have under the references of the day's lines.
 * @param theirs lines of that day and, so far as they are known, of the days before and after it.
 */
export function compareDay(
  ours: readonly OurLine[],
  theirs: readonly DayFileLine[],
  day: StatementDay,
): readonly Difference[] {
  const linesByKey = Map.groupBy(
    theirs.filter((line) => isWithin(day.around, line.at)),
    keyOf,
  );
  const oursByKey = new Map(ours.map((line) => [keyOf(line), line]));
  const ofLines = [...linesByKey].flatMap(([key, lines]) => compareLines(oursByKey.get(key), lines, day));
  const missing = ours.filter(
    (here) => settledWithin(here, day.span) && !here.isOnAccount && !linesByKey.has(keyOf(here)),
  );
  return [...ofLines, ...missing.map((here) => ({ kind: 'MISSING_THERE', here, there: undefined }) as const)];
}

function keyOf({ kind, reference }: Pick<OurLine, 'kind' | 'reference'>): string {
  return `${kind} ${reference}`;
}

/** Says whether something was settled here in a span. */
export function settledWithin({ status, at }: OurLine, span: DaySpan): boolean {
  return status === 'SETTLED' && at !== null && isWithin(span, at);
}

/** Compares the lines of one reference, of three days, with the one entry that we may have. */
function compareLines(here: OurLine | undefined, lines: readonly DayFileLine[], day: StatementDay): Difference[] {
  // Booked too long before or after to be this money.
  const isFar = here?.status === 'SETTLED' && !settledWithin(here, day.around);
  const counterpart = here && !isFar ? nearest(here, lines) : undefined;
  return lines
    .filter((there) => isWithin(day.span, there.at))
    .flatMap((there): Difference[] => {
      if (here === undefined || there !== counterpart) return [{ kind: 'MISSING_HERE', here, there }];
      return differencesOf(here, there).map((kind) => ({ kind, here, there }));
    });
}

/** The line that stands nearest to the moment at which we settled; the first one when we did not. */
function nearest({ at }: OurLine, lines: readonly DayFileLine[]): DayFileLine | undefined {
  const distance = (line: DayFileLine): number => (at ? Math.abs(line.at.getTime() - at.getTime()) : line.at.getTime());
  return lines.toSorted((one, other) => distance(one) - distance(other))[0];
}

function differencesOf(here: OurLine, there: DayFileLine): DifferenceKind[] {
  return [
    ...(here.status === 'SETTLED' ? [] : (['STATUS'] as const)),
    ...(here.amount === there.amount ? [] : (['AMOUNT'] as const)),
    ...(here.currency === there.currency ? [] : (['CURRENCY'] as const)),
  ];
}
