import { html, raw } from 'hono/html';
import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import { formatMoment } from '../../kernel/i18n/format-time.ts';
import { translatorFor, writtenLocale } from '../messages/catalogues.ts';
import { blikMark } from './icons.ts';
import { layout } from './layout.ts';
import { amountOf, factList, webAddress } from './parts.ts';
import type { FormProblem, Html, PaymentView } from './view.ts';

/** Refusals that the payer cures by a better code, so the field itself is marked. */
const codeReasons: readonly DeclineReason[] = ['CODE_INVALID', 'CODE_EXPIRED'];

/** Draws the page of a payment that can be paid (status NEW): the amount, why the last attempt failed, the ways to pay. */
export function methodPage(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const failed = view.problem !== undefined || refusalOf(view) !== undefined;
  const title = t('method.title', { amount: amountOf(view) });
  const parts = {
    title: failed ? t('page.titleWithError', { title }) : title,
    shopName: view.payment.shopName,
    testCodes: view.methods.length > 0,
  };
  const back = webAddress(view.returnTo?.url);
  return layout(
    view,
    parts,
    html`${failed ? errorSummary(view) : ''}
<div class="card">
<h1 class="price"><span>${t('summary.toPay')}</span> ${amountOf(view)}</h1>
${factList([
  [t('summary.title'), view.payment.title],
  [t('summary.order'), view.payment.orderId],
  [t('summary.validUntil'), formatMoment(view.payment.validUntil, writtenLocale(view.locale))],
])}
${view.methods.length > 0 ? blikForm(view) : html`<h2>${t('method.noneTitle')}</h2><p>${t('method.none')}</p>`}
</div>
${back === undefined ? '' : html`<p class="back"><a href="${back}">${t('return.withoutPaying')}</a></p>`}`,
  );
}

/** Why the last attempt brought no money; undefined when there was none, or it has not failed. */
function refusalOf(view: PaymentView): DeclineReason | undefined {
  const failed =
    view.attempt !== undefined && ['REJECTED', 'ERROR', 'CANCELLED', 'EXPIRED'].includes(view.attempt.status);
  return failed ? (view.attempt?.reason ?? 'GENERAL') : undefined;
}

/** Draws what went wrong at the top of the page, read out at once and leading to the field (as GOV.UK's error summary). */
function errorSummary(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  if (view.problem !== undefined) {
    const heading = isOfCode(view.problem) ? 'problem.heading' : 'refused.heading';
    return alert(t(heading), html`<p><a href="#code">${t(`problem.${view.problem}`)}</a></p>`);
  }
  const reason = refusalOf(view) ?? 'GENERAL';
  // An attempt that was replaced may still bring money, so nothing is promised about it.
  const promise = reason === 'SUPERSEDED' ? '' : html` <strong>${t('refused.noMoneyTaken')}</strong>`;
  return alert(
    t('refused.heading'),
    html`<p>${t(`reason.${reason}`)}${view.methods.length > 1 ? ` ${t('refused.otherMethod')}` : ''}${promise}</p>
${view.methods.length > 0 ? html`<p><a href="#code">${t('refused.enterCode')}</a></p>` : ''}`,
  );
}

function alert(heading: string, body: Html): Html {
  return html`<div class="alert" role="alert" tabindex="-1"><h2>${heading}</h2>
${body}</div>`;
}

/** Whether the code is to blame, and not how often one was sent. */
function isOfCode(problem: FormProblem): boolean {
  return problem === 'CODE_MISSING' || problem === 'CODE_NOT_SIX_DIGITS';
}

/** What stands beside the field when the code itself is to blame; undefined when it is not. */
function codeProblem(view: PaymentView): string | undefined {
  const t = translatorFor(view.locale);
  if (view.problem !== undefined) return isOfCode(view.problem) ? t(`problem.${view.problem}`) : undefined;
  const refusal = refusalOf(view);
  return refusal !== undefined && codeReasons.includes(refusal) ? t('refused.enterCode') : undefined;
}

/**
 * Draws the BLIK form by the checklist of the scheme: BLIK in capitals, one field as two groups of three, a numeric
 * keyboard, no placeholder, no autocomplete, no automatic focus. The space between the groups may be typed or
 * not, and no length is set: it would cut off the end of a code that is pasted with spaces around it.
 */
function blikForm(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  const wrong = codeProblem(view);
  return html`<form method="post" action="${view.urls.pay}">
<h2>${t(view.attempt === undefined ? 'blik.heading' : 'method.retryTitle')}${blikMark}</h2>
<input type="hidden" name="attempt" value="${view.formNonce}">
<label for="code">${t('blik.label')}</label>
<p class="hint" id="hint">${t('blik.hint')}</p>
${wrong === undefined ? '' : html`<p class="wrong" id="wrong">${wrong}</p>`}
<input id="code" name="code" type="text" inputmode="numeric" pattern="[0-9]{3} ?[0-9]{3}" required autocomplete="off" spellcheck="false" title="${t('problem.CODE_NOT_SIX_DIGITS')}" aria-describedby="hint${wrong === undefined ? '' : ' wrong'}"${raw(wrong === undefined ? '' : ' aria-invalid="true"')}>
<button type="submit">${t('blik.pay', { amount: amountOf(view) })}</button>
<p class="hint">${t('blik.afterwards')}</p>
</form>`;
}
