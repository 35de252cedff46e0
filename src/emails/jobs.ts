import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import { mailReportJob } from '../reports/model.ts';
import type { EmailDeps } from './deps.ts';
import { mailReport } from './mail-report.ts';
import { sendMailJob } from './model.ts';
import { sendMail } from './send-mail.ts';

/** What mails do later: be written about reports, and be sent. */
export function emailJobs(deps: EmailDeps): JobHandlers {
  return {
    [mailReportJob]: (payload) => mailReport(deps, textOf(payload, 'subject')),
    [sendMailJob]: (payload) => sendMail(deps, textOf(payload, 'subject')),
  };
}
