import { type JobHandlers, textOf } from '../../kernel/jobs/handler.ts';
import type { SandboxBlikDeps } from './deps.ts';
import { timerKinds } from './model.ts';
import { tellOutcome } from './tell-outcome.ts';

/** What the simulated bank does later: it tells outcomes. */
export function sandboxBlikJobs(deps: SandboxBlikDeps): JobHandlers {
  return {
    [timerKinds.tell]: (payload) => tellOutcome(deps, textOf(payload, 'subject')),
    [timerKinds.confirmationOver]: (payload) => tellOutcome(deps, textOf(payload, 'subject')),
  };
}
