import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { answerProblem, methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { isUrlEncoded, readBody } from '../http/read-body.ts';
import { Refusal } from '../kernel/errors.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { answerErrorPage, answerPage } from '../paywall/answer-page.ts';
import { linkPage } from '../paywall/pages/link-page.ts';
import { drawCode } from './draw-code.ts';
import { LinkNotActive } from './errors.ts';
import { findOpenedLink, type OpenedLink } from './find-link.ts';
import { templateOf } from './model.ts';
import { type PayerProblems, readPayer } from './read-payer.ts';
import { type LinkPayer, useLink } from './use-link.ts';

/**
 * The address of a payment link, `/s/{short}`, and its QR code, `/s/{short}/qr.svg`. What there is to say before a payment is
 * made stands on a page of its own; then the payment's page takes over.
 */
export function linkRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const withLink =
    (answer: (c: HttpContext, opened: OpenedLink) => Response | Promise<Response>) => async (c: HttpContext) => {
      // A HEAD would make a payment that nobody sees.
      if (c.req.method === 'HEAD') return methodNotAllowed(c, 'GET, POST');
      const opened = await findOpenedLink(deps, c.req.param('short') ?? '');
      if (opened) return answer(c, opened);
      return answerErrorPage(c, { status: 404, sandbox: deps.sandbox }, { error: 'LINK_UNKNOWN' });
    };
  return new Hono<HttpEnv>()
    .get(
      '/s/:short',
      withLink((c, opened) => openLink(deps, c, opened)),
    )
    .post(
      '/s/:short',
      withLink((c, opened) => takePayer(deps, c, opened)),
    )
    .all('/s/:short', (c) => methodNotAllowed(c, 'GET, POST'))
    .get('/s/:short/qr.svg', (c) => answerCode(deps, c))
    .all('/s/:short/qr.svg', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

/**
 * A link with a single use leads to its payment, which is made when it is first opened: whoever opens it again, and programs
 * that look at links before people do, come to the same one. Any other makes payments only for those who ask by a form.
 */
async function openLink(deps: HttpDeps, c: HttpContext, opened: OpenedLink): Promise<Response> {
  const { link, status } = opened;
  if (link.paymentId !== null) return toPayment(c, link.paymentId);
  if (status !== 'ACTIVE') return answerOver(deps, c, status);
  const { customer } = templateOf(link);
  if (link.usesMax !== 1 || !customer) return showForm(deps, c, { opened });
  return pay(deps, c, { opened, payer: { customer, nonce: '' } });
}

/** Takes the form of a link: whoever sent it gets a payment, and the same one if it comes again. */
async function takePayer(deps: HttpDeps, c: HttpContext, opened: OpenedLink): Promise<Response> {
  const form = new URLSearchParams((await readBody(c.req.raw)).toString('utf8'));
  const nonce = form.get('nonce') ?? '';
  if (!isUrlEncoded(c.req.raw) || !/^[\w-]{22}$/.test(nonce)) return c.redirect(addressOf(c, opened), 303);
  const payer = templateOf(opened.link).customer ?? readPayer(form);
  if ('problems' in payer) return showForm(deps, c, { opened, wrong: payer });
  return pay(deps, c, { opened, payer: { customer: payer, nonce } });
}

async function pay(
  deps: HttpDeps,
  c: HttpContext,
  { opened, payer }: { readonly opened: OpenedLink; readonly payer: LinkPayer },
): Promise<Response> {
  try {
    return toPayment(c, (await useLink(deps, opened, payer)).id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.metrics.operationRefused(error.code);
    if (error instanceof LinkNotActive) return answerOver(deps, c, error.status);
    // The shop, or what it takes, is not what it was when it made the link.
    return answerErrorPage(c, { status: 409, sandbox: deps.sandbox }, { error: 'SHOP_NOT_ACTIVE' });
  }
}

function answerOver({ sandbox }: HttpDeps, c: HttpContext, status: LinkNotActive['status']): Promise<Response> {
  return answerErrorPage(c, { status: 410, sandbox }, { error: `LINK_${status}` });
}

function showForm(
  deps: HttpDeps,
  c: HttpContext,
  { opened, wrong }: { readonly opened: OpenedLink; readonly wrong?: PayerProblems },
): Promise<Response> {
  const { link, shop } = opened;
  const { amount, currency, orderId, title, customer, locale } = templateOf(link);
  const answer = {
    ...{ status: wrong ? (422 as const) : (200 as const), sandbox: deps.sandbox, storedLocale: locale },
    hrefOf: (other: string) => `/s/${link.short}?lang=${other}`,
  };
  return answerPage(c, answer, (frame) =>
    linkPage({
      ...frame,
      ...{ shopName: shop.name, amount: { amount: BigInt(amount), currency }, orderId, title, wrong },
      validUntil: link.validUntil ?? undefined,
      asksPayer: customer === undefined,
      formNonce: randomBytes(16).toString('base64url'),
      action: addressOf(c, opened),
    }),
  );
}

function addressOf(c: HttpContext, { link }: OpenedLink): string {
  return `/s/${link.short}${languageOf(c)}`;
}

function toPayment(c: HttpContext, paymentId: string): Response {
  return c.redirect(`/pay/${paymentId}${languageOf(c)}`, 303);
}

/** The language that the payer chose, for the next address. */
function languageOf(c: HttpContext): string {
  const lang = parseLocale(c.req.query('lang') ?? '');
  return lang === undefined ? '' : `?lang=${lang}`;
}

/** The address as it is sent to payers, whatever address this request came by. */
async function answerCode(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const opened = await findOpenedLink(deps, c.req.param('short') ?? '');
  if (!opened) return answerProblem(c, 404, 'There is no payment link at this address.');
  const headers = { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' };
  return c.body(drawCode(`${deps.payments.publicUrl}/s/${opened.link.short}`), 200, headers);
}
