import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import { askRefund } from './ask-refund.ts';
import type { RefundDeps } from './deps.ts';
import { askTimer } from './model.ts';

/** What refunds do later: ask an acquirer that has not told the end of one. */
export function refundJobs(deps: RefundDeps): JobHandlers {
  return { [askTimer]: (payload) => askRefund(deps, textOf(payload, 'subject'), Number(payload.round)) };
}
