import { html } from 'hono/html';
import type { Brand } from '../../cards/model.ts';
import type { CardOutcome } from '../../cards/test-cards.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { amountOf, formFields } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/** A test card that the simulated wallet holds, sealed as the wallet would. */
export type WalletCard = {
  readonly brand: Brand;
  readonly last4: string;
  /** What the sandbox does with it. */
  readonly outcome: CardOutcome;
  readonly token: string;
};

/** What the simulated wallet shows. */
export type WalletView = {
  readonly channel: string;
  readonly name: string;
  readonly cards: readonly WalletCard[];
};

const brandNames: Readonly<Record<Brand, string>> = { VISA: 'Visa', MASTERCARD: 'Mastercard' };

/** Draws the sheet of a simulated wallet: each card is a button that posts its encrypted token, as the wallet's page does. */
export function walletPage(view: PaymentView, wallet: WalletView): Html {
  const t = translatorFor(view.locale);
  const { name } = wallet;
  return layout(
    view,
    { title: t('walletPage.heading', { wallet: name }), shopName: view.payment.shopName },
    html`<div class="card">
<h1>${t('walletPage.heading', { wallet: name })}</h1>
<p>${t('walletPage.text', { wallet: name })}</p>
<p><strong>${amountOf(view)}</strong></p>
${wallet.cards.map(
  ({ token, brand, last4, outcome }) => html`<form method="post" action="${view.urls.wallet}">
${formFields(view)}<input type="hidden" name="channel" value="${wallet.channel}"><input type="hidden" name="token" value="${token}">
<button type="submit" class="quiet">${t('walletPage.card', { brand: brandNames[brand], last4, outcome: t(`sandbox.card.${outcome}`) })}</button>
</form>`,
)}
<p class="back"><a href="${view.urls.self}">${t('bankPage.leave')}</a></p>
</div>`,
  );
}
