import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { methodNotAllowed, sayRetryAfter } from '../http/answers.ts';
import { addressOf } from '../http/client-address.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { isUrlEncoded, readBody } from '../http/read-body.ts';
import { RateLimited, Refusal } from '../kernel/errors.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { startTransaction } from '../payments/start-transaction.ts';
import { answerErrorPage, answerPage } from './answer-page.ts';
import { findPayerState, type PayerState } from './find-payer-state.ts';
import { paymentPage } from './pages/payment-page.ts';
import type { FormProblem } from './pages/view.ts';
import { toPaymentView } from './payment-view.ts';
import { createStatusStreamer } from './stream-status.ts';

/** The payer's pages: `/pay/{id}`, the form's target `/pay/{id}/blik`, and the news `/pay/{id}/events`. */
export function paywallRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const streamStatus = createStatusStreamer(deps);
  const withState =
    (answer: (c: HttpContext, state: PayerState) => Response | Promise<Response>) => async (c: HttpContext) => {
      const state = await findPayerState(deps.payments, c.req.param('id') ?? '');
      if (state) return answer(c, state);
      return answerErrorPage(c, { status: 404, sandbox: deps.sandbox }, { error: 'PAYMENT_UNKNOWN' });
    };
  return new Hono<HttpEnv>()
    .get(
      '/pay/:id',
      withState((c, state) => showPayment(deps, c, { state })),
    )
    .all('/pay/:id', (c) => methodNotAllowed(c, 'GET, HEAD'))
    .post(
      '/pay/:id/blik',
      withState((c, state) => payWithBlik(deps, c, state)),
    )
    .all('/pay/:id/blik', (c) => methodNotAllowed(c, 'POST'))
    .get(
      '/pay/:id/events',
      // A HEAD would open a stream that nobody reads.
      withState((c, state) => (c.req.method === 'HEAD' ? methodNotAllowed(c, 'GET') : streamStatus(c, state))),
    )
    .all('/pay/:id/events', (c) => methodNotAllowed(c, 'GET'));
}

type Shown = { readonly state: PayerState; readonly status?: 200 | 422 | 429; readonly problem?: FormProblem };

function showPayment(deps: HttpDeps, c: HttpContext, { state, status = 200, problem }: Shown): Promise<Response> {
  const { id, locale } = state.payment;
  const showing = {
    acquirers: deps.payments.acquirers,
    formNonce: randomBytes(16).toString('base64url'),
    lang: parseLocale(c.req.query('lang') ?? ''),
    stay: c.req.query('stay') !== undefined,
    problem,
  };
  const answer = {
    ...{ status, sandbox: deps.sandbox, storedLocale: locale ?? undefined },
    hrefOf: (other: string) => `/pay/${id}?${showing.stay ? 'stay=1&' : ''}lang=${other}`,
  };
  return answerPage(c, answer, (frame) => paymentPage(toPaymentView(state, frame, showing)));
}

/**
 * Takes the BLIK code of the form. The token in the form makes a form that is sent twice one attempt. Whoever holds the
 * payment's address may try to pay it, so no other authority is asked for.
 */
async function payWithBlik(deps: HttpDeps, c: HttpContext, state: PayerState): Promise<Response> {
  const form = new URLSearchParams((await readBody(c.req.raw)).toString('utf8'));
  const attempt = form.get('attempt') ?? '';
  const showNow = backToPayment(c, state);
  if (state.payment.status !== 'NEW' || !isUrlEncoded(c.req.raw) || !/^[\w-]{22}$/.test(attempt)) return showNow;
  const code = (form.get('code') ?? '').replaceAll(/[\s\u00a0]/g, '');
  const problem = code === '' ? 'CODE_MISSING' : /^\d{6}$/.test(code) ? undefined : 'CODE_NOT_SIX_DIGITS';
  if (problem) return showPayment(deps, c, { state, status: 422, problem });
  const { shop, payment } = state;
  try {
    const input = { paymentId: payment.id, method: 'BLIK', channel: 'blik', blikCode: code } as const;
    const idempotencyKey = `paywall:${attempt}`;
    const owner = { shop, source: 'WEB' } as const;
    const address = addressOf(c.env?.incoming, deps.trustedProxies);
    const payerIp = address === 'unknown' ? undefined : address;
    await startTransaction(deps.payments, owner, { ...input, payerIp, idempotencyKey });
    return showNow;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.metrics.operationRefused(error.code);
    return answerRefusal(deps, c, { state, refusal: error });
  }
}

async function answerRefusal(
  deps: HttpDeps,
  c: HttpContext,
  { state, refusal }: { readonly state: PayerState; readonly refusal: Refusal },
): Promise<Response> {
  if (refusal instanceof RateLimited) {
    sayRetryAfter(c, refusal);
    const problem = refusal.retryAfterSeconds > 60 ? 'ATTEMPTS_STOPPED' : 'TOO_MANY_ATTEMPTS';
    return showPayment(deps, c, { state, status: 429, problem });
  }
  switch (refusal.code) {
    case 'SHOP_NOT_ACTIVE':
    case 'MERCHANT_NOT_ACTIVE':
      return answerErrorPage(c, { status: 409, sandbox: deps.sandbox }, { error: 'SHOP_NOT_ACTIVE' });
    case 'METHOD_NOT_AVAILABLE':
      return showPayment(deps, c, { state, status: 422 });
    default:
      // Another attempt runs, the payment is over, or the same form came with another code: the page says how it stands.
      return backToPayment(c, state);
  }
}

function backToPayment(c: HttpContext, { payment }: PayerState): Response {
  const lang = parseLocale(c.req.query('lang') ?? '');
  return c.redirect(`/pay/${payment.id}${lang === undefined ? '' : `?lang=${lang}`}`, 303);
}
