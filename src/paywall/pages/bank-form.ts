import { html, raw } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { amountOf, formFields } from './parts.ts';
import type { BankView, Html, PaymentView } from './view.ts';

/** Draws the banks as tiles, of which one is chosen. */
export function bankForm(view: PaymentView, banks: readonly BankView[]): Html {
  const t = translatorFor(view.locale);
  const wrong = view.problem?.form === 'PBL' ? t(`problem.${view.problem.code}`) : undefined;
  return html`<form method="post" action="${view.urls.bank}">
${formFields(view)}
<fieldset id="banks"${raw(wrong === undefined ? '' : ' aria-invalid="true" aria-describedby="bank-wrong"')}><legend>${t('bank.choose')}</legend>
${wrong === undefined ? '' : html`<p class="wrong" id="bank-wrong">${wrong}</p>`}
<div class="tiles">${banks.map(
    ({ channel, name }) =>
      html`<label><input type="radio" name="channel" value="${channel}" required${raw(channel === view.opened.channel ? ' checked' : '')}><span>${name}</span></label>`,
  )}</div></fieldset>
<button type="submit">${t('pay', { amount: amountOf(view) })}</button>
<p class="hint">${t('bank.afterwards')}</p>
</form>`;
}
