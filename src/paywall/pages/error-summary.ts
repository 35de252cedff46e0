import { html } from 'hono/html';
import type { DeclineReason } from '../../kernel/db/generated/prisma/enums.ts';
import { type MessageKey, translatorFor } from '../messages/catalogues.ts';
import { isCredit } from './parts.ts';
import { type Html, type PaymentView, tilePaths } from './view.ts';

/** Refusals that the payer cures by a better code, so the field itself is marked. */
const codeReasons: readonly DeclineReason[] = ['CODE_INVALID', 'CODE_EXPIRED'];

/** Ends after which money may still come, so that nothing is promised. */
const openReasons: readonly DeclineReason[] = ['SUPERSEDED', 'NO_ANSWER', 'AMOUNT_MISMATCH'];

/** Reasons for which somebody who paid with BLIK is given advice of his own. */
const blikReasons = [
  'PAYER_DECLINED',
  'NOT_CONFIRMED',
  'INSUFFICIENT_FUNDS',
  'LIMIT_EXCEEDED',
  'ISSUER_DECLINED',
  'SECURITY',
  'TECHNICAL',
  'GENERAL',
  'NOT_SENT',
] as const satisfies readonly DeclineReason[];

/** Reasons that a lender or a lessor gives, and not a bank. */
const lenderReasons = [
  'PAYER_DECLINED',
  'NOT_CONFIRMED',
  'ISSUER_DECLINED',
  'NO_ANSWER',
  'SUPERSEDED',
] as const satisfies readonly DeclineReason[];

/** Reasons of a wallet that asks in its app. */
const walletReasons = ['PAYER_DECLINED', 'NOT_CONFIRMED'] as const satisfies readonly DeclineReason[];

/** Says whether the page has to begin with what went wrong. */
export function hasFailed(view: PaymentView): boolean {
  return view.problem !== undefined || refusalOf(view) !== undefined;
}

/** Draws what went wrong at the top of the page, read out at once and leading to the field (as GOV.UK's error summary). */
export function errorSummary(view: PaymentView): Html {
  const t = translatorFor(view.locale);
  if (view.problem !== undefined) return problemSummary(view, view.problem);
  const reason = refusalOf(view) ?? 'GENERAL';
  const promise =
    openReasons.includes(reason) || view.moneyMayCome ? '' : html` <strong>${t('refused.noMoneyTaken')}</strong>`;
  return alert(
    t('refused.heading'),
    html`<p>${t(reasonText(view, reason))}${view.methods.length > 1 ? ` ${t('refused.otherMethod')}` : ''}${promise}</p>
${view.attempt?.method === 'BLIK' && offersBlik(view) ? html`<p><a href="#code">${t('refused.enterCode')}</a></p>` : ''}`,
  );
}

/** What stands beside the BLIK code's field when the code itself is to blame; undefined when it is not. */
export function codeProblem(view: PaymentView): string | undefined {
  const t = translatorFor(view.locale);
  const { problem } = view;
  if (problem !== undefined) return problem.form === 'BLIK' ? t(`problem.${problem.code}`) : undefined;
  const refusal = refusalOf(view);
  return refusal !== undefined && codeReasons.includes(refusal) ? t('refused.enterCode') : undefined;
}

/** Why the last attempt brought no money; undefined when there was none, or it has not failed. */
function refusalOf(view: PaymentView): DeclineReason | undefined {
  const { status, reason } = view.attempt ?? {};
  const failed = status !== undefined && ['REJECTED', 'ERROR', 'CANCELLED', 'EXPIRED'].includes(status);
  return failed ? (reason ?? 'GENERAL') : undefined;
}

function reasonText(view: PaymentView, reason: DeclineReason): MessageKey {
  const method = view.attempt?.method;
  const ofBlik = method === 'BLIK' && blikReasons.find((candidate) => candidate === reason);
  if (ofBlik) return `reason.BLIK.${ofBlik}`;
  const ofWallet = method === 'WALLET' && walletReasons.find((candidate) => candidate === reason);
  if (ofWallet) return `reason.WALLET.${ofWallet}`;
  const ofLender = method && isCredit(method) && lenderReasons.find((candidate) => candidate === reason);
  if (ofLender) return method === 'LEASE' ? `reason.LESSOR.${ofLender}` : `reason.LENDER.${ofLender}`;
  return `reason.${reason}`;
}

function problemSummary(view: PaymentView, problem: NonNullable<PaymentView['problem']>): Html {
  const t = translatorFor(view.locale);
  switch (problem.form) {
    case undefined:
      return alert(t('refused.heading'), html`<p>${t(`problem.${problem.code}`)}</p>`);
    case 'BLIK':
      return alert(t('problem.heading.BLIK'), html`<p><a href="#code">${t(`problem.${problem.code}`)}</a></p>`);
    case 'PBL':
    case 'PAY_LATER':
    case 'INSTALLMENTS':
    case 'LEASE':
    case 'WIRE_TRANSFER':
      return alert(
        t(`problem.heading.${problem.form}`),
        html`<p><a href="#${tilePaths[problem.form]}">${t(`problem.NONE_CHOSEN.${problem.form}`)}</a></p>`,
      );
    case 'WALLET':
      return alert(t('refused.heading'), html`<p>${t(`problem.${problem.code}`)}</p>`);
    case 'CARD':
      return alert(
        t('problem.heading.CARD'),
        html`<ul>${problem.problems.map(
          ({ field, code }) => html`<li><a href="#${field}">${t(`problem.card.${code}`)}</a></li>`,
        )}</ul>`,
      );
  }
}

function offersBlik(view: PaymentView): boolean {
  return view.methods.some(({ method }) => method === 'BLIK');
}

function alert(heading: string, body: Html): Html {
  return html`<div class="alert" role="alert" tabindex="-1"><h2>${heading}</h2>
${body}</div>`;
}
