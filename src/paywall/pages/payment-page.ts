import { methodPage } from './method-page.ts';
import { resultPage } from './result-page.ts';
import { transferPage } from './transfer-page.ts';
import type { Html, PaymentView } from './view.ts';
import { waitingPage } from './waiting-page.ts';

/** Draws the page of a payment in its present state: one page for each state, and none that says "paid or expired". */
export function paymentPage(view: PaymentView): Html {
  switch (view.payment.status) {
    case 'NEW':
      return methodPage(view);
    case 'PENDING':
      // An attempt that waits for a card waits for this very page.
      if (view.replacing || view.attempt?.status === 'NEW') return methodPage(view);
      return view.attempt?.transfer ? transferPage(view, view.attempt.transfer) : waitingPage(view);
    case 'AUTHORIZED':
      return resultPage(view, 'authorized');
    case 'SETTLED':
      return resultPage(view, 'settled');
    case 'CANCELLED':
      return resultPage(view, 'cancelled');
    case 'EXPIRED':
      return resultPage(view, 'expired');
  }
}
