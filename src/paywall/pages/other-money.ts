import { html } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { amountOf } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/** Draws what a payer has to know of another attempt that brought money as well, or may still; nothing when there is none. */
export function otherMoneyNotice(view: PaymentView): Html | '' {
  const { otherMoney, payment } = view;
  if (!otherMoney) return '';
  const t = translatorFor(view.locale);
  const key = otherMoney.arrived ? 'arrived' : payment.status === 'SETTLED' ? 'paid' : 'open';
  const words = { method: otherMoney.label, amount: amountOf(view) };
  return html`<div class="notice" role="note"><h2>${t(key === 'arrived' ? 'otherMoney.heading.arrived' : 'otherMoney.heading.open', words)}</h2>
<p>${t(`otherMoney.${key}`, words)}</p></div>`;
}
