import type { Metrics } from '../kernel/metrics.ts';
import type { RequestSender } from './send-request.ts';

/** A sender that counts in the metrics what became of each request. */
export function countRequests(sender: RequestSender, metrics: Pick<Metrics, 'webhookTried'>): RequestSender {
  return {
    ...sender,
    send: async (request) => {
      const outcome = await sender.send(request);
      metrics.webhookTried(outcome.status === 200 ? 'delivered' : 'failed');
      return outcome;
    },
  };
}
