import type { Redirect } from '../acquirers/port.ts';
import { sayRetryAfter } from '../http/answers.ts';
import { addressOf } from '../http/client-address.ts';
import type { HttpContext, HttpDeps } from '../http/deps.ts';
import { isUrlEncoded, readBody } from '../http/read-body.ts';
import { RateLimited, Refusal } from '../kernel/errors.ts';
import { hashInput } from '../kernel/idempotency.ts';
import { type StartTransactionInput, startTransaction } from '../payments/start-transaction.ts';
import { nextStepOf } from '../transactions/next-step.ts';
import { answerErrorPage } from './answer-page.ts';
import type { PayerState } from './find-payer-state.ts';
import type { FormProblem } from './pages/view.ts';
import { backToPayment, canBePaid, showPayment } from './show-payment.ts';

type Entered = Pick<StartTransactionInput, 'method' | 'channel' | 'blikCode' | 'card'>;

/** What a form asks for: an attempt, or to be shown again with what is wrong in it. */
export type FormWish = { readonly start: Entered } | { readonly problem: FormProblem };

/**
 * Takes the form of one method: reads it, and starts the attempt that it asks for. The token in the form makes a form that
 * is sent twice with the same words one attempt. Whoever holds the payment's address may try to pay it, so no other authority is asked for.
 * @param read makes the wish out of the fields; it is called only when the payment can be paid.
 */
export async function takeForm(
  deps: HttpDeps,
  { c, state }: { readonly c: HttpContext; readonly state: PayerState },
  read: (form: URLSearchParams) => FormWish | Promise<FormWish>,
): Promise<Response> {
  const form = new URLSearchParams((await readBody(c.req.raw)).toString('utf8'));
  const attempt = form.get('attempt') ?? '';
  const replacing = form.get('supersede') === '1';
  if (!canBePaid(state) || !isUrlEncoded(c.req.raw) || !/^[\w-]{22}$/.test(attempt)) return backToPayment(c, state);
  const wish = await read(form);
  if ('problem' in wish) return showPayment(deps, c, { state, status: 422, problem: wish.problem, replacing });
  const { shop, payment } = state;
  const address = addressOf(c.env?.incoming, deps.trustedProxies);
  const input = {
    ...wish.start,
    paymentId: payment.id,
    idempotencyKey: keyOf(attempt, wish.start),
    supersede: replacing,
    payerIp: address === 'unknown' ? undefined : address,
  };
  try {
    const { transaction } = await startTransaction(deps.payments, { shop, source: 'WEB' }, input);
    const step = nextStepOf(transaction);
    // Only to a page of this gateway: browsers hold redirects to the policy of the form's page, and to other banks the page of the
    // payment leads.
    return isOurs(deps, step) ? c.redirect(step.url, 303) : backToPayment(c, state);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.metrics.operationRefused(error.code);
    return answerRefusal(deps, c, { state, refusal: error, replacing });
  }
}

/** One form makes one attempt of the same words; whoever goes back in the browser and enters others means another. */
function keyOf(attempt: string, { card, ...rest }: Entered): string {
  return `paywall:${attempt}:${hashInput({ ...rest, card: card?.fingerprint })
    .toString('base64url')
    .slice(0, 22)}`;
}

function isOurs({ payments }: HttpDeps, step: Redirect | undefined): step is Redirect {
  return step?.httpMethod === 'GET' && new URL(step.url).origin === new URL(payments.publicUrl).origin;
}

type Refused = { readonly state: PayerState; readonly refusal: Refusal; readonly replacing: boolean };

async function answerRefusal(
  deps: HttpDeps,
  c: HttpContext,
  { state, refusal, replacing }: Refused,
): Promise<Response> {
  if (refusal instanceof RateLimited) {
    sayRetryAfter(c, refusal);
    const code = refusal.retryAfterSeconds > 60 ? 'ATTEMPTS_STOPPED' : 'TOO_MANY_ATTEMPTS';
    return showPayment(deps, c, { state, status: 429, problem: { form: undefined, code }, replacing });
  }
  switch (refusal.code) {
    case 'SHOP_NOT_ACTIVE':
    case 'MERCHANT_NOT_ACTIVE':
      return answerErrorPage(c, { status: 409, sandbox: deps.sandbox }, { error: 'SHOP_NOT_ACTIVE' });
    case 'METHOD_NOT_AVAILABLE':
    case 'AMOUNT_OUT_OF_RANGE':
      return showPayment(deps, c, { state, status: 422, problem: { form: undefined, code: 'METHOD_GONE' }, replacing });
    default:
      // Another attempt runs, the payment is over, or the same form came with other words: the page says how it stands.
      return backToPayment(c, state);
  }
}
