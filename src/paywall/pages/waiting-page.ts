import { html } from 'hono/html';
import type { Redirect } from '../../acquirers/port.ts';
import { formatCountdown } from '../../kernel/i18n/format-time.ts';
import { isChannel, takesCard } from '../../shops/model.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import { otherMoneyNotice } from './other-money.ts';
import { amountOf, backLink, factList, isCredit, listening, refreshWithoutScript, statusLine } from './parts.ts';
import type { Html, PaymentView } from './view.ts';

type Waiting =
  | ('unknown' | 'unknownLender' | 'unknownLessor')
  | ('atBank' | 'atLender' | 'atLessor' | 'atWallet' | 'challenge')
  | ('waiting' | 'processing');

/** Draws the page of a payment whose attempt is running (status PENDING): what to do now, and how long there is for it. */
export function waitingPage(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const key = waitingFor(view);
  const isUnknown = view.attempt?.status === 'UNKNOWN';
  const parts = { title: t(`${key}.heading`), shopName: view.payment.shopName, head: refreshWithoutScript };
  const words = { amount: amountOf(view), method: view.attempt?.label ?? '' };
  return layout(
    view,
    parts,
    html`${otherMoneyNotice(view)}<div class="card"${listening(view)}>
${statusLine(view, 'inProgress')}
<h1>${t(`${key}.heading`)}</h1>
<p>${t(`${key}.text`, words)}</p>
${view.attempt?.bankPage === undefined ? '' : wayTo(view.attempt.bankPage, t(`${key === 'challenge' ? key : 'atBank'}.continue`, words))}
${key === 'waiting' ? countdown(view) : ''}
<p>${t(isUnknown || key === 'atLessor' ? 'unknown.dontPayTwice' : 'waiting.keepOpen')}</p>
${factList([
  [t('summary.shop'), view.payment.shopName],
  [t('summary.title'), view.payment.title],
  [t('summary.order'), view.payment.orderId],
  [t('summary.method'), view.attempt?.label],
])}
${view.attempt?.replaceable ? html`<p class="back"><a href="${view.urls.otherMethod}">${t('other.link')}</a></p>` : ''}
</div>
${backLink(view)}`,
  );
}

/** Draws the button that leads to the bank, by the means that the bank wants. */
function wayTo({ url, httpMethod, fields }: Redirect, label: string): Html {
  if (httpMethod === 'GET') return html`<p><a class="button" href="${url}">${label}</a></p>`;
  return html`<form method="post" action="${url}">
${fields.map(({ name, value }) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">${label}</button>
</form>`;
}

function waitingFor({ attempt, now }: PaymentView): Waiting {
  const isLease = attempt?.method === 'LEASE';
  if (attempt?.status === 'UNKNOWN') {
    if (isLease) return 'unknownLessor';
    return isCredit(attempt.method) ? 'unknownLender' : 'unknown';
  }
  if (attempt?.bankPage !== undefined) {
    if (isCredit(attempt.method)) return isLease ? 'atLessor' : 'atLender';
    const { method, channel } = attempt;
    if (method === 'WALLET' && isChannel(channel) && !takesCard(channel)) return 'atWallet';
    return method === 'PBL' ? 'atBank' : 'challenge';
  }
  const confirms = attempt?.confirmUntil !== undefined || attempt?.method === 'BLIK';
  return confirms && !(attempt?.confirmUntil && attempt.confirmUntil <= now && attempt.replaceable)
    ? 'waiting'
    : 'processing';
}

/**
 * The seconds left at which a countdown of `seconds` is read out, from first to last: every 180 s above 5 minutes, every
 * 60 s from 5 minutes to 1, every 30 s below, and at the end. Never each second, which would make a reader useless.
 */
export function announcements(seconds: number): number[] {
  const moments: number[] = [];
  for (let left = Math.ceil(seconds) - 1; left >= 0; left--) {
    const step = left > 300 ? 180 : left >= 60 ? 60 : 30;
    if ((left > 300 ? left - 300 : left) % step === 0) moments.push(left);
  }
  return moments;
}

/** Draws the countdown twice: running for those who see it, and as a quiet status for those who hear it. The end is shown to both. */
function countdown(view: PaymentView): Html | '' {
  const { confirmUntil, startedAt } = view.attempt ?? {};
  if (confirmUntil === undefined || startedAt === undefined) return '';
  const secondsTo = (from: Date) => Math.max(0, Math.ceil((confirmUntil.getTime() - from.getTime()) / 1000));
  const left = secondsTo(view.now);
  const say = JSON.stringify(announcements(left).map((moment) => [moment, timeLeft(view, moment)]));
  return html`<div aria-hidden="true"><p class="soft">${translatorFor(view.locale)('waiting.timeLeft')}</p>
<p class="clock" data-left="${left}" data-say="${say}">${formatCountdown(left)}</p>
<progress max="${Math.max(1, secondsTo(startedAt))}" value="${left}"></progress></div>
<p role="status"${left > 0 ? html` class="hidden"` : ''}>${timeLeft(view, left)}</p>`;
}

/** Says how long there is: seconds below two minutes, whole minutes above. */
function timeLeft(view: PaymentView, seconds: number): string {
  const t = translatorFor(view.locale);
  if (seconds === 0) return t('waiting.timeOver');
  if (seconds < 120) return t('waiting.secondsLeft', { seconds });
  return t('waiting.minutesLeft', { minutes: Math.ceil(seconds / 60) });
}
