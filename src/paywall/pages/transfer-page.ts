import { html, raw } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { otherMoneyNotice } from './other-money.ts';
import { amountOf, backLink, listening, statusLine, validUntilOf } from './parts.ts';
import type { Html, PaymentView, TransferView } from './view.ts';

/**
 * What turns the page of a browser without scripts. Not every few seconds, as elsewhere: whoever copies an account number by hand
 * must not lose his place.
 */
const slowRefresh = html`<noscript><meta http-equiv="refresh" content="60"></noscript>`;

/**
 * Shows the buttons, and copies: by the clipboard of the browser, which lacks one on pages that are not secure (Clipboard API), else
 * out of a field of its own. What was done is said to those who do not see it, too.
 */
const copyScript = `for(const e of document.querySelectorAll('[data-copy]')){e.hidden=false
e.onclick=async()=>{const v=e.dataset.copy,s=document.querySelector('#copied')
try{await navigator.clipboard.writeText(v)}catch{const f=document.createElement('textarea')
f.value=v;e.after(f);f.select();document.execCommand('copy');f.remove();e.focus()}
s.textContent='';setTimeout(()=>{s.textContent=s.dataset.say},50)}}`;

/**
 * Draws the page of a payment that waits for a transfer of the payer's own: account, amount, recipient and title, each with a
 * button that copies it. Without scripts there are no buttons, and one click marks the whole of a value.
 */
export function transferPage(view: PaymentView, transfer: TransferView): Html {
  const t = translatorFor(view.locale);
  const { locale } = view;
  const { amount, currency } = view.payment.amount;
  const written = `${amount / 100n},${String(amount % 100n).padStart(2, '0')}`;
  return layout(
    view,
    { title: t('transfer.heading', { amount: amountOf(view) }), shopName: view.payment.shopName, head: slowRefresh },
    html`${otherMoneyNotice(view)}<div class="card"${listening(view)}>
${statusLine(view, 'inProgress')}
<h1>${t('transfer.heading', { amount: amountOf(view) })}</h1>
<p>${t('transfer.text')}</p>
<dl class="copy">
${copied(view, t('transfer.account'), { shown: accountOf(transfer, currency), taken: accountOf(transfer, currency).replaceAll(' ', '') })}
${copied(view, t('transfer.amount'), { shown: amountOf(view), taken: locale === 'en' ? written.replace(',', '.') : written })}
${copied(view, t('transfer.recipient'), { shown: transfer.recipient })}
${copied(view, t('transfer.title'), { shown: transfer.title })}
</dl>
<p>${t('transfer.exactly')}</p>
<p class="soft">${t('transfer.later', { validUntil: validUntilOf(view) ?? 'never' })}</p>
${view.sandbox && transfer.reference ? html`<p><a class="button" href="/sandbox/${transfer.reference}">${t('transfer.sandbox')}</a></p>` : ''}
${view.attempt?.replaceable ? html`<p class="back"><a href="${view.urls.otherMethod}">${t('other.link')}</a></p>` : ''}
</div>
${backLink(view)}
<p class="soft back" role="status" id="copied" data-say="${t('transfer.copied')}"></p>
<script nonce="${view.nonce}">${raw(copyScript)}</script>`,
  );
}

/** An account number in the groups in which banks print it; abroad it needs its country (ISO 13616). */
function accountOf({ account }: TransferView, currency: string): string {
  const grouped = account.replace(/(?<=^..(?:....)*)(?=....)/g, ' ');
  return currency === 'PLN' ? grouped : `PL${grouped}`;
}

/** A value that the payer takes to his bank: as he reads it, and as his bank's form takes it. */
function copied(
  { locale }: PaymentView,
  name: string,
  { shown, taken = shown }: { shown: string; taken?: string },
): Html {
  const t = translatorFor(locale);
  return html`<div><dt>${name}</dt><dd><strong>${shown}</strong>
<button type="button" class="quiet" hidden data-copy="${taken}" aria-label="${t('transfer.copyThis', { name })}">${t('transfer.copy')}</button></dd></div>`;
}
