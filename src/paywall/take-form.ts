import { sayRetryAfter } from '../http/answers.ts';
import { addressOf } from '../http/client-address.ts';
import type { HttpContext, HttpDeps } from '../http/deps.ts';
import { isUrlEncoded, readBody } from '../http/read-body.ts';
import { RateLimited, Refusal } from '../kernel/errors.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { hashInput } from '../kernel/idempotency.ts';
import { type StartTransactionInput, startTransaction } from '../payments/start-transaction.ts';
import { answerErrorPage } from './answer-page.ts';
import type { PayerState } from './find-payer-state.ts';
import type { FormProblem, Framed } from './pages/view.ts';
import { backToPayment, canBePaid, ownStepOf, type Shown, showPayment } from './show-payment.ts';

type Entered = Pick<StartTransactionInput, 'method' | 'channel' | 'blikCode' | 'card'>;

/** What a form asks for: an attempt, or to be shown again with what is wrong in it. */
export type FormWish = { readonly start: Entered } | { readonly problem: FormProblem };

/** The page that a form stands on, and which answers it. */
export type FormPage = {
  /** Shows the form again with what is wrong in it. */
  show(deps: HttpDeps, c: HttpContext, shown: Shown): Response | Promise<Response>;
  /** Leads to the page of the form, which says how the payment stands. */
  back(c: HttpContext, state: PayerState): Response;
  /** Leads on from an attempt that was started; `step` is the page of this gateway where it goes on, if there is one. */
  goOn(c: HttpContext, state: PayerState, step: string | undefined): Response;
  readonly framed?: Framed;
};

const paymentForm: FormPage = {
  show: showPayment,
  back: backToPayment,
  goOn: (c, state, step) => (step === undefined ? backToPayment(c, state) : c.redirect(step, 303)),
};

/** What a form was posted to. */
export type Posted = { readonly c: HttpContext; readonly state: PayerState; readonly page?: FormPage | undefined };

/**
 * Takes the form of one method: reads it, and starts the attempt that it asks for. The token in the form makes a form that
 * is sent twice with the same words one attempt. Whoever holds the payment's address may try to pay it, so no other authority is asked for.
 * @param read makes the wish out of the fields; it is called only when the payment can be paid.
 */
export async function takeForm(
  deps: HttpDeps,
  posted: Posted,
  read: (form: URLSearchParams) => FormWish | Promise<FormWish>,
): Promise<Response> {
  const { c, state, page = paymentForm } = posted;
  const form = new URLSearchParams((await readBody(c.req.raw)).toString('utf8'));
  const attempt = form.get('attempt') ?? '';
  const replacing = form.get('supersede') === '1';
  if (!canBePaid(state) || !isUrlEncoded(c.req.raw) || !/^[\w-]{22}$/.test(attempt)) return page.back(c, state);
  const wish = await read(form);
  if ('problem' in wish) return page.show(deps, c, { state, status: 422, problem: wish.problem, replacing });
  const { shop, payment } = state;
  const address = addressOf(c.env?.incoming, deps.trustedProxies);
  const input = {
    ...wish.start,
    paymentId: payment.id,
    idempotencyKey: keyOf(attempt, wish.start),
    supersede: replacing,
    payerIp: address === 'unknown' ? undefined : address,
    locale: parseLocale(c.req.query('lang') ?? ''),
  };
  try {
    const { transaction } = await startTransaction(deps.payments, { shop, source: 'WEB' }, input);
    return page.goOn(c, state, ownStepOf(deps, transaction));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.metrics.operationRefused(error.code);
    return answerRefusal(deps, { ...posted, page }, { refusal: error, replacing });
  }
}

/** One form makes one attempt of the same words; whoever goes back in the browser and enters others means another. */
function keyOf(attempt: string, { card, ...rest }: Entered): string {
  return `paywall:${attempt}:${hashInput({ ...rest, card: card?.fingerprint })
    .toString('base64url')
    .slice(0, 22)}`;
}

async function answerRefusal(
  deps: HttpDeps,
  { c, state, page }: Posted & { readonly page: FormPage },
  { refusal, replacing }: { readonly refusal: Refusal; readonly replacing: boolean },
): Promise<Response> {
  if (refusal instanceof RateLimited) {
    sayRetryAfter(c, refusal);
    const code = refusal.retryAfterSeconds > 60 ? 'ATTEMPTS_STOPPED' : 'TOO_MANY_ATTEMPTS';
    return page.show(deps, c, { state, status: 429, problem: { form: undefined, code }, replacing });
  }
  switch (refusal.code) {
    case 'SHOP_NOT_ACTIVE':
    case 'MERCHANT_NOT_ACTIVE': {
      const answer = { status: 409, sandbox: deps.sandbox, framed: page.framed } as const;
      return answerErrorPage(c, answer, { error: 'SHOP_NOT_ACTIVE' });
    }
    case 'METHOD_NOT_AVAILABLE':
    case 'AMOUNT_OUT_OF_RANGE':
      return page.show(deps, c, { state, status: 422, problem: { form: undefined, code: 'METHOD_GONE' }, replacing });
    default:
      // Another attempt runs, the payment is over, or the same form came with other words: the page says how it stands.
      return page.back(c, state);
  }
}
