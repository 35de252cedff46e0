import { html, raw } from 'hono/html';
import { formatMoney } from '../../kernel/i18n/format-money.ts';
import { formatMoment } from '../../kernel/i18n/format-time.ts';
import type { Money } from '../../kernel/money.ts';
import { type PayerField, type PayerProblems, payerFields } from '../../links/read-payer.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { factList } from './parts.ts';
import type { Html, PageFrame } from './view.ts';

/** What the page of a payment link shows before there is a payment. */
export type LinkView = PageFrame & {
  readonly shopName: string;
  readonly amount: Money;
  readonly title?: string | undefined;
  readonly orderId: string;
  readonly validUntil?: Date | undefined;
  /** True asks the payer who he is; false when the shop has said so. */
  readonly asksPayer: boolean;
  /** What was wrong with the form that was just posted. */
  readonly wrong?: PayerProblems | undefined;
  /** Posted back as the field `nonce`: a form that comes twice is one payer. */
  readonly formNonce: string;
  /** Where the form is posted. */
  readonly action: string;
};

/** How browsers fill the fields in by themselves (HTML Living Standard, autofill), and which keyboard they show. */
const traits: { readonly [field in PayerField]: string } = {
  firstName: 'autocomplete="given-name" maxlength="100"',
  lastName: 'autocomplete="family-name" maxlength="100"',
  email: 'inputmode="email" autocapitalize="none" autocomplete="email" maxlength="200"',
};

/** Draws the page on which a payer begins to pay by a link. */
export function linkPage(view: LinkView): Html {
  const t = translatorFor(view.locale);
  const { locale } = view;
  const amount = formatMoney(view.amount, locale);
  const title = t('method.title', { amount });
  return layout(
    view,
    { title: view.wrong ? t('page.titleWithError', { title }) : title, shopName: view.shopName },
    html`${view.wrong ? summary(view, view.wrong) : ''}<div class="card">
<h1 class="price"><span>${t('summary.toPay')}</span> ${amount}</h1>
${factList([
  [t('summary.title'), view.title],
  [t('summary.order'), view.orderId],
  [t('summary.validUntil'), view.validUntil && formatMoment(view.validUntil, locale)],
])}
<section>
${view.asksPayer ? html`<h2>${t('linkPage.who')}</h2>` : ''}
<form method="post" action="${view.action}" class="cardform">
<input type="hidden" name="nonce" value="${view.formNonce}">
${view.asksPayer ? payerFields.map((field) => fieldOf(view, field)) : ''}
<button type="submit">${t('linkPage.continue')}</button>
</form>
</section>
</div>`,
  );
}

function fieldOf({ locale, wrong }: LinkView, name: PayerField): Html {
  const t = translatorFor(locale);
  const found = wrong?.problems.find(({ field }) => field === name);
  const hint = name === 'email' ? html`<p class="hint" id="email-hint">${t('linkPage.emailHint')}</p>` : '';
  const said = found
    ? html`<p class="wrong" id="${name}-wrong">${t(`linkPage.problem.${name}.${found.code}`)}</p>`
    : '';
  const described = [name === 'email' ? 'email-hint' : '', found ? `${name}-wrong` : ''].join(' ').trim();
  return html`<div><label for="${name}">${t(`linkPage.${name}`)}</label>
${hint}${said}
<input id="${name}" name="${name}" type="text" required spellcheck="false" ${raw(traits[name])} value="${wrong?.kept[name] ?? ''}"${described === '' ? '' : html` aria-describedby="${described}"`}${raw(found ? ' aria-invalid="true"' : '')}></div>`;
}

function summary({ locale }: LinkView, { problems }: PayerProblems): Html {
  const t = translatorFor(locale);
  return html`<div class="alert" role="alert" tabindex="-1"><h2>${t('linkPage.problem.heading')}</h2>
<ul>${problems.map(({ field, code }) => html`<li><a href="#${field}">${t(`linkPage.problem.${field}.${code}`)}</a></li>`)}</ul></div>`;
}
