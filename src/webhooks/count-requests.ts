import type { Metrics } from '../kernel/metrics.ts';
import { isAcknowledged, type RequestSender } from './send-request.ts';

/** Makes a sender count what becomes of each notification that it sends. */
export function countRequests(sender: RequestSender, metrics: Metrics): RequestSender {
  return {
    ...sender,
    send: async (request) => {
      const outcome = await sender.send(request);
      metrics.webhookTried(isAcknowledged(outcome) ? 'delivered' : 'failed');
      return outcome;
    },
  };
}
