import { html } from 'hono/html';
import type { PaymentMethod } from '../../kernel/db/generated/prisma/enums.ts';
import { formatMoney } from '../../kernel/i18n/format-money.ts';
import { formatMoment } from '../../kernel/i18n/format-time.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { icons } from './icons.ts';
import { type Html, type PaymentView, statusMark } from './view.ts';

/** Writes the amount of the payment in the language of the page. */
export function amountOf(view: PaymentView): string {
  return formatMoney(view.payment.amount, view.locale);
}

/** Writes minor units of the payment's currency in the language of the page. */
export function sumOf(view: PaymentView, amount: bigint): string {
  return formatMoney({ ...view.payment.amount, amount }, view.locale);
}

/** Writes until when the payment can be paid, in the language of the page; undefined for one that never expires. */
export function validUntilOf({ payment, locale }: PaymentView): string | undefined {
  return payment.validUntil && formatMoment(payment.validUntil, locale);
}

/** Draws one of the three words a payer sees for a payment (features, F29), with its drawing. */
export function statusLine(view: PaymentView, state: 'done' | 'inProgress' | 'failed'): Html {
  const t = translatorFor(view.locale);
  return html`<p class="status ${state}">${icons[state]}<span><small>${t('summary.status')}</small><strong>${t(`status.${state}`)}</strong></span></p>`;
}

/** Draws facts about the payment as a list of names and values; those without a value are left out. */
export function factList(facts: readonly (readonly [name: string, value: string | undefined])[]): Html {
  return html`<dl>${facts.map(([name, value]) =>
    value === undefined || value === '' ? '' : html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl>`;
}

/** Says whether a lender or a lessor pays, so that the payer goes there and not to a bank. */
export function isCredit(method: PaymentMethod): boolean {
  return method === 'PAY_LATER' || method === 'INSTALLMENTS' || method === 'LEASE';
}

/** Draws what every form posts along: the idempotency key of the attempt, and whether it replaces one that is running. */
export function formFields(view: PaymentView): Html {
  return html`<input type="hidden" name="attempt" value="${view.formNonce}">${view.replacing ? html`<input type="hidden" name="supersede" value="1">` : ''}`;
}

/**
 * Takes an address of a shop only if a payer may be sent there: an absolute one with http or https. So no
 * `javascript:` or `data:` address can get into a page, whoever stored it. The text is given back unchanged.
 */
export function webAddress(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : undefined;
}

/** Draws the way back to the shop of a payer who leaves before anything is decided; nothing without an address. */
export function backLink(view: PaymentView): Html | '' {
  const url = webAddress(view.returnTo?.url);
  const t = translatorFor(view.locale);
  return url === undefined ? '' : html`<p class="back"><a href="${url}">${t('return.shop')}</a></p>`;
}

/** Attributes by which a page listens, and turns when the payment stands otherwise than it says. */
export function listening(view: PaymentView): Html {
  return html` data-events="${view.urls.events}" data-status="${statusMark(view)}" data-self="${view.urls.self}"`;
}

/** What makes a waiting page turn by itself: the script reads it, and without scripts the page is fetched every 3 seconds. */
export const refreshWithoutScript = html`<noscript><meta http-equiv="refresh" content="3"></noscript>`;
