import { at, type Day, dayOf, midnight, parseDay, zone } from '../calendar/model.ts';
import type {
  Currency,
  PaymentMethod,
  ReportFormat,
  ReportFrequency,
  ReportKind,
  ReportStatus,
} from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../kernel/errors.ts';

/** The moves a report may make: RUNNING again when whoever made it was lost. */
const reportMoves = {
  QUEUED: ['RUNNING'],
  RUNNING: ['RUNNING', 'READY', 'FAILED'],
  READY: ['EXPIRED'],
  FAILED: [],
  EXPIRED: [],
} as const satisfies Record<ReportStatus, readonly ReportStatus[]>;

/** The states from which a report may come into one. */
export function statesBefore(to: ReportStatus): readonly ReportStatus[] {
  const moves: { readonly [from in ReportStatus]: readonly ReportStatus[] } = reportMoves;
  return (Object.keys(moves) as ReportStatus[]).filter((from) => moves[from].includes(to));
}

/** Kind of the timer, and name of its job, that makes a report. */
export const makeReportJob = 'make_report';
/** Kind of the timer that ends a report's file. */
export const expireTimer = 'expire_report';

/** Kind of the timer that orders the next report of a schedule. */
export const runScheduleTimer = 'run_report_schedule';
/** Name of the job that mails a report of a schedule once it is ready or given up; its payload is `{subject}`. */
export const mailReportJob = 'mail_report';

/** How the idempotency keys of what schedules order begin; nobody else may take such a key. */
export const scheduleKeyPrefix = 'schedule ';

/** How long a file is kept: 30 days. */
export const keptFor = { ms: 30 * 86_400_000 } as const;
/** How long an address that GraphQL gives is good: an hour. */
export const addressGoodFor = { ms: 3_600_000 } as const;
/** How often a report is begun before it is given up. */
export const attemptsMax = 5;
/** How often it is begun at most, whatever became of it: a report that ends its process each time says nothing. */
export const beginningsMax = 10;

/** How many reports that a merchant ordered may wait or be made at a time; those of schedules do not count. */
export const waitingReportsMax = 20;
/** How many schedules a merchant may have going. */
export const schedulesMax = 50;

const daysMax = 366;

/** The days a report is about: the first and the last one, in Europe/Warsaw. */
export type Period = { readonly from: Day; readonly until: Day };

/** The moments between which the days of a period lie: from the first one on, before the second. */
export function spanOf({ from, until }: Period): { readonly from: Date; readonly before: Date } {
  return { from: midnight(from), before: midnight(until.add({ days: 1 })) };
}

/** How many rows a format holds: Excel's sheets end at 1,048,576 (ISO/IEC 29500), and nobody reads longer PDFs. */
export const rowsMax: { readonly [format in ReportFormat]: bigint } = {
  CSV: 100_000_000n,
  XLSX: 1_000_000n,
  PDF: 5_000n,
  MT940: 100_000_000n,
  CAMT053: 100_000_000n,
};

/** What a report is narrowed to; an empty list does not narrow it. */
export type ReportFilter = {
  readonly currencies: readonly Currency[];
  readonly methods: readonly PaymentMethod[];
  /** States of what the report lists: transactions, refunds or payouts. */
  readonly statuses: readonly string[];
};

/** Says whether a format is one of bank statements, which only a statement of a balance can have. */
export function isBankFormat(format: ReportFormat): boolean {
  return format === 'MT940' || format === 'CAMT053';
}

/** Says whether a kind of report can be written in a format. */
export function hasFormat(kind: ReportKind, format: ReportFormat): boolean {
  return kind === 'BALANCE_STATEMENT' || !isBankFormat(format);
}

/** Says whether the rows of a kind of report have a payment method. */
export function hasMethods(kind: ReportKind): boolean {
  return kind === 'TRANSACTIONS' || kind === 'REFUNDS' || kind === 'COMMISSIONS';
}

/**
 * Takes the period of a report: at most 366 days, none of them after today. A bank statement closes with a balance, so its
 * days must be over.
 * @throws InvalidInput when it is none.
 */
export function parsePeriod(
  wish: { readonly from: string; readonly until: string; readonly format: ReportFormat },
  now: Date,
): Period {
  const [from, until] = [parseDay(wish.from), parseDay(wish.until)];
  if (!from || !until) {
    throw new InvalidInput('from and until must be days such as 2026-11-30, from 2000-01-01 on.', [
      from ? 'until' : 'from',
    ]);
  }
  const today = dayOf(now);
  const last = isBankFormat(wish.format) ? today.subtract({ days: 1 }) : today;
  if (Temporal.PlainDate.compare(until, last) > 0) {
    const why = last.equals(today)
      ? 'lies ahead'
      : 'is not over, and a bank statement closes with the balance of its end';
    throw new InvalidInput(`until ${why}; take ${last} at the latest (days of ${zone}).`, ['until']);
  }
  const days = from.until(until).days + 1;
  if (days < 1) throw new InvalidInput(`until must not be before from; from is ${from}.`, ['until']);
  if (days > daysMax) {
    throw new InvalidInput(`A report covers at most ${daysMax} days, not ${days}; order several.`, ['from']);
  }
  return { from, until };
}

