import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import type { ReportDeps } from './deps.ts';
import { expireReport } from './expire-report.ts';
import { makeReport } from './make-report.ts';
import { expireTimer, makeReportJob } from './model.ts';

/** What reports do later: be made, and end. */
export function reportJobs(deps: ReportDeps): JobHandlers {
  return {
    [makeReportJob]: (payload) => makeReport(deps, textOf(payload, 'subject')),
    [expireTimer]: (payload) => expireReport(deps, textOf(payload, 'subject')),
  };
}
