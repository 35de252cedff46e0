import { html, raw } from 'hono/html';
import { formatMoment } from '../../kernel/i18n/format-time.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { otherMoneyNotice } from './other-money.ts';
import {
  amountOf,
  factList,
  listening,
  refreshWithoutScript,
  statusLine,
  sumOf,
  validUntilOf,
  webAddress,
} from './parts.ts';
import type { Html, PaymentView } from './view.ts';

/** Seconds after which a payer whose payment is over is sent back to the shop. */
const returnAfterSeconds = 5;

type Result = 'settled' | 'authorized' | 'cancelled' | 'expired';

/** Draws the page of a payment that is reserved, paid or over: each says what really happened and what can be done now. */
export function resultPage(view: PaymentView, result: Result): Html {
  const t = translatorFor(view.locale);
  const lost = result === 'cancelled' || result === 'expired';
  // While money may come the last word is not spoken: the page keeps listening, and sends nobody away as if nothing came.
  const open = result === 'authorized' || (lost && view.moneyMayCome);
  const { givenBack, comingBack } = view.money;
  const turns = open || view.moneyMayCome || comingBack > 0n;
  const url = webAddress(view.returnTo?.url);
  // Whoever paid twice, or gets money back, has to read it.
  const toRead = (lost && open) || view.otherMoney?.arrived || givenBack + comingBack > 0n;
  const automatic = url !== undefined && view.returnTo?.automatic === true && !toRead;
  const heading = headingOf(view, result);
  const parts = {
    title: heading,
    shopName: view.payment.shopName,
    head: automatic ? returnWithoutScript(url) : open ? refreshWithoutScript : undefined,
  };
  return layout(
    view,
    parts,
    html`${lost ? '' : otherMoneyNotice(view)}<div class="card"${turns ? listening(view) : ''}>
${statusLine(view, result === 'settled' ? 'done' : result === 'authorized' ? 'inProgress' : 'failed')}
<h1>${heading}</h1>
${lost && !open ? html`<p><strong>${t('refused.noMoneyTaken')}</strong></p>` : ''}
<p>${lost && open ? t('over.perhapsPaid') : textOf(view, result)}</p>
${facts(view, lost)}
${url === undefined ? '' : html`<p><a class="button" href="${url}"${automatic ? returnByScript : ''}>${t('return.shop')}</a></p>`}
${automatic ? html`<p class="back soft">${t('return.automatic', { seconds: returnAfterSeconds })} <a href="${view.urls.stay}">${t('return.stay')}</a></p>` : ''}
</div>`,
  );
}

function headingOf(view: PaymentView, result: Result): string {
  const t = translatorFor(view.locale);
  const { taken, reserved, givenBack } = view.money;
  switch (result) {
    case 'authorized':
      return taken > 0n
        ? t('authorized.headingInPart', { taken: sumOf(view, taken), reserved: sumOf(view, reserved) })
        : t('authorized.heading', { amount: sumOf(view, reserved) });
    case 'settled':
      return t(givenBack === taken ? 'refunded.heading' : 'settled.heading', { amount: sumOf(view, taken) });
    default:
      return t(`${result}.heading`);
  }
}

function textOf(view: PaymentView, result: Result): string {
  const t = translatorFor(view.locale);
  const { taken, reserved } = view.money;
  switch (result) {
    case 'authorized': {
      const sums = { taken: sumOf(view, taken), reserved: sumOf(view, reserved) };
      return t(taken > 0n ? 'authorized.textInPart' : 'authorized.text', sums);
    }
    case 'settled':
      return settledText(view);
    default:
      return t(`${result}.text`, { validUntil: validUntilOf(view) ?? '' });
  }
}

/** What was taken of what was reserved, and what of it came back; a refund is suggested only where none was ordered. */
function settledText(view: PaymentView): string {
  const t = translatorFor(view.locale);
  const { money, payment } = view;
  const { taken, givenBack, comingBack } = money;
  const sums = { amount: amountOf(view), taken: sumOf(view, taken) };
  const inPart = taken < payment.amount.amount ? [t('settled.inPart', sums)] : [];
  if (givenBack === taken) return [...inPart, t('refunded.text')].join(' ');
  return [
    ...inPart,
    t('settled.text'),
    ...(givenBack > 0n ? [t('refunded.inPart', { amount: sumOf(view, givenBack) })] : []),
    ...(comingBack > 0n ? [t('refunded.onItsWay', { amount: sumOf(view, comingBack) })] : []),
    ...(givenBack + comingBack > 0n ? [] : [t('settled.refund')]),
  ].join(' ');
}

/** Headings of what is paid or reserved name the sum; those of what is lost do not. */
function facts(view: PaymentView, lost: boolean): Html {
  const t = translatorFor(view.locale);
  const { payment } = view;
  return factList([
    [t('summary.shop'), payment.shopName],
    [t('summary.title'), payment.title],
    [t('summary.order'), payment.orderId],
    [t('summary.amount'), lost ? amountOf(view) : undefined],
    [t('summary.method'), payment.status === 'SETTLED' ? view.attempt?.label : undefined],
    [t('summary.settledAt'), payment.settledAt && formatMoment(payment.settledAt, view.locale)],
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
