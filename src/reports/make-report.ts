import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { ReportFormat } from '../kernel/db/generated/prisma/enums.ts';
import { readSnapshot } from '../kernel/db/read-snapshot.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import type { Currency } from '../kernel/money.ts';
import { writeCamt053 } from '../statements/write-camt053.ts';
import { writeMt940 } from '../statements/write-mt940.ts';
import type { ReportDeps } from './deps.ts';
import { dropPieces } from './drop-pieces.ts';
import {
  attemptsMax,
  beginningsMax,
  type Column,
  expireTimer,
  isBankFormat,
  isKeptCompressed,
  keptFor,
  mailReportJob,
  periodOf,
  type ReportHead,
  type Row,
  rowsMax,
  spanOf,
  type Total,
} from './model.ts';
import { openRows, type ReportRows } from './read-rows.ts';
import type { ReportWish } from './sql/report-wish.ts';
import {
  type Attempt,
  addPiece,
  beginAttempt,
  endAttempt,
  expectRows,
  type FoundReport,
  type ReportEnd,
  readReport,
} from './store.ts';
import { writeCsv } from './write-csv.ts';
import { writePdf } from './write-pdf.ts';
import { asStatement } from './write-statement.ts';
import { writeXlsx } from './write-xlsx.ts';

/** Size of the pieces in which files are kept: 512 KiB. */
const pieceBytes = 524_288;

/** Writes a report in its format; gives the file piece by piece as the rows are read. */
type Writer = (
  head: ReportHead,
  rows: AsyncIterable<Row>,
  /** The sums, once all rows are read. */
  totals: () => readonly Total[],
) => AsyncIterable<string | Uint8Array>;

const writers: { readonly [format in ReportFormat]: Writer } = {
  CSV: writeCsv,
  XLSX: writeXlsx,
  PDF: writePdf,
  MT940: asStatement(writeMt940),
  CAMT053: asStatement(writeCamt053),
};

/** The report cannot be written in its format; the sentence is for people. */
class FormatUnfit extends Error {}
/** Another process has begun to make the same report. */
class AttemptLost extends Error {}

/**
 * Makes a report: reads everything in one snapshot of the database, row by row, and keeps the file in pieces, so that
 * memory does not grow with it. Safe to repeat: each attempt begins anew, and only the last one counts. What fails is tried
 * again by the queue, and given up after five attempts; what is lost with its process each time, after ten.
 */
export async function makeReport(deps: ReportDeps, id: string): Promise<void> {
  const report = await readReport(deps.database, id);
  if (!report) return;
  const now = (): Date => deps.clock.now(report);
  const number = await inTransaction(deps.database, (tx) => beginAttempt(tx, id, now()));
  if (number === undefined) {
    // Whoever gave it up may have been lost before its pieces were dropped.
    if (report.status === 'FAILED') await dropPieces(deps.database, report);
    return;
  }
  const attempt = { id, attempt: number };
  await dropPieces(deps.database, { id, attempt: number - 1 });
  if (number > beginningsMax) return giveUp(deps, { report, attempt });
  try {
    await readSnapshot(deps.database.url, async (snapshot) => {
      const found = await openRows(snapshot, report.kind, wishOf(report));
      await inTransaction(deps.database, (tx) => expectRows(tx, attempt, found.expected));
      requireFit(report, found.expected);
      await writeFile(deps, { report, attempt, found });
    });
  } catch (error) {
    if (error instanceof AttemptLost) return;
    if (error instanceof FormatUnfit) return fail(deps, { report, attempt }, error.message);
    if (number < attemptsMax) throw error;
    await giveUp(deps, { report, attempt }, error);
  }
}

/** Gives up what failed, or was lost, as often as it may. */
async function giveUp(deps: ReportDeps, work: Work, error?: unknown): Promise<void> {
  deps.log.error({ err: error, report: work.report.id }, 'a report was given up');
  await fail(deps, work, 'It could not be made because of a fault on our side; order it again later.');
}

function fail(deps: ReportDeps, work: Work, failure: string): Promise<void> {
  return end(deps, work, { status: 'FAILED', rows: 0n, failure, totals: null });
}

function wishOf(report: FoundReport): ReportWish {
  const { merchantId, shopId, fromDay, untilDay, currencies, methods, statuses } = report;
  const filter = { currencies, methods, statuses };
  return { merchantId, shopId, fromDay, untilDay, filter, ...spanOf(periodOf(report)) };
}

