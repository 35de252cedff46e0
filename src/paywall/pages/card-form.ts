import { html, raw } from 'hono/html';
import type { CardProblem } from '../../cards/check-card.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { amountOf, formFields } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

type Field = CardProblem['field'];

/** How browsers fill the fields in by themselves (HTML Living Standard, autofill), and which keyboard they show. */
const traits: { readonly [field in Field]: string } = {
  number: 'inputmode="numeric" autocomplete="cc-number" maxlength="23"',
  expiry: 'inputmode="numeric" autocomplete="cc-exp" maxlength="9"',
  cvv: 'inputmode="numeric" autocomplete="cc-csc" maxlength="4"',
  name: 'autocomplete="cc-name" maxlength="100"',
};

/**
 * Draws the card form. What is wrong stands at its field; expiry and name are shown again, the number and the security
 * code never.
 * @param action where it is posted.
 */
export function cardForm(view: PaymentView, action: string): Html {
  const t = translatorFor(view.locale);
  const problem = view.problem?.form === 'CARD' ? view.problem : undefined;
  const kept: { readonly [field in Field]?: string } = problem?.kept ?? {};
  const field = (name: Field): Html => {
    const found = problem?.problems.find((one) => one.field === name);
    const wrong = found && t(`problem.card.${found.code}`);
    const described = [name === 'name' ? '' : `${name}-hint`, wrong ? `${name}-wrong` : ''].join(' ').trim();
    return html`<div class="${name}"><label for="${name}">${t(`card.${name}`)}</label>
${name === 'name' ? '' : html`<p class="hint" id="${name}-hint">${t(`card.${name}Hint`)}</p>`}
${wrong ? html`<p class="wrong" id="${name}-wrong">${wrong}</p>` : ''}
<input id="${name}" name="${name}" type="text" required spellcheck="false" ${raw(traits[name])} value="${kept[name] ?? ''}"${described === '' ? '' : html` aria-describedby="${described}"`}${raw(wrong ? ' aria-invalid="true"' : '')}></div>`;
  };
  return html`<form method="post" action="${action}" class="cardform">
${formFields(view)}
${field('number')}
<p id="brand" class="brand" role="status" data-visa="Visa" data-mastercard="Mastercard"></p>
<div class="pair">${field('expiry')}${field('cvv')}</div>
${field('name')}
${view.stores?.method === 'CARD' ? html`<p class="notice">${t(`card.stored.${view.stores.kind}`, { shop: view.payment.shopName })}</p>` : ''}
<button type="submit">${t('pay', { amount: amountOf(view) })}</button>
<p class="hint">${t('card.afterwards')}</p>
</form>`;
}
