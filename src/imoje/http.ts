import { Hono } from 'hono';
import { methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { isUrlEncoded, readBody } from '../http/read-body.ts';
import { InvalidInput, Refusal } from '../kernel/errors.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { answerFormRefusal } from './answer-refusal.ts';
import { openPayment } from './form/open-payment.ts';
import { parseForm } from './form/parse-form.ts';
import { widgetRoutes } from './widget/http.ts';

/** The languages that may stand before `/payment` (imoje protocol, section 11); pages we lack show in another. */
const pathLanguages: ReadonlySet<string> = new Set('pl en cs de es fr it lt ru sk sl uk nl hu ro bg sv'.split(' '));

/**
 * The imoje paywall form (imoje protocol, section 1), `/payment` and `/{lang}/payment`, with or without a slash at the end and the
 * language in either case, GET and POST; and the widgets.
 */
export function imojeRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const takeForm = async (c: HttpContext): Promise<Response> => {
    const lang = languageIn(c);
    if (lang !== undefined && !pathLanguages.has(lang)) return c.notFound();
    // A HEAD would make a payment that nobody sees.
    if (c.req.method === 'HEAD') return methodNotAllowed(c, 'GET, POST');
    try {
      const payment = await openPayment(deps, [parseForm(await rawForm(c))]);
      const known = lang !== undefined && parseLocale(lang) !== undefined;
      return c.redirect(`/pay/${payment.id}${known ? `?lang=${lang}` : ''}`, 303);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      deps.metrics.operationRefused(error.code);
      return answerFormRefusal(deps, { c }, error);
    }
  };
  for (const path of ['/payment', '/payment/', '/:lang/payment', '/:lang/payment/']) {
    routes
      .get(path, takeForm)
      .post(path, takeForm)
      .all(path, (c) => {
        const lang = languageIn(c);
        return lang === undefined || pathLanguages.has(lang) ? methodNotAllowed(c, 'GET, POST') : c.notFound();
      });
  }
  return routes.route('/', widgetRoutes(deps));
}

function languageIn(c: HttpContext): string | undefined {
  return c.req.param('lang')?.toLowerCase();
}

/** The form as it was sent, in which nothing is decoded yet. */
async function rawForm(c: HttpContext): Promise<Buffer | string> {
  if (c.req.method === 'POST') {
    if (isUrlEncoded(c.req.raw)) return readBody(c.req.raw);
    throw new InvalidInput('The form must be sent as application/x-www-form-urlencoded.', ['Content-Type']);
  }
  const query = c.req.url.split('?').slice(1).join('?');
  return query.split('#', 1)[0] ?? '';
}
