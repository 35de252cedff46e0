import { html, raw } from 'hono/html';
import { formatMoment } from '../../kernel/i18n/format-time.ts';
import { translatorFor, writtenLocale } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { otherMoneyNotice } from './other-money.ts';
import { amountOf, factList, listening, refreshWithoutScript, statusLine, webAddress } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/** Seconds after which a payer whose payment is over is sent back to the shop. */
const returnAfterSeconds = 5;

type Result = 'settled' | 'authorized' | 'cancelled' | 'expired';

/** Draws the page of a payment that is reserved, paid or over: each says what really happened and what can be done now. */
export function resultPage(view: PaymentView, result: Result): Html {
  const t = translatorFor(view.locale);
  const amount = amountOf(view);
  const lost = result === 'cancelled' || result === 'expired';
  // While money may come the last word is not spoken: the page keeps listening and sends nobody away.
  const open = result === 'authorized' || (lost && view.moneyMayCome);
  const url = webAddress(view.returnTo?.url);
  // Whoever paid twice has to read it.
  const automatic = url !== undefined && view.returnTo?.automatic === true && !open && !view.otherMoney?.arrived;
  const validUntil = formatMoment(view.payment.validUntil, writtenLocale(view.locale));
  const parts = {
    title: t(`${result}.heading`, { amount }),
    shopName: view.payment.shopName,
    head: open ? refreshWithoutScript : automatic ? returnWithoutScript(url) : undefined,
  };
  return layout(
    view,
    parts,
    html`${lost ? '' : otherMoneyNotice(view)}<div class="card"${open || view.moneyMayCome ? listening(view) : ''}>
${statusLine(view, result === 'settled' ? 'done' : result === 'authorized' ? 'inProgress' : 'failed')}
<h1>${t(`${result}.heading`, { amount })}</h1>
${lost && !open ? html`<p><strong>${t('refused.noMoneyTaken')}</strong></p>` : ''}
<p>${t(lost && open ? 'over.perhapsPaid' : `${result}.text`, { validUntil })}</p>
${facts(view)}
${url === undefined ? '' : html`<p><a class="button" href="${url}"${automatic ? returnByScript : ''}>${t('return.shop')}</a></p>`}
${automatic ? html`<p class="back soft">${t('return.automatic', { seconds: returnAfterSeconds })} <a href="${view.urls.stay}">${t('return.stay')}</a></p>` : ''}
</div>`,
  );
}

function facts(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const { payment } = view;
  return factList([
    [t('summary.shop'), payment.shopName],
    [t('summary.title'), payment.title],
    [t('summary.order'), payment.orderId],
    [t('summary.method'), payment.status === 'SETTLED' ? view.attempt?.label : undefined],
    [t('summary.settledAt'), payment.settledAt && formatMoment(payment.settledAt, writtenLocale(view.locale))],
    [t('summary.payment'), payment.id],
  ]);
}

/**
 * The script follows the button after these seconds. A refresh in the head would do the same, but no browser lets its
 * user stop one (WCAG 2.2, success criterion 2.2.1), so it is only for browsers without scripts.
 */
const returnByScript = raw(` data-after="${returnAfterSeconds}"`);

/** The address goes last and unquoted, as HTML wants it, so that it arrives byte for byte. */
function returnWithoutScript(url: string): Html {
  return html`<noscript><meta http-equiv="refresh" content="${raw(String(returnAfterSeconds))};url=${url}"></noscript>`;
}
