import type { HttpContext, HttpDeps } from '../http/deps.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { answerPage } from './answer-page.ts';
import type { PayerState } from './find-payer-state.ts';
import { leavePage } from './pages/leave-page.ts';
import { widgetPage } from './pages/widget-page.ts';
import { isOfWidget, linksOf } from './payment-view.ts';
import { backToPayment, ownStepOf, type Shown, showPayment } from './show-payment.ts';
import type { FormPage } from './take-form.ts';

/**
 * Answers with the card form in a shop's frame (docs/decisions/0019). A payment that no widget opened has none: the answer
 * leads to its page, which no frame shows.
 */
export function showWidget(deps: HttpDeps, c: HttpContext, shown: Shown): Response | Promise<Response> {
  if (!isOfWidget(shown.state.payment)) return backToPayment(c, shown.state);
  return showPayment(deps, c, { ...shown, at: { path: '/widget', query: [] }, draw: widgetPage, framed: 'card' });
}

/** The card form in a frame: what is wrong is said there, and a card that is taken leads the whole window on. */
export const widgetForm: FormPage = {
  framed: 'card',
  show: showWidget,
  back: (c, state) => c.redirect(linkOf(c, state, '/widget'), 303),
  goOn: (c, state) => c.redirect(linkOf(c, state, '/widget/leave'), 303),
};

/** Answers with the page that leads the whole window from a frame to the payment, or to where its last attempt goes on. */
export function leaveWidget(deps: HttpDeps, c: HttpContext, state: PayerState): Promise<Response> {
  const last = state.attempts.at(-1);
  const href = (last && ownStepOf(deps, last)) ?? linkOf(c, state, '');
  const storedLocale = state.payment.locale ?? undefined;
  const answer = { status: 200, sandbox: deps.sandbox, framed: 'card', storedLocale } as const;
  return answerPage(c, answer, (frame) => leavePage(frame, href));
}

function linkOf(c: HttpContext, { payment }: PayerState, path: string): string {
  return linksOf(payment, parseLocale(c.req.query('lang') ?? ''))(path);
}
