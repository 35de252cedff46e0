import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { Report } from '../kernel/db/generated/prisma/client.ts';
import type {
  Currency,
  MovementStatus,
  PaymentMethod,
  PayoutStatus,
  ReportFormat,
  ReportKind,
  TransactionStatus,
} from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { hashInput, IdempotencyKeyReused, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { findVisibleShop } from '../shops/find-shop.ts';
import type { ReportDeps } from './deps.ts';
import { TooManyReports } from './errors.ts';
import {
  hasFormat,
  hasMethods,
  makeReportJob,
  parsePeriod,
  type ReportFilter,
  scheduleKeyPrefix,
  toDateColumn,
  waitingReportsMax,
} from './model.ts';
import { readClockOffset } from './sql/read-clock-offset.ts';
import { countWaitingReports, insertReport, lockReportsOf, readReportByKey } from './store.ts';

/** What a report is narrowed to, as callers say it; left out or empty, not by this. */
export type FilterInput = {
  readonly currency?: readonly Currency[] | null | undefined;
  readonly method?: readonly PaymentMethod[] | null | undefined;
  readonly transactionStatus?: readonly TransactionStatus[] | null | undefined;
  readonly refundStatus?: readonly MovementStatus[] | null | undefined;
  readonly payoutStatus?: readonly PayoutStatus[] | null | undefined;
};

/** What a report shall be of, whatever its period. */
export type ReportSubject = {
  /** Left out: all shops that the key may see. */
  readonly shopId?: string | null | undefined;
  readonly kind: ReportKind;
  readonly format: ReportFormat;
  readonly filter?: FilterInput | null | undefined;
};

/** A wish for a report. */
export type CreateReportInput = ReportSubject & {
  readonly idempotencyKey: string;
  /** The first and the last day, in Europe/Warsaw. */
  readonly from: string;
  readonly until: string;
};

/** The report of a wish; `replayed` when an earlier wish under the same key had ordered it. */
export type CreatedReport = { readonly report: Report; readonly replayed: boolean };

/**
 * Orders a report, which a worker makes soon after.
 * @throws Forbidden without the scope `reports:write`; InvalidInput, NotFound, IdempotencyKeyReused or TooManyReports.
 */
export async function createReport(deps: ReportDeps, actor: Actor, input: CreateReportInput): Promise<CreatedReport> {
  requireScope(actor, 'reports:write');
  const idempotencyKey = parseIdempotencyKey(input.idempotencyKey);
  if (idempotencyKey.startsWith(scheduleKeyPrefix)) {
    throw new InvalidInput('Keys that begin with "schedule " are those of schedules; begin it otherwise.', [
      'idempotencyKey',
    ]);
  }
  const subject = await parseSubject(deps, actor, input);
  const clockOffsetMs = await readClockOffset(deps.database, actor.merchantId);
  const now = deps.clock.now({ clockOffsetMs });
  const { from, until } = input;
  const inputHash = new Uint8Array(hashInput({ ...subject, from, until }));
  return inTransaction(deps.database, async (tx) => {
    await lockReportsOf(tx, subject.merchantId);
    const earlier = await readReportByKey(tx, { owner: subject.owner, idempotencyKey });
    if (earlier) return replay(earlier, inputHash);
    if ((await countWaitingReports(tx, subject.merchantId)) >= waitingReportsMax) throw new TooManyReports();
    const period = parsePeriod({ from, until, format: input.format }, now);
    const days = { fromDay: toDateColumn(period.from), untilDay: toDateColumn(period.until) };
    const report = newReport(subject, { ...days, idempotencyKey, inputHash, createdAt: now });
    await orderReport(tx, report);
    return { report, replayed: false };
  });
}

/** What a report is of, checked. */
export type ParsedSubject = ReportFilter & {
  readonly merchantId: string;
  readonly shopId: string | null;
  /** The shop or, without one, the merchant. */
  readonly owner: string;
  readonly kind: ReportKind;
  readonly format: ReportFormat;
};

/**
 * Takes what a report shall be of. A key that is bound to a shop sees nothing but that shop.
 * @throws InvalidInput when kind, format and filter do not go together; NotFound for a shop that is not visible.
 */
export async function parseSubject(
  { shops }: Pick<ReportDeps, 'shops'>,
  actor: Actor,
  input: ReportSubject,
): Promise<ParsedSubject> {
  const { merchantId } = actor;
  const asked = input.shopId ?? actor.shopId;
  const shopId = asked === undefined ? null : (await findVisibleShop(shops, actor, asked)).id;
  const { kind, format } = input;
  if (!hasFormat(kind, format)) {
    throw new InvalidInput(`${format} is a form of bank statements; take it with BALANCE_STATEMENT.`, ['format']);
  }
  return { merchantId, shopId, owner: shopId ?? merchantId, kind, format, ...parseFilter(kind, input.filter ?? {}) };
}

function parseFilter(kind: ReportKind, filter: FilterInput): ReportFilter {
  const statuses = { TRANSACTIONS: 'transactionStatus', REFUNDS: 'refundStatus', PAYOUTS: 'payoutStatus' } as const;
  const own = kind in statuses ? statuses[kind as keyof typeof statuses] : undefined;
  const foreign = Object.values(statuses).find((name) => name !== own && (filter[name] ?? []).length > 0);
  if (foreign !== undefined) {
    const hint = own === undefined ? 'it has no states' : `narrow it by ${own}`;
    throw new InvalidInput(`${kind} cannot be narrowed by ${foreign}; ${hint}.`, ['filter', foreign]);
  }
  const methods = filter.method ?? [];
  if (methods.length > 0 && !hasMethods(kind)) {
    throw new InvalidInput(`${kind} cannot be narrowed by method; leave it out.`, ['filter', 'method']);
  }
  const sorted = <Value extends string>(list: readonly Value[]): Value[] => [...new Set(list)].sort();
  return {
    currencies: sorted(filter.currency ?? []),
    methods: sorted(methods),
    statuses: sorted(own === undefined ? [] : (filter[own] ?? [])),
  };
}

/** A report as it is when it is ordered. */
export function newReport(
  subject: ParsedSubject,
  order: Pick<Report, 'fromDay' | 'untilDay' | 'idempotencyKey' | 'inputHash' | 'createdAt'> & {
    readonly scheduleId?: string;
  },
): Report {
  const { currencies, methods, statuses, ...rest } = subject;
  return {
    ...{ id: newId(order.createdAt), ...rest, scheduleId: null, ...order, status: 'QUEUED', attempt: 0 },
    ...{ currencies: [...currencies], methods: [...methods], statuses: [...statuses] },
    ...{ rows: 0n, rowsExpected: null, bytes: 0n, totals: null, failure: null },
    ...{ updatedAt: order.createdAt, finishedAt: null, expiresAt: null },
  };
}

/**
 * Writes a new report, and the timer by which a worker makes it at once; there need be no worker yet. Reports of one
 * merchant are made one after the other, so that many of one do not keep the others waiting.
 */
export async function orderReport(tx: Tx, report: Report): Promise<void> {
  await insertReport(tx, report);
  const { id: subject, merchantId, createdAt: dueAt } = report;
  await setTimers(tx, [{ kind: makeReportJob, subject, merchantId, dueAt, queue: `reports ${merchantId}` }]);
}

function replay(earlier: Report, inputHash: Uint8Array): CreatedReport {
  if (!Buffer.from(earlier.inputHash).equals(inputHash)) throw new IdempotencyKeyReused();
  return { report: earlier, replayed: true };
}
