import { html } from 'hono/html';
import type { PayerOrder, PayerPageKind } from '../../acquirers/payer-page.ts';
import { formatMoney } from '../../kernel/i18n/format-money.ts';
import { channelName } from '../../payments/name-methods.ts';
import { type MessageKey, translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { webAddress } from './parts.ts';
import type { Html, PageFrame } from './view.ts';

/** What the page of a simulated bank shows. */
export type BankView = PageFrame & { readonly order: PayerOrder; readonly self: string };

/** What a page says while the order is open. */
const texts = {
  bank: 'bankPage.text',
  transfer: 'bankPage.transferText',
  challenge: 'bankPage.text',
  lender: 'bankPage.lenderText',
  lessor: 'bankPage.lessorText',
  wallet: 'bankPage.walletText',
} as const satisfies Record<PayerPageKind, MessageKey>;

/**
 * Draws the page of a simulated bank, lender, lessor or wallet, or of the challenge of 3-D Secure: whoever tests decides what
 * the payer does.
 */
export function bankPage(view: BankView): Html {
  const t = translatorFor(view.locale);
  const { kind, amount, currency, shopName, isOpen, returnUrl } = view.order;
  const name = channelName(view.order.channel, view.locale);
  const title = kind === 'challenge' ? t('bankPage.heading.challenge') : t(`bankPage.heading.${kind}`, { name });
  const sum = formatMoney({ amount, currency }, view.locale);
  const back = webAddress(returnUrl);
  return layout(
    view,
    { title },
    html`<div class="card first">
<h1>${title}</h1>
<p>${isOpen ? t(texts[kind], { shop: shopName, amount: sum }) : t('bankPage.over')}</p>
${isOpen ? decisions(view) : back === undefined ? '' : html`<p><a class="button" href="${back}">${t('bankPage.back')}</a></p>`}
</div>`,
  );
}

function decisions(view: BankView): Html {
  const t = translatorFor(view.locale);
  // Who does not make a transfer of his own refuses nothing.
  if (view.order.kind === 'transfer') {
    return html`<form method="post" action="${view.self}">
<button type="submit" name="decision" value="approve">${t('bankPage.transfer')}</button>
<button type="submit" name="decision" value="leave" class="quiet">${t('bankPage.leave')}</button>
</form>`;
  }
  return html`<form method="post" action="${view.self}">
<button type="submit" name="decision" value="approve">${t('bankPage.approve')}</button>
<button type="submit" name="decision" value="refuse" class="quiet">${t('bankPage.refuse')}</button>
<button type="submit" name="decision" value="leave" class="quiet">${t('bankPage.leave')}</button>
</form>`;
}
