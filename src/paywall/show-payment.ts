import { randomBytes } from 'node:crypto';
import type { HttpContext, HttpDeps } from '../http/deps.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { nextStepOf } from '../transactions/next-step.ts';
import { answerPage } from './answer-page.ts';
import type { PayerState } from './find-payer-state.ts';
import { paymentPage } from './pages/payment-page.ts';
import type { FormProblem, Framed, Html, PaymentView } from './pages/view.ts';
import { linksOf, toPaymentView } from './payment-view.ts';

/** What the page of a payment is shown for. */
export type Shown = {
  readonly state: PayerState;
  readonly status?: 200 | 422 | 429;
  readonly problem?: FormProblem;
  /** True offers to pay otherwise than by the attempt that is running, if that may be replaced. */
  readonly replacing?: boolean;
  /** The page's own address below the payment's, for its links to other languages; undefined for the payment's page. */
  readonly at?: { readonly path: string; readonly query: readonly string[] };
  readonly draw?: (view: PaymentView) => Html;
  /** For the page of a card widget, which shops show in a frame. */
  readonly framed?: Framed;
};

/** Answers with the page of a payment as it is now. */
export function showPayment(deps: HttpDeps, c: HttpContext, shown: Shown): Promise<Response> {
  const { state, status = 200, problem, replacing = false, draw = paymentPage, framed } = shown;
  const stay = c.req.query('stay') !== undefined;
  const { path, query } = shown.at ?? { path: replacing ? '/other' : '', query: stay ? ['stay=1'] : [] };
  const showing = {
    acquirers: deps.payments.acquirers,
    formNonce: randomBytes(16).toString('base64url'),
    lang: parseLocale(c.req.query('lang') ?? ''),
    ...{ stay, problem, replacing },
  };
  const answer = {
    // A form leads to a bank of ours by its public address, whatever address the payer came by.
    formTargets: [deps.payments.publicUrl, ...banksOf(state)],
    ...{ status, framed, sandbox: deps.sandbox, storedLocale: state.payment.locale ?? undefined },
    hrefOf: (other: string) => linksOf(state.payment, other)(path, query),
  };
  return answerPage(c, answer, (frame) => draw(toPaymentView(state, frame, showing)));
}

function banksOf({ attempts }: PayerState): string[] {
  return attempts.flatMap((attempt) => nextStepOf(attempt)?.url ?? []);
}

/** Sends the payer to the page of his payment, in the language that he reads. */
export function backToPayment(c: HttpContext, { payment }: PayerState): Response {
  return c.redirect(linksOf(payment, parseLocale(c.req.query('lang') ?? ''))(''), 303);
}

/**
 * The page of this gateway on which an attempt goes on; undefined when there is none. To other banks only the page of the
 * payment leads: browsers hold the redirect that answers a form to the policy of the form's page.
 */
export function ownStepOf({ payments }: HttpDeps, attempt: Transaction): string | undefined {
  const step = nextStepOf(attempt);
  const isOurs = step?.httpMethod === 'GET' && new URL(step.url).origin === new URL(payments.publicUrl).origin;
  return isOurs ? step.url : undefined;
}

/** Says whether there may be something to pay; what waits elsewhere can be paid in another way. */
export function canBePaid({ payment }: PayerState): boolean {
  return payment.status === 'NEW' || payment.status === 'PENDING';
}
