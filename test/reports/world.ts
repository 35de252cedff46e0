import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Report } from '../../src/kernel/db/generated/prisma/client.ts';
import { paymentJobs } from '../../src/payments/jobs.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import { type CreateReportInput, createReport } from '../../src/reports/create-report.ts';
import type { ReportDeps } from '../../src/reports/deps.ts';
import { makeReportJobs, reportJobs } from '../../src/reports/jobs.ts';
import { isKeptCompressed } from '../../src/reports/model.ts';
import { type FoundReport, readReport } from '../../src/reports/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openPayoutWorld, type PayoutWorld } from '../payouts/world.ts';
import { actorOf, createReportDeps } from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';

/** A report as it is now, with its file, uncompressed. */
export type MadeReport = { readonly report: FoundReport; readonly file: Buffer };

/** A gateway that makes reports. */
export type ReportWorld = PayoutWorld & {
  readonly reports: ReportDeps;
  /** Orders a report as a shop's merchant does: in CSV, of November and December 2026, unless it is said otherwise. */
  order(shop: Shop, input: Pick<CreateReportInput, 'kind'> & Partial<CreateReportInput>): Promise<Report>;
  /** Does what is due by now. */
  work(): Promise<string[]>;
  /** Orders a report and has it made. */
  make(shop: Shop, input: Pick<CreateReportInput, 'kind'> & Partial<CreateReportInput>): Promise<MadeReport>;
  reportNow(id: string): Promise<FoundReport>;
};

/** Opens a gateway on a database of its own; its time is Thursday, 26 November 2026, noon in Warsaw. */
export async function openReportWorld(): Promise<ReportWorld> {
  const world = await openPayoutWorld();
  const { database, clock } = world;
  const reports = createReportDeps(world.deps);
  const ofReports = { ...reportJobs(reports), ...makeReportJobs(reports) };
  const handlers = { ...paymentJobs(world.deps), ...refundJobs(world.refunds), ...ofReports };
  const work = () => runDueJobs({ database, clock, handlers });
  const order: ReportWorld['order'] = async (shop, input) => {
    const usual = { format: 'CSV', from: '2026-11-01', idempotencyKey: randomUUID() } as const;
    const until = Temporal.Instant.fromEpochMilliseconds(clock.now().getTime()).toZonedDateTimeISO('Europe/Warsaw');
    const wish = { ...usual, until: until.toPlainDate().toString(), ...input };
    return (await createReport(reports, actorOf(shop), wish)).report;
  };
  const reportNow = async (id: string): Promise<FoundReport> => {
    const report = await readReport(database, id);
    if (!report) throw new Error('There is no such report.');
    return report;
  };
  return {
    ...world,
    reports,
    order,
    work,
    reportNow,
    make: async (shop, input) => {
      const { id } = await order(shop, input);
      await work();
      const report = await reportNow(id);
      const { rows } = await database.pool.query<{ bytes: Buffer }>(
        'select bytes from report_piece where report_id = $1 and attempt = $2 order by number',
        [id, report.attempt],
      );
      const kept = Buffer.concat(rows.map(({ bytes }) => bytes));
      return { report, file: isKeptCompressed(report.format) && kept.length > 0 ? gunzipSync(kept) : kept };
    },
  };
}

/** The rows of a CSV file by its headings, read by the program that the gateway does not write with. */
export async function readCsv(file: Buffer): Promise<Record<string, string>[]> {
  const { parse } = await import('csv-parse/sync');
  return parse<Record<string, string>>(file, { columns: true });
}

/** A decimal with two places as minor units, and nothing else. */
export function minorUnits(decimal: string | undefined): bigint {
  const [, sign, whole = '', cents = ''] = /^(-?)(\d+)\.(\d{2})$/.exec(decimal ?? '') ?? [];
  if (whole === '') throw new Error(`${decimal} is no amount.`);
  return BigInt(`${sign}${whole}${cents}`);
}
