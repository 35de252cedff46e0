import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import type { ReportDeps } from './deps.ts';
import { expireReport } from './expire-report.ts';
import { makeReport } from './make-report.ts';
import { expireTimer, makeReportJob, runScheduleTimer } from './model.ts';
import { runSchedule } from './run-schedule.ts';

/** The making of reports, which may take minutes. */
export function makeReportJobs(deps: ReportDeps): JobHandlers {
  return { [makeReportJob]: (payload) => makeReport(deps, textOf(payload, 'subject')) };
}

/** What else reports do later, which is short: be ordered again, and end. */
export function reportJobs(deps: ReportDeps): JobHandlers {
  return {
    [runScheduleTimer]: (payload) => runSchedule(deps, textOf(payload, 'subject')),
    [expireTimer]: (payload) => expireReport(deps, textOf(payload, 'subject')),
  };
}
