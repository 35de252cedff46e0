import { html } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { cardForm } from './card-form.ts';
import { errorSummary, hasFailed } from './error-summary.ts';
import { layout } from './layout.ts';
import { amountOf, factList, webAddress } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/**
 * Draws the page of a card widget, which the shop shows in a frame: the card form alone, with shop and amount, so that nobody
 * pays by it what he does not see. What is wrong with the card is said in the frame; leaving leads the whole window on, and
 * where no card can pay any more, so does a link to the payment.
 */
export function widgetPage(payment: PaymentView): Html {
  const view = { ...payment, methods: payment.methods.filter(({ method }) => method === 'CARD') };
  const t = translatorFor(view.locale);
  const takesCard = view.methods.length > 0 && isOpen(view);
  const failed = takesCard && hasFailed(view);
  const cancel = webAddress(view.cancelUrl);
  const title = t('method.title', { amount: amountOf(view) });
  const parts = {
    title: failed ? t('page.titleWithError', { title }) : title,
    shopName: view.payment.shopName,
    testCodes: { blik: false, cards: takesCard },
  };
  return layout(
    view,
    parts,
    html`${failed ? errorSummary(view) : ''}<div class="card">
<h1 class="price"><span>${t('summary.toPay')}</span> ${amountOf(view)}</h1>
${factList([
  [t('summary.title'), view.payment.title],
  [t('summary.order'), view.payment.orderId],
])}
${takesCard ? cardForm(view, view.urls.widget) : html`<p><a class="button" target="_top" href="${view.urls.self}">${t('widget.showPayment')}</a></p>`}
</div>
${cancel === undefined ? '' : html`<p class="back"><a target="_top" href="${cancel}">${t('return.withoutPaying')}</a></p>`}`,
  );
}

/** A payment that is paid, over, or being paid elsewhere takes no card here. */
function isOpen({ payment, attempt }: PaymentView): boolean {
  return payment.status === 'NEW' || (payment.status === 'PENDING' && attempt?.status === 'NEW');
}
