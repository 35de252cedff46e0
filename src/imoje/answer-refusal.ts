import type { HttpContext, HttpDeps } from '../http/deps.ts';
import type { Refusal } from '../kernel/errors.ts';
import { answerErrorPage, type PageAnswer } from '../paywall/answer-page.ts';
import type { PageError } from '../paywall/pages/error-page.ts';
import { FormInvalid, FormNotSigned, type FormProblem } from './errors.ts';
import { type FieldNames, renameField } from './rename-field.ts';

/** The form's names of what payments call otherwise. */
const fieldNames: FieldNames = {
  title: 'orderDescription',
  description: 'additionalDescription',
  firstName: 'customerFirstName',
  lastName: 'customerLastName',
  email: 'customerEmail',
  phone: 'customerPhone',
  methods: 'visibleMethod',
  shares: 'multipayout',
  successUrl: 'urlSuccess',
  failureUrl: 'urlFailure',
  returnUrl: 'urlReturn',
  notificationUrl: 'urlNotification',
  validUntil: 'validTo',
};

/**
 * Shows why no payment was opened. It never leads to an address of the form, which may be anybody's, and shows values
 * to nobody.
 */
export function answerFormRefusal(
  deps: HttpDeps,
  { c, ...page }: Pick<PageAnswer, 'framed' | 'pathLocale'> & { readonly c: HttpContext },
  refusal: Refusal,
): Promise<Response> {
  const told = (status: 403 | 409 | 422, error: PageError, problems?: readonly FormProblem[]): Promise<Response> =>
    answerErrorPage(
      c,
      { pathLocale: c.req.param('lang'), ...page, status, sandbox: deps.sandbox },
      { error, problems: problems?.map(({ field, message }) => ({ field, text: message })) },
    );
  if (refusal instanceof FormNotSigned) return told(403, 'BAD_SIGNATURE');
  if (refusal instanceof FormInvalid) return told(422, 'BAD_FORM', refusal.problems);
  if (refusal.code === 'SHOP_NOT_ACTIVE' || refusal.code === 'MERCHANT_NOT_ACTIVE') return told(409, 'SHOP_NOT_ACTIVE');
  return told(422, 'BAD_FORM', [problemOf(refusal)]);
}

/** The field stands before its sentence on the page, so the sentence does not begin with it again. */
function problemOf(refusal: Refusal): FormProblem {
  const { field = 'form', message } = renameField(refusal, fieldNames);
  return { field, message: message.startsWith(`${field} must `) ? `Must ${message.slice(field.length + 6)}` : message };
}
