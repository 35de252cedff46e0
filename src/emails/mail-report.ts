import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { describePeriod, kindNames } from '../reports/describe-head.ts';
import { fileNameOf, periodOf } from '../reports/model.ts';
import { signAddress } from '../reports/sign-address.ts';
import { type FoundReport, readReport } from '../reports/store.ts';
import { createMomentWriter } from '../reports/write-cells.ts';
import type { EmailDeps } from './deps.ts';
import { sendMailJob } from './model.ts';
import { insertMail, readRecipient } from './store.ts';

/** How long the address in a mail is good: a week. */
const addressGoodFor = { ms: 7 * 86_400_000 } as const;

/**
 * Writes the mail about a report of a schedule: where its file is fetched or, when it could not be made, why. The file
 * itself is not in it, since mails lie about for years. There is one mail for each report, however often this runs.
 */
export async function mailReport(deps: EmailDeps, reportId: string): Promise<void> {
  const { database, clock } = deps;
  const report = await readReport(database, reportId);
  const recipient = await readRecipient(database, reportId);
  if (!report || recipient === undefined) return;
  const now = clock.now(report);
  const mail = {
    ...{ id: newId(now), merchantId: report.merchantId, reportId, recipient, status: 'PENDING' as const },
    ...{ subject: `${kindNames[report.kind]}, ${describePeriod(periodOf(report))}`, body: bodyOf(deps, report) },
    ...{ createdAt: now, updatedAt: now },
  };
  await inTransaction(database, async (tx) => {
    if (!(await insertMail(tx, mail))) return;
    await enqueue(tx, [{ name: sendMailJob, payload: { subject: mail.id } }]);
  });
}

function bodyOf({ reports, clock }: EmailDeps, report: FoundReport): string {
  const goodUntil = after(clock.now(), addressGoodFor);
  const about = [
    `${kindNames[report.kind]} of ${report.shopName ?? `all shops of ${report.merchantName}`}`,
    `Days: ${describePeriod(periodOf(report))} (Europe/Warsaw)`,
  ];
  const outcome =
    report.status === 'FAILED'
      ? [`The report could not be made. ${report.failure ?? ''}`]
      : [
          `Rows: ${report.rows}`,
          `File: ${fileNameOf(report)}`,
          '',
          signAddress(reports, report.id, goodUntil),
          '',
          `The address is good until ${createMomentWriter()(goodUntil)}, for whoever has it: do not pass this`,
          'mail on. The schedule can be ended by unscheduleReport.',
        ];
  return [...about, ...outcome, ''].join('\n');
}
