import { Hono } from 'hono';
import { methodNotAllowed } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { isUrlEncoded, readBody } from '../http/read-body.ts';
import { InvalidInput, Refusal } from '../kernel/errors.ts';
import { parseLocale } from '../kernel/i18n/locales.ts';
import { answerErrorPage } from '../paywall/answer-page.ts';
import type { PageError } from '../paywall/pages/error-page.ts';
import { FormInvalid, FormNotSigned, type FormProblem } from './errors.ts';
import { openPayment } from './form/open-payment.ts';
import { parseForm } from './form/parse-form.ts';
import { type FieldNames, renameField } from './rename-field.ts';

/** The languages that may stand before `/payment` (imoje protocol, section 11); pages we lack show in another. */
const pathLanguages: ReadonlySet<string> = new Set('pl en cs de es fr it lt ru sk sl uk nl hu ro bg sv'.split(' '));

/** The form's names of what payments call otherwise. */
const fieldNames: FieldNames = {
  title: 'orderDescription',
  description: 'additionalDescription',
  firstName: 'customerFirstName',
  lastName: 'customerLastName',
  email: 'customerEmail',
  phone: 'customerPhone',
  methods: 'visibleMethod',
  successUrl: 'urlSuccess',
  failureUrl: 'urlFailure',
  returnUrl: 'urlReturn',
  notificationUrl: 'urlNotification',
  validUntil: 'validTo',
};

/** The imoje paywall form (imoje protocol, section 1): `/payment` and `/{lang}/payment`, GET and POST. */
export function imojeRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const takeForm = async (c: HttpContext): Promise<Response> => {
    const lang = c.req.param('lang');
    if (lang !== undefined && !pathLanguages.has(lang)) return c.notFound();
    // A HEAD would make a payment that nobody sees.
    if (c.req.method === 'HEAD') return methodNotAllowed(c, 'GET, POST');
    try {
      const payment = await openPayment(deps, parseForm(await rawForm(c)));
      const known = lang !== undefined && parseLocale(lang) !== undefined;
      return c.redirect(`/pay/${payment.id}${known ? `?lang=${lang}` : ''}`, 303);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      deps.metrics.operationRefused(error.code);
      return answerRefusal(deps, c, error);
    }
  };
  for (const path of ['/payment', '/:lang/payment']) {
    routes
      .get(path, takeForm)
      .post(path, takeForm)
      .all(path, (c) => {
        const lang = c.req.param('lang');
        return lang === undefined || pathLanguages.has(lang) ? methodNotAllowed(c, 'GET, POST') : c.notFound();
      });
  }
  return routes;
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

/**
 * Shows why no payment was opened. It never leads to an address of the form, which may be anybody's, and shows values
 * to nobody.
 */
function answerRefusal(deps: HttpDeps, c: HttpContext, refusal: Refusal): Promise<Response> {
  const told = (status: 403 | 409 | 422, error: PageError, problems?: readonly FormProblem[]): Promise<Response> =>
    answerErrorPage(
      c,
      { status, sandbox: deps.sandbox, pathLocale: c.req.param('lang') },
      { error, problems: problems?.map(({ field, message }) => ({ field, text: message })) },
    );
  if (refusal instanceof FormNotSigned) return told(403, 'BAD_SIGNATURE');
  if (refusal instanceof FormInvalid) return told(422, 'BAD_FORM', refusal.problems);
  if (refusal.code === 'SHOP_NOT_ACTIVE' || refusal.code === 'MERCHANT_NOT_ACTIVE') return told(409, 'SHOP_NOT_ACTIVE');
  return told(422, 'BAD_FORM', [problemOf(refusal)]);
}

function problemOf(refusal: Refusal): FormProblem {
  return renameField(refusal, fieldNames) ?? { field: 'form', message: refusal.message };
}
