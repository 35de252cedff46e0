import { type JobHandlers, textOf } from '../../kernel/jobs/handler.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { tellRefundTimer, timerKinds } from './model.ts';
import { tellOutcome } from './tell-outcome.ts';
import { tellRefund } from './tell-refund.ts';

/** What the simulated bank does later: it tells outcomes, of orders and of refunds. */
export function sandboxBlikJobs(deps: SandboxBlikDeps): JobHandlers {
  return {
    [timerKinds.tell]: (payload) => tellOutcome(deps, textOf(payload, 'subject')),
    [timerKinds.confirmationOver]: (payload) => tellOutcome(deps, textOf(payload, 'subject')),
    [tellRefundTimer]: (payload) => tellRefund(deps, textOf(payload, 'subject')),
  };
}
