import { html } from 'hono/html';
import { type MessageKey, translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import type { Html, PageFrame } from './view.ts';

/** Why there is no payment to show. */
export const pageErrors = [
  'PAYMENT_UNKNOWN',
  'LINK_UNKNOWN',
  'LINK_DISABLED',
  'LINK_EXPIRED',
  'LINK_USED_UP',
  'PAGE_UNKNOWN',
  'SHOP_UNKNOWN',
  'SHOP_NOT_ACTIVE',
  'BAD_SIGNATURE',
  'BAD_FORM',
  'TOO_MANY_REQUESTS',
  'SERVER_ERROR',
] as const;
export type PageError = (typeof pageErrors)[number];

/** What an error page says. It never links to the shop: nothing the shop sent has been verified. */
export type ErrorView = PageFrame & {
  readonly error: PageError;
  /** What is wrong with the fields of a form, in words for the shop's developer; `field` as it was sent. */
  readonly problems?: readonly { readonly field: string; readonly text: string }[] | undefined;
  /** Under which the operator finds the error in the log. */
  readonly reference?: string | undefined;
};

/** Advice for the shop's developer. It names the rule and never a value that a forger would not have. */
const developerAdvice: { readonly [error in PageError]?: readonly MessageKey[] } = {
  SHOP_UNKNOWN: ['error.SHOP_UNKNOWN.ids', 'error.SHOP_UNKNOWN.environment'],
  BAD_SIGNATURE: [
    'error.BAD_SIGNATURE.fields',
    'error.BAD_SIGNATURE.form',
    'error.BAD_SIGNATURE.key',
    'error.BAD_SIGNATURE.hash',
    'error.BAD_SIGNATURE.ids',
    'error.SHOP_UNKNOWN.environment',
    'error.BAD_SIGNATURE.docs',
  ],
};

/** Draws the page for a payer who cannot be shown a payment; below it, what the shop's developer needs to know. */
export function errorPage(view: ErrorView): Html {
  const t = translatorFor(view.locale);
  const title = t(`error.${view.error}.title`);
  return layout(
    view,
    { title: t('page.titleWithError', { title }) },
    html`<div class="card first">
<h1>${title}</h1>
<p>${t(`error.${view.error}.text`)}</p>
${view.reference === undefined ? '' : html`<p class="soft">${t('error.reference')} <code>${view.reference}</code></p>`}
</div>
${developerCard(view)}`,
  );
}

function developerCard(view: ErrorView): Html | '' {
  const t = translatorFor(view.locale);
  const advice = developerAdvice[view.error] ?? [];
  const problems = view.problems ?? [];
  if (advice.length + problems.length === 0) return '';
  return html`<div class="card"><h2>${t('error.forDeveloper')}</h2>
<p>${t('error.problems')}</p>
${advice.length === 0 ? '' : html`<ul>${advice.map((key) => html`<li>${t(key)}</li>`)}</ul>`}
${problems.length === 0 ? '' : html`<ul lang="en">${problems.map(({ field, text }) => html`<li><code>${field}</code>: ${text}</li>`)}</ul>`}
</div>`;
}
