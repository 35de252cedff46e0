import { html, raw } from 'hono/html';
import type { PaymentMethod } from '../../kernel/db/generated/prisma/enums.ts';
import { formatMoment } from '../../kernel/i18n/format-time.ts';
import { methodName } from '../../payments/name-methods.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { blikForm } from './blik-form.ts';
import { cardForm } from './card-form.ts';
import { errorSummary, hasFailed } from './error-summary.ts';
import { layout } from './layout.ts';
import { otherMoneyNotice } from './other-money.ts';
import { amountOf, backLink, factList, listening, validUntilOf, webAddress } from './parts.ts';
import { tileForm } from './tile-form.ts';
import type { Html, MethodView, PaymentView } from './view.ts';
import { walletForm } from './wallet-form.ts';

/**
 * Draws the page of a payment that can be paid: the amount, why the last attempt failed, the ways to pay. While an attempt
 * is running elsewhere it warns first, for whoever has paid there already must not pay again, and turns when that is known.
 */
export function methodPage(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const failed = hasFailed(view);
  const offers = (method: PaymentMethod): boolean => view.methods.some((way) => way.method === method);
  const title = t('method.title', { amount: amountOf(view) });
  const parts = {
    title: failed ? t('page.titleWithError', { title }) : title,
    shopName: view.payment.shopName,
    testCodes: { blik: offers('BLIK'), cards: offers('CARD') },
  };
  return layout(
    view,
    parts,
    html`${failed ? errorSummary(view) : ''}${view.replacing ? warning(view) : otherMoneyNotice(view)}
<div class="card"${view.replacing || view.otherMoney ? listening(view) : ''}>
<h1 class="price"><span>${t('summary.toPay')}</span> ${amountOf(view)}</h1>
${factList([
  [t('summary.title'), view.payment.title],
  [t('summary.order'), view.payment.orderId],
  [t('summary.validUntil'), validUntilOf(view)],
])}
${view.methods.length > 0 ? ways(view) : html`<h2>${t('method.noneTitle')}</h2><p>${t(view.unavailable.length > 0 ? 'method.noneNow' : 'method.none')}</p>`}
${unavailable(view)}
</div>
${leave(view)}`,
  );
}

/** While another attempt runs, whoever leaves may have paid by it. */
function leave(view: PaymentView): Html | '' {
  if (view.replacing) return backLink(view);
  const back = webAddress(view.returnTo?.url);
  const t = translatorFor(view.locale);
  return back === undefined ? '' : html`<p class="back"><a href="${back}">${t('return.withoutPaying')}</a></p>`;
}

/** One method is its form; several are a list of which one is open, by the browser's own means. */
function ways(view: PaymentView): Html {
  const [first, ...others] = view.methods;
  if (!first) return html``;
  const t = translatorFor(view.locale);
  const choose = others.length === 0 ? methodName(first.method, view.locale) : t('method.choose');
  const heading = html`<h2>${view.attempt === undefined ? choose : t('method.retryTitle')}</h2>`;
  if (others.length === 0) return html`<section>${heading}${formOf(view, first)}</section>`;
  const open = view.methods.find(({ method }) => method === view.opened.method) ?? first;
  return html`<section>${heading}
${view.methods.map(
  (way) => html`<details name="method" class="way"${raw(way === open ? ' open' : '')}>
<summary>${methodName(way.method, view.locale)}</summary>
${formOf(view, way)}
</details>`,
)}</section>`;
}

function formOf(view: PaymentView, way: MethodView): Html {
  switch (way.method) {
    case 'BLIK':
      return blikForm(view);
    case 'CARD':
      return cardForm(view, view.urls.card);
    case 'WALLET':
      return walletForm(view, way.wallets);
    default:
      return tileForm(view, way.method, way.tiles);
  }
}

function warning(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  return html`<div class="notice" role="note"><h2>${t('other.heading')}</h2>
<p>${t('other.text', { method: view.attempt?.label ?? '' })}</p>
<p><a href="${view.urls.self}">${t('other.wait')}</a></p></div>`;
}

/** Says what is missing and why, so that a payer who looks for his bank does not think it was forgotten. */
function unavailable(view: PaymentView): Html | '' {
  const t = translatorFor(view.locale);
  if (view.unavailable.length === 0) return '';
  const said = view.unavailable.map(({ name, reason, until }) =>
    reason === 'OUTSIDE_HOURS' && until
      ? t('unavailable.OUTSIDE_HOURS', { name, until: formatMoment(until, view.locale) })
      : t('unavailable.ACQUIRER_DOWN', { name }),
  );
  return html`<ul class="soft">${said.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}
