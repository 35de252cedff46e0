import { html } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { formFields } from './parts.ts';
import type { Html, PaymentView, WalletChoice } from './view.ts';

/** Draws the wallets as buttons, each leading to where the wallet shows its cards, or to where it asks in its app. */
export function walletForm(view: PaymentView, wallets: readonly WalletChoice[]): Html {
  const t = translatorFor(view.locale);
  return html`<div class="wallets">${wallets.map((wallet) => {
    const label = t('wallet.pay', { wallet: wallet.name });
    if ('href' in wallet) return html`<p><a class="button dark" href="${wallet.href}">${label}</a></p>`;
    return html`<form method="post" action="${view.urls.wallet}">
${formFields(view)}<input type="hidden" name="channel" value="${wallet.channel}">
<p><button type="submit" class="dark">${label}</button></p></form>`;
  })}</div>`;
}
