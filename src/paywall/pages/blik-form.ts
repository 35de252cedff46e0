import { html, raw } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { codeProblem } from './error-summary.ts';
import { blikMark } from './icons.ts';
import { amountOf, formFields } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/**
 * Draws the BLIK form by the checklist of the scheme: BLIK in capitals, one field as two groups of three, a numeric
 * keyboard, no placeholder, no autocomplete, no automatic focus. The space between the groups may be typed or
 * not, and no length is set: it would cut off the end of a code that is pasted with spaces around it.
 */
export function blikForm(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const wrong = codeProblem(view);
  return html`<form method="post" action="${view.urls.blik}">
${formFields(view)}
<label for="code" class="marked">${t('blik.label')}${blikMark}</label>
<p class="hint" id="hint">${t('blik.hint')}</p>
${wrong === undefined ? '' : html`<p class="wrong" id="wrong">${wrong}</p>`}
<input id="code" name="code" class="code" type="text" inputmode="numeric" pattern="[0-9]{3} ?[0-9]{3}" required autocomplete="off" spellcheck="false" title="${t('problem.CODE_NOT_SIX_DIGITS')}" aria-describedby="hint${wrong === undefined ? '' : ' wrong'}"${raw(wrong === undefined ? '' : ' aria-invalid="true"')}>
${view.stores?.method === 'BLIK' ? html`<p class="notice">${t('blik.stored', { shop: view.payment.shopName })}</p>` : ''}
<button type="submit">${t('pay', { amount: amountOf(view) })}</button>
<p class="hint">${t('blik.afterwards')}</p>
</form>`;
}