function requireFit({ format }: FoundReport, rows: bigint): void {
  // A file without any statement would be none (camt.053 has one or more); each account has at least two rows.
  if (rows === 0n && isBankFormat(format)) throw new FormatUnfit('There is no account in these currencies yet.');
  const max = rowsMax[format];
  if (rows <= max) return;
  throw new FormatUnfit(
    `It would have ${rows} rows, and ${format} files end at ${max}; take CSV, or order shorter periods.`,
  );
}

type Work = { readonly report: FoundReport; readonly attempt: Attempt };

async function writeFile(deps: ReportDeps, work: Work & { readonly found: ReportRows }): Promise<void> {
  const { report, attempt, found } = work;
  const write = writers[report.format];
  const counted = countRows(found);
  const written = write(headOf(report, found.columns, deps.clock.now(report)), counted.rows, counted.totals);
  const bytes = isKeptCompressed(report.format) ? compressed(written) : written;
  let number = 0;
  for await (const piece of cutPieces(bytes)) {
    const kept = { number, bytes: piece, rows: counted.seen(), at: deps.clock.now(report) };
    if (!(await inTransaction(deps.database, (tx) => addPiece(tx, attempt, kept)))) throw new AttemptLost();
    number += 1;
  }
  const totals = counted.totals().map(({ amount, ...total }) => ({ ...total, amount: String(amount) }));
  await end(deps, work, { status: 'READY', rows: counted.seen(), failure: null, totals });
}

async function end(
  { database, clock }: ReportDeps,
  { report, attempt }: Work,
  result: Omit<ReportEnd, 'finishedAt' | 'expiresAt'>,
): Promise<void> {
  const finishedAt = clock.now(report);
  const expiresAt = result.status === 'READY' ? after(finishedAt, keptFor) : null;
  const isEnded = await inTransaction(database, async (tx) => {
    if (!(await endAttempt(tx, attempt, { ...result, finishedAt, expiresAt }))) return false;
    const { id, merchantId, scheduleId } = report;
    if (expiresAt) await setTimers(tx, [{ kind: expireTimer, subject: id, merchantId, dueAt: expiresAt }]);
    if (scheduleId !== null) await enqueue(tx, [{ name: mailReportJob, payload: { subject: id } }]);
    return true;
  });
  if (isEnded && result.status === 'FAILED') await dropPieces(database, attempt);
}

function headOf(report: FoundReport, columns: readonly Column[], madeAt: Date): ReportHead {
  const { id, kind, currencies, methods, statuses, merchantName, merchantId, shopName } = report;
  return {
    ...{ id, kind, columns, madeAt, merchantName, merchantId, shopName: shopName ?? undefined },
    ...{ period: periodOf(report), filter: { currencies, methods, statuses } },
  };
}

/** Passes rows on, and adds up what passes. */
function countRows({ rows, columns }: ReportRows): {
  readonly rows: AsyncIterable<Row>;
  seen(): bigint;
  totals(): Total[];
} {
  let seen = 0n;
  const summed = columns.filter((column) => column.isSummed);
  const sums = new Map<string, Map<string, bigint>>();
  async function* pass(): AsyncGenerator<Row> {
    for await (const row of rows) {
      seen += 1n;
      const currency = String(row.currency);
      const own = sums.get(currency) ?? new Map(summed.map(({ name }) => [name, 0n]));
      sums.set(currency, own);
      for (const { name } of summed) own.set(name, (own.get(name) ?? 0n) + ((row[name] as bigint | null) ?? 0n));
      yield row;
    }
  }
  return {
    rows: pass(),
    seen: () => seen,
    totals: () =>
      [...sums]
        .sort()
        .flatMap(([currency, own]) =>
          [...own].map(([column, amount]) => ({ column, currency: currency as Currency, amount })),
        ),
  };
}

/** Compresses a file (gzip, RFC 1952) as it is written. */
async function* compressed(file: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(file, { objectMode: true, highWaterMark: 1 });
  yield* source.compose(createGzip()) as AsyncIterable<Uint8Array>;
}

/** Gathers what is written into pieces of one size; the last one may be smaller, and there is at least one. */
async function* cutPieces(file: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const part of file) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    waiting.push(bytes);
    size += bytes.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  yield Buffer.concat(waiting);
}
