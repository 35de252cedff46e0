import { Hono } from 'hono';
import type { PayerOrder, PayerPages } from '../acquirers/payer-page.ts';
import { methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { readBody } from '../http/read-body.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { isUuid } from '../kernel/ids.ts';
import { answerErrorPage, answerPage } from './answer-page.ts';
import { bankPage } from './pages/bank-page.ts';

type Found = { readonly pages: PayerPages; readonly order: PayerOrder; readonly reference: string };

/**
 * `/sandbox/{reference}`: the page of a simulated bank, lender or wallet, where the payer approves, refuses or leaves.
 * Production has none.
 */
export function sandboxRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const withOrder = (answer: (c: HttpContext, found: Found) => Promise<Response>) => async (c: HttpContext) => {
    const found = await findOrder(deps, (c.req.param('reference') ?? '').toLowerCase());
    if (found) return answer(c, found);
    return answerErrorPage(c, { status: 404, sandbox: deps.sandbox }, { error: 'PAYMENT_UNKNOWN' });
  };
  return new Hono<HttpEnv>()
    .get('/sandbox/:reference', withOrder(showOrder))
    .post('/sandbox/:reference', withOrder(takeDecision))
    .all('/sandbox/:reference', (c) => methodNotAllowed(c, 'GET, HEAD, POST'));
}

async function findOrder(deps: HttpDeps, reference: string): Promise<Found | undefined> {
  if (!isUuid(reference)) return undefined;
  for (const pages of deps.payerPages) {
    const order = await pages.findPayerOrder(reference);
    if (order) return { pages, order, reference };
  }
  return undefined;
}

function showOrder(c: HttpContext, { order, reference }: Found): Promise<Response> {
  const path = `/sandbox/${reference}`;
  const lang = parseLocale(c.req.query('lang') ?? '');
  const self = lang === undefined ? path : `${path}?lang=${lang}`;
  const answer = {
    ...({ status: 200, sandbox: true, formTargets: [order.returnUrl] } as const),
    hrefOf: (other: string) => `${path}?lang=${other}`,
  };
  return answerPage(c, answer, (frame) => bankPage({ ...frame, order, self }));
}

async function takeDecision(c: HttpContext, { pages, order, reference }: Found): Promise<Response> {
  const form = new URLSearchParams((await readBody(c.req.raw)).toString('utf8'));
  const decision = form.get('decision');
  if (decision === 'approve' || decision === 'refuse') await pages.decideOrder({ reference, decision });
  return c.redirect(order.returnUrl, 303);
}
