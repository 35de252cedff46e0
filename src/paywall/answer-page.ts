import { randomBytes } from 'node:crypto';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { HttpContext } from '../http/deps.ts';
import { hideCardNumbers } from '../kernel/card-numbers.ts';
import { type Locale, locales, negotiateLocale } from '../kernel/i18n/locales.ts';
import { type ErrorView, errorPage } from './pages/error-page.ts';
import type { Framed, Html, PageFrame } from './pages/view.ts';

/** What an answer with a page needs beside the page. */
export type PageAnswer = {
  readonly status: ContentfulStatusCode;
  readonly sandbox: boolean;
  /** A language that the path names. */
  readonly pathLocale?: string | undefined;
  /** The language that the shop asked for. */
  readonly storedLocale?: string | undefined;
  /** Where forms of the page may lead, beside this gateway: the origins of addresses that were given to us. */
  readonly formTargets?: readonly string[] | undefined;
  /** The widget in whose frame shops show the page (docs/decisions/0019); undefined forbids every frame. */
  readonly framed?: Framed | undefined;
  /** Gives the address of the same page in another language; undefined when it has none of its own. */
  readonly hrefOf?: ((locale: Locale) => string) | undefined;
};

/**
 * Answers with a page: in the payer's language, never kept by anybody, and with a policy under which nothing runs or is
 * drawn that we did not write (Content Security Policy Level 3).
 */
export async function answerPage(
  c: HttpContext,
  answer: PageAnswer,
  draw: (frame: PageFrame) => Html,
): Promise<Response> {
  const nonce = randomBytes(16).toString('base64');
  const { hrefOf } = answer;
  const wishes = {
    path: answer.pathLocale,
    query: c.req.query('lang'),
    stored: answer.storedLocale,
    acceptLanguage: c.req.header('accept-language'),
  };
  const page = await draw({
    locale: negotiateLocale(wishes),
    nonce,
    sandbox: answer.sandbox,
    framed: answer.framed,
    languages: hrefOf ? locales.map((locale) => ({ locale, href: hrefOf(locale) })) : [],
  });
  return c.html(String(page), answer.status, {
    'content-security-policy': policyFor(nonce, answer),
    'cache-control': 'no-store',
    vary: 'accept-language',
  });
}

/** Answers with a page that shows no payment; `told` is what it says, of which card numbers that were sent are not shown. */
export function answerErrorPage(
  c: HttpContext,
  answer: PageAnswer,
  told: Pick<ErrorView, 'error' | 'problems' | 'reference'>,
): Promise<Response> {
  const problems = told.problems?.map(({ field, text }) => ({
    field: hideCardNumbers(field),
    text: hideCardNumbers(text),
  }));
  return answerPage(c, answer, (frame) => errorPage({ ...frame, ...told, problems }));
}

/** Browsers hold the redirect that answers a form to the policy as well (Content Security Policy Level 3, form-action). */
function policyFor(nonce: string, { formTargets = [], framed }: PageAnswer): string {
  const origins = new Set(formTargets.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin));
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    ["form-action 'self'", ...origins].join(' '),
    "base-uri 'none'",
    `frame-ancestors ${framed ? 'https: http:' : "'none'"}`,
  ].join('; ');
}
