import type { Actor } from '../auth/actor.ts';
import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { Report } from '../kernel/db/generated/prisma/client.ts';
import { takeTurn } from '../kernel/db/take-turn.ts';
import { statesBefore } from './model.ts';

const piecesAtOnce = 500;
/** The turns of merchants who order reports. */
const merchantsWithReports = 7021;

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  merchantId: 'merchant_id',
  shopId: 'shop_id',
  owner: 'owner',
  scheduleId: 'schedule_id',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  kind: 'kind',
  format: 'format',
  fromDay: 'from_day',
  untilDay: 'until_day',
  currencies: 'currencies',
  methods: 'methods',
  statuses: 'statuses',
  status: 'status',
  attempt: 'attempt',
  rows: 'rows',
  rowsExpected: 'rows_expected',
  bytes: 'bytes',
  totals: 'totals',
  failure: 'failure',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  finishedAt: 'finished_at',
  expiresAt: 'expires_at',
} as const satisfies Record<keyof Report, string>;

/** Days are read as the midnight of UTC, as Prisma has them; arrays of enums as texts, or they would arrive unread. */
const casts: { readonly [name in keyof Report]?: string } = {
  fromDay: '::timestamp at time zone $$UTC$$',
  untilDay: '::timestamp at time zone $$UTC$$',
  currencies: '::text[]',
  methods: '::text[]',
};

const selectList = Object.entries(columns)
  .map(([name, column]) => `r.${column}${casts[name as keyof Report] ?? ''} as "${name}"`)
  .join(', ');

/** Writes a new report. */
export async function insertReport(tx: Tx, report: Report): Promise<void> {
  const { totals, ...row } = report;
  await tx.query({
    name: 'insert-report',
    text: `
      insert into report (id, merchant_id, shop_id, owner, idempotency_key, input_hash, kind, format, from_day, until_day,
        currencies, methods, statuses, status, created_at, updated_at, schedule_id)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9::date, $10::date, $11::text[]::currency[],
        $12::text[]::payment_method[], $13::text[], $14, $15, $15, $16)`,
    values: [
      ...[row.id, row.merchantId, row.shopId, row.owner, row.idempotencyKey, row.inputHash, row.kind, row.format],
      ...[row.fromDay, row.untilDay].map((day) => day.toISOString().slice(0, 10)),
      ...[row.currencies, row.methods, row.statuses, row.status, row.createdAt, row.scheduleId],
    ],
  });
}

/** Makes whoever orders for one merchant wait for each other, so that one key makes one report, and limits hold. */
export async function lockReportsOf(tx: Tx, merchantId: string): Promise<void> {
  await takeTurn(tx, merchantId, merchantsWithReports);
}

/** Counts the reports that a merchant ordered and that are neither ready nor given up; without those of schedules. */
export async function countWaitingReports(tx: Tx, merchantId: string): Promise<number> {
  const [row] = await tx.query<{ reports: bigint }>({
    name: 'count-waiting-reports',
    text: `
      select count(*) as reports from report
      where merchant_id = $1::text and status in ('QUEUED', 'RUNNING') and schedule_id is null`,
    values: [merchantId],
  });
  return Number(row?.reports ?? 0n);
}

/** Reads the report that was ordered under a key. */
export async function readReportByKey(
  tx: Tx,
  { owner, idempotencyKey }: Pick<Report, 'owner' | 'idempotencyKey'>,
): Promise<Report | undefined> {
  const [report] = await tx.query<Report>({
    name: 'read-report-by-key',
    text: `select ${selectList} from report r where r.owner = $1::text and r.idempotency_key = $2::text`,
    values: [owner, idempotencyKey],
  });
  return report;
}

/** A report with what of its merchant and shop its making needs. */
export type FoundReport = Report & {
  readonly merchantName: string;
  readonly shopName: string | null;
  readonly clockOffsetMs: number;
};

/** Reads a report by its id. */
export async function readReport(database: Database, id: string): Promise<FoundReport | undefined> {
  const [report] = await read<FoundReport>(database, {
    name: 'read-report',
    text: `
      select ${selectList}, m.name as "merchantName", s.name as "shopName", m.clock_offset_ms::float8 as "clockOffsetMs"
      from report r join merchant m on m.id = r.merchant_id left join shop s on s.id = r.shop_id where r.id = $1::uuid`,
    values: [id],
  });
  return report;
}

/**
 * Begins a new attempt to make a report that is neither made nor given up.
 * @returns the number of the attempt; undefined when there is nothing to make.
 */
