import type { Acquirer, DayFileLine } from '../acquirers/port.ts';
import type { Database } from '../kernel/db/database.ts';
import { isUuid } from '../kernel/ids.ts';
import { compareDay, type Difference, isWithin, type StatementDay, settledWithin } from './model.ts';
import { readOurDay } from './sql/read-our-day.ts';

/** How our books and an acquirer's compare for one day. */
export type Reconciliation = {
  readonly acquirer: string;
  /** As `2026-11-26`. */
  readonly day: string;
  /** How many lines the acquirer has for the day. */
  readonly there: number;
  /** How many sales, captures and refunds were settled here on the day. */
  readonly here: number;
  /** How many lines belong neither to the day nor to one beside it, and were passed over. */
  readonly passedOver: number;
  readonly differences: readonly Difference[];
  /** All lines that the acquirer was heard with, in their order. */
  readonly lines: readonly DayFileLine[];
};

/** How long an acquirer may take to give its day files, in milliseconds: they may hold a hundred thousand lines. */
const dayFileTimeoutMs = 60_000;

/**
 * Compares what we have settled with what an acquirer says it did on a day (Europe/Warsaw), and tells every difference.
 * Nothing is corrected: an operator looks into each. Money that was settled near midnight may stand on the neighbouring
 * day on the other side; it is no difference if it is found there. So the acquirer is asked for three days; whoever
 * brings lines of the one day alone is told of such money as MISSING_THERE.
 * @param wish.lines the acquirer's day file; undefined: the acquirer is asked for it.
 * @throws whatever the acquirer does when it does not give its day file.
 */
export async function reconcileDay(
  deps: { readonly database: Database },
  wish: {
    readonly acquirer: Acquirer;
    readonly day: StatementDay;
    readonly lines?: readonly DayFileLine[] | undefined;
  },
): Promise<Reconciliation> {
  const { acquirer, day } = wish;
  const theirs = wish.lines ?? (await acquirer.dayFile(day.around, AbortSignal.timeout(dayFileTimeoutMs)));
  const ofDay = theirs.filter((line) => isWithin(day.span, line.at));
  // Only our ids are UUIDs: what has another reference was never ours.
  const references = [...new Set(ofDay.map((line) => line.reference))].filter(isUuid);
  const ours = await readOurDay(deps.database, { acquirer: acquirer.name, span: day.span, references });
  return {
    acquirer: acquirer.name,
    day: day.name,
    there: ofDay.length,
    here: ours.filter((line) => settledWithin(line, day.span)).length,
    passedOver: theirs.filter((line) => !isWithin(day.around, line.at)).length,
    differences: compareDay(ours, theirs, day),
    lines: theirs,
  };
}
