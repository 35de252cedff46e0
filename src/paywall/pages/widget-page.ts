import { html } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { cardForm } from './card-form.ts';
import { layout } from './layout.ts';
import { amountOf, factList, webAddress } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/**
 * Draws the page of a card widget, which the shop shows in a frame: the card form alone, with shop and amount, so that nobody
 * pays by it what he does not see. Paying and leaving lead the whole window on; where no card can pay any more, so does a
 * link to the payment.
 */
export function widgetPage(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const takesCard = view.methods.some(({ method }) => method === 'CARD') && isOpen(view);
  const cancel = webAddress(view.cancelUrl);
  const parts = {
    title: t('method.title', { amount: amountOf(view) }),
    shopName: view.payment.shopName,
    testCodes: { blik: false, cards: takesCard },
  };
  return layout(
    view,
    parts,
    html`<div class="card">
<h1 class="price"><span>${t('summary.toPay')}</span> ${amountOf(view)}</h1>
${factList([
  [t('summary.title'), view.payment.title],
  [t('summary.order'), view.payment.orderId],
])}
${takesCard ? cardForm(view, '_top') : html`<p><a class="button" target="_top" href="${view.urls.self}">${t('widget.showPayment')}</a></p>`}
</div>
${cancel === undefined ? '' : html`<p class="back"><a target="_top" href="${cancel}">${t('return.withoutPaying')}</a></p>`}`,
  );
}

/** A payment that is paid, over, or being paid elsewhere takes no card here. */
function isOpen({ payment, attempt }: PaymentView): boolean {
  return payment.status === 'NEW' || (payment.status === 'PENDING' && attempt?.status === 'NEW');
}