export async function beginAttempt(tx: Tx, id: string, at: Date): Promise<number | undefined> {
  const [report] = await tx.query<{ attempt: number }>({
    name: 'begin-report-attempt',
    text: `
      update report set status = 'RUNNING', attempt = attempt + 1, rows = 0, rows_expected = null, bytes = 0,
        updated_at = $2::timestamptz
      where id = $1::uuid and status = any($3::report_status[]) returning attempt`,
    values: [id, at, statesBefore('RUNNING')],
  });
  return report?.attempt;
}

/**
 * Drops pieces of an attempt, and of those before it: at most 500 (250 MB), since a statement has its time-out.
 * @returns whether there may be more.
 */
export async function dropSomePieces(tx: Tx, { id, attempt }: Attempt): Promise<boolean> {
  const dropped = await tx.query<{ number: number }>({
    name: 'drop-report-pieces',
    text: `
      delete from report_piece where (report_id, attempt, number) in (
        select report_id, attempt, number from report_piece
        where report_id = $1::uuid and attempt <= $2::int limit $3::int
      ) returning number`,
    values: [id, attempt, piecesAtOnce],
  });
  return dropped.length === piecesAtOnce;
}

/** One attempt to make a report. */
export type Attempt = { readonly id: string; readonly attempt: number };

/** Says how many rows there will be. */
export async function expectRows(tx: Tx, { id, attempt }: Attempt, rows: bigint): Promise<void> {
  await tx.query({
    name: 'expect-report-rows',
    text: `update report set rows_expected = $3::bigint where id = $1::uuid and attempt = $2::int and status = 'RUNNING'`,
    values: [id, attempt, rows],
  });
}

/** A part of a report's file, and how many rows are written with it. */
export type Piece = { readonly number: number; readonly bytes: Uint8Array; readonly rows: bigint; readonly at: Date };

/**
 * Keeps the next piece of a report's file.
 * @returns false when the attempt is not the last one any more: another process makes the report.
 */
export async function addPiece(tx: Tx, { id, attempt }: Attempt, piece: Piece): Promise<boolean> {
  const kept = await tx.query<{ id: string }>({
    name: 'add-report-piece',
    text: `
      with mine as (
        update report set rows = $5::bigint, bytes = bytes + length($4::bytea), updated_at = $6::timestamptz
        where id = $1::uuid and attempt = $2::int and status = 'RUNNING' returning id
      )
      insert into report_piece (report_id, attempt, number, bytes) select id, $2::int, $3::int, $4::bytea from mine
      returning report_id as id`,
    values: [id, attempt, piece.number, piece.bytes, piece.rows, piece.at],
  });
  return kept.length > 0;
}

/** How an attempt ended. */
export type ReportEnd = Pick<Report, 'status' | 'rows' | 'failure' | 'finishedAt' | 'expiresAt'> & {
  /** JSON, with amounts as texts. */
  readonly totals: readonly object[] | null;
};

/** Ends an attempt, if it is still the last one. @returns whether it was. */
export async function endAttempt(tx: Tx, { id, attempt }: Attempt, end: ReportEnd): Promise<boolean> {
  const ended = await tx.query<{ id: string }>({
    name: 'end-report-attempt',
    text: `
      update report set status = $3::report_status, rows = $4::bigint, failure = $5::text, finished_at = $6::timestamptz,
        updated_at = $6::timestamptz, expires_at = $7::timestamptz, totals = $8::jsonb
      where id = $1::uuid and attempt = $2::int and status = any($9::report_status[]) returning id`,
    values: [
      ...[id, attempt, end.status, end.rows, end.failure, end.finishedAt, end.expiresAt],
      end.totals === null ? null : JSON.stringify(end.totals),
      statesBefore(end.status),
    ],
  });
  return ended.length > 0;
}

/** Says that the file of a report is kept no longer. */
export async function endFile(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query({
    name: 'expire-report',
    text: `
      update report set status = 'EXPIRED', updated_at = $2::timestamptz
      where id = $1::uuid and status = any($3::report_status[])`,
    values: [id, at, statesBefore('EXPIRED')],
  });
}

/** Reads a piece of the file of a report; undefined behind the last one. */
export async function readPiece(
  database: Database,
  { id, attempt }: Attempt,
  number: number,
): Promise<Uint8Array | undefined> {
  const [piece] = await read<{ bytes: Uint8Array }>(database, {
    name: 'read-report-piece',
    text: 'select bytes from report_piece where report_id = $1::uuid and attempt = $2::int and number = $3::int',
    values: [id, attempt, number],
  });
  return piece?.bytes;
}

/**
 * The part of a where clause that keeps a reader to the reports of his shops, or to their schedules; those about all shops are
 * the merchant's.
 */
export function visibleReports(actor: Actor): { readonly merchantId: string; readonly shopId?: string } {
  return { merchantId: actor.merchantId, ...(actor.shopId === undefined ? {} : { shopId: actor.shopId }) };
}
