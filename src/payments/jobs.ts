import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import { askAcquirer } from './ask-acquirer.ts';
import { askMovement } from './ask-movement.ts';
import type { PaymentDeps } from './deps.ts';
import { expireAuthorization } from './expire-authorization.ts';
import { expirePayment } from './expire-payment.ts';
import { stopOrderJob, timerKinds } from './model.ts';
import { stopOrder } from './stop-order.ts';

/** What payments do later: expire, ask an acquirer that gave no answer, stop an order. */
export function paymentJobs(deps: PaymentDeps): JobHandlers {
  return {
    [timerKinds.expire]: (payload) => expirePayment(deps, textOf(payload, 'subject')),
    [timerKinds.ask]: (payload) => askAcquirer(deps, textOf(payload, 'subject'), Number(payload.round)),
    [timerKinds.askCapture]: (payload) => askMovement(deps, 'capture', askedOf(payload)),
    [timerKinds.askVoid]: (payload) => askMovement(deps, 'void', askedOf(payload)),
    [timerKinds.expireAuthorization]: (payload) => expireAuthorization(deps, textOf(payload, 'subject')),
    [stopOrderJob]: (payload) => stopOrder(deps, textOf(payload, 'transactionId')),
  };
}

function askedOf(payload: Parameters<JobHandlers[string]>[0]): { id: string; round: number } {
  return { id: textOf(payload, 'subject'), round: Number(payload.round) };
}