/** What a column of a report holds. Money is in the currency of its row, whose column is called `currency`. */
export type ColumnKind = 'text' | 'money' | 'moment' | 'day';

/** A column of a report. */
export type Column = {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Whether the report says its sums. */
  readonly isSummed?: boolean;
  /** Its width in print, in points; left out, the column stands in the other formats alone. */
  readonly print?: number;
};

/** The value of a cell: money as bigint, in minor units. */
export type Cell = string | bigint | Date | null;

/** A row by the names of the columns. */
export type Row = { readonly [column: string]: Cell };

/** The sum of a column in one currency, in minor units. */
export type Total = { readonly column: string; readonly currency: Currency; readonly amount: bigint };

/** Reads the sums as they are kept: JSON, with amounts as texts. */
export function readTotals(kept: unknown): Total[] {
  const totals = (kept ?? []) as readonly (Omit<Total, 'amount'> & { readonly amount: string })[];
  return totals.map(({ amount, ...total }) => ({ ...total, amount: BigInt(amount) }));
}

/** What a report says about itself. */
export type ReportHead = {
  readonly id: string;
  readonly kind: ReportKind;
  readonly period: Period;
  readonly filter: ReportFilter;
  readonly merchantName: string;
  readonly merchantId: string;
  /** Undefined: all shops of the merchant. */
  readonly shopName: string | undefined;
  readonly madeAt: Date;
  readonly columns: readonly Column[];
};

/** How the file of a format ends, and its media type (RFC 4180, ECMA-376, RFC 8118, ISO 20022). */
export const fileTypes: { readonly [format in ReportFormat]: { readonly ending: string; readonly mediaType: string } } =
  {
    CSV: { ending: 'csv', mediaType: 'text/csv; charset=utf-8; header=present' },
    XLSX: { ending: 'xlsx', mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
    PDF: { ending: 'pdf', mediaType: 'application/pdf' },
    MT940: { ending: 'sta', mediaType: 'text/plain; charset=us-ascii' },
    CAMT053: { ending: 'xml', mediaType: 'application/xml; charset=utf-8' },
  };

/** The name of a report's file: `transactions_2026-11-01_2026-11-30.csv`. */
export function fileNameOf(report: {
  readonly kind: ReportKind;
  readonly format: ReportFormat;
  readonly fromDay: Date;
  readonly untilDay: Date;
}): string {
  const days = [report.fromDay, report.untilDay].map((day) => day.toISOString().slice(0, 10));
  return `${report.kind.toLowerCase()}_${days.join('_')}.${fileTypes[report.format].ending}`;
}

/** Whether files of a format are kept compressed (gzip) and handed out as they were. */
export function isKeptCompressed(format: ReportFormat): boolean {
  return format === 'CSV' || format === 'MT940' || format === 'CAMT053';
}

/** How far a report is, in whole percent. */
export function progressOf(report: {
  readonly status: ReportStatus;
  readonly rows: bigint;
  readonly rowsExpected: bigint | null;
}): number {
  if (report.status === 'READY' || report.status === 'EXPIRED') return 100;
  if (report.rowsExpected === null || report.rowsExpected === 0n) return 0;
  return Math.min(99, Number((report.rows * 100n) / report.rowsExpected));
}

/** A day as a column of the type `date` keeps it: the midnight of UTC. */
export function toDateColumn(day: Day): Date {
  return new Date(`${day.toString()}T00:00:00Z`);
}

/** The day that such a column holds. */
export function dayOfColumn(column: Date): Day {
  return Temporal.PlainDate.from(column.toISOString().slice(0, 10));
}

/** The period of a report's row. */
export function periodOf(report: { readonly fromDay: Date; readonly untilDay: Date }): Period {
  return { from: dayOfColumn(report.fromDay), until: dayOfColumn(report.untilDay) };
}

/** The first day of the day, week (Monday to Sunday, ISO 8601) or month in which a day lies. */
export function firstDayOf(frequency: ReportFrequency, day: Day): Day {
  if (frequency === 'WEEKLY') return day.subtract({ days: day.dayOfWeek - 1 });
  return frequency === 'MONTHLY' ? day.with({ day: 1 }) : day;
}

/** The last day of the period that begins on a day. */
export function lastDayOf(frequency: ReportFrequency, first: Day): Day {
  const next = { DAILY: { days: 1 }, WEEKLY: { weeks: 1 }, MONTHLY: { months: 1 } }[frequency];
  return first.add(next).subtract({ days: 1 });
}

/** When the report of a period is made whose last day is given: at 7:00 the morning after, when payouts were made. */
export function scheduleRunAt(last: Day): Date {
  return at(last.add({ days: 1 }), { hour: 7 });
}
