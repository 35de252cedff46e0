import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import type { WebhookDeps } from './deps.ts';
import { deliverWebhookJob, resendWebhookJob } from './model.ts';

/** What webhooks do later: send. A timer's payload carries the round, the first try's carries nothing but the subject. */
export function webhookJobs(deps: WebhookDeps): JobHandlers {
  return {
    [deliverWebhookJob]: (payload) =>
      deliverWebhook(deps, {
        deliveryId: textOf(payload, 'subject'),
        // An earlier version ordered sends by hand so.
        round: payload.manual === undefined ? Number(payload.round ?? 0) : 'manual',
      }),
    [resendWebhookJob]: (payload) => deliverWebhook(deps, { deliveryId: textOf(payload, 'subject'), round: 'manual' }),
  };
}
