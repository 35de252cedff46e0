import { html } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import type { Html, PageFrame, WalletLink } from './view.ts';

/** Draws the wallets as buttons, each leading to where the wallet shows its cards. */
export function walletForm({ locale }: PageFrame, wallets: readonly WalletLink[]): Html {
  const t = translatorFor(locale);
  return html`<div class="wallets">${wallets.map(
    ({ name, href }) => html`<p><a class="button dark" href="${href}">${t('wallet.pay', { wallet: name })}</a></p>`,
  )}</div>`;
}
