import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { methodNotAllowed } from '../../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../../http/deps.ts';
import { namesEtag } from '../../http/names-etag.ts';
import { isUrlEncoded, readBody } from '../../http/read-body.ts';
import { InvalidInput, Refusal } from '../../kernel/errors.ts';
import { type Locale, parseLocale } from '../../kernel/i18n/locales.ts';
import { amountMax, isCurrency } from '../../kernel/money.ts';
import type { FormFields } from '../../kernel/signature.ts';
import { listMethods } from '../../payments/list-methods.ts';
import { channelName } from '../../payments/name-methods.ts';
import { answerPage } from '../../paywall/answer-page.ts';
import { instalmentsPage } from '../../paywall/pages/instalments-page.ts';
import { isOfWidget, linksOf } from '../../paywall/payment-view.ts';
import { answerFormRefusal } from '../answer-refusal.ts';
import { FormInvalid } from '../errors.ts';
import { findSigner, type Readings } from '../form/find-signer.ts';
import { openPayment } from '../form/open-payment.ts';
import { parseForm } from '../form/parse-form.ts';
import { areCardFields } from './card-fields.ts';
import { cardScript } from './card-script.ts';
import { instalmentsScript } from './instalments-script.ts';
import { listPeriods } from './list-periods.ts';

/**
 * The widgets that shops put on their own pages (imoje protocol, section 1b): their scripts `/js/widget.min.js` and
 * `/js/installments.js`, and the pages that these show in a frame, `/widget` for a card and `/widget/installments`.
 */
export function widgetRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const serve = (path: string, script: string): void => {
    const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`;
    routes.get(path, (c) => answerScript(c, script, etag)).all(path, (c) => methodNotAllowed(c, 'GET, HEAD'));
  };
  serve('/js/widget.min.js', cardScript);
  serve('/js/installments.js', instalmentsScript);
  return routes
    .post('/widget', (c) => refusing(deps, { c, framed: 'card', pathLocale: localeOf(c) }, () => openCard(deps, c)))
    .all('/widget', (c) => methodNotAllowed(c, 'POST'))
    .get('/widget/installments', (c) => refusing(deps, { c, framed: 'instalments' }, () => showInstalments(deps, c)))
    .all('/widget/installments', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

/** Pages of any shop load it, so it says so (Cross-Origin-Resource-Policy); a new one is asked for at once. */
function answerScript(c: HttpContext, script: string, etag: string): Response {
  const headers = { 'cache-control': 'no-cache', 'cross-origin-resource-policy': 'cross-origin', etag };
  if (namesEtag(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
  return c.body(script, 200, { ...headers, 'content-type': 'text/javascript; charset=UTF-8' });
}

async function refusing(
  deps: HttpDeps,
  page: Parameters<typeof answerFormRefusal>[1],
  answer: () => Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    deps.metrics.operationRefused(error.code);
    return answerFormRefusal(deps, page, error);
  }
}

/** The language of a card widget, which is its script's as well: the one that is asked for, and English where we lack it. */
function localeOf(c: HttpContext): Locale {
  return parseLocale(c.req.query('lang') ?? '') ?? 'en';
}

/**
 * Opens the payment as the form does, so that the same signed data is the same payment, and leads to its card form; the whole
 * window to a payment that the form opened before, which is not shown in a frame.
 */
async function openCard(deps: HttpDeps, c: HttpContext): Promise<Response> {
  if (!isUrlEncoded(c.req.raw)) {
    throw new InvalidInput('The form must be sent as application/x-www-form-urlencoded.', ['Content-Type']);
  }
  const payment = await openPayment(deps, readingsOf(parseForm(await readBody(c.req.raw))), 'widget');
  return c.redirect(linksOf(payment, localeOf(c))(isOfWidget(payment) ? '/widget' : '/widget/leave'), 303);
}

/**
 * An attribute holds recipients as JSON; what shops sign is the list itself, as in the form, or the text of the attribute. Text
 * counts only among the fields of a widget: no other may stand before it, into which a payer could have written it.
 */
function readingsOf(fields: FormFields): Readings {
  if (typeof fields.multipayout !== 'string' || fields.multipayout === '') return [fields];
  const read = recipientsSchema.safeParse(jsonOf(fields.multipayout));
  if (!read.success) {
    throw new FormInvalid([
      { field: 'multipayout', message: 'Must be a JSON array of recipients with texts and numbers.' },
    ]);
  }
  const recipients = read.data.map((recipient) =>
    Object.fromEntries(Object.entries(recipient).map(([name, value]) => [name, String(value)])),
  );
  const multipayout = Object.fromEntries(recipients.map((recipient, place) => [String(place), recipient]));
  const asList = { ...fields, multipayout };
  return areCardFields(Object.keys(fields)) ? [asList, fields] : [asList];
}

const recipientsSchema = z.array(z.record(z.string(), z.union([z.string(), z.number()]))).max(100);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The signature is over these four fields, and nothing else of the address is looked at. */
const instalmentFields = ['merchantId', 'serviceId', 'amount', 'currency', 'signature'] as const;

async function showInstalments(deps: HttpDeps, c: HttpContext): Promise<Response> {
  const sent = parseForm(c.req.url.split('?').slice(1).join('?'));
  const fields = Object.fromEntries(
    instalmentFields.flatMap((name) => (typeof sent[name] === 'string' ? [[name, sent[name]]] : [])),
  );
  const { shop } = await findSigner(deps, [fields]);
  const { amount = '', currency = '' } = fields;
  if (!/^(?=[0-9]{1,9}$)0*[1-9]/.test(amount)) {
    throw new FormInvalid([{ field: 'amount', message: `Must be 1 to ${amountMax}, in minor units, digits only.` }]);
  }
  if (!isCurrency(currency)) {
    throw new FormInvalid([{ field: 'currency', message: 'Must be a currency, such as PLN.' }]);
  }
  const money = { amount: BigInt(amount), currency };
  const wish = { ...money, wanted: ['INSTALLMENTS'] as const, now: deps.payments.clock.now(shop) };
  const channels = listMethods(deps.payments.acquirers, shop, wish).flatMap((option) => option.channels);
  const answer = {
    ...({ status: 200, framed: 'instalments', sandbox: deps.sandbox } as const),
    hrefOf: (lang: string) => `/widget/installments?${new URLSearchParams({ ...fields, lang })}`,
  };
  return answerPage(c, answer, (frame) =>
    instalmentsPage({
      ...frame,
      ...{ shopName: shop.name, currency },
      lenders: channels.map((channel) => ({
        ...{ channel, name: channelName(channel, frame.locale) },
        periods: listPeriods(channel, money.amount),
      })),
    }),
  );
}
