import { html } from 'hono/html';
import { testCards } from '../../cards/test-cards.ts';
import type { Translator } from '../../kernel/i18n/catalogue.ts';
import type { MessageKey } from '../messages/catalogues.ts';
import type { Html } from './view.ts';

/** What each BLIK code does in the sandbox (design/domain.md, "Sandbox outcomes"), grouped by what happens. */
const blikOutcomes: readonly (readonly [codes: string, outcome: MessageKey])[] = [
  ['700005', 'sandbox.CODE_INVALID'],
  ['700006', 'sandbox.CODE_EXPIRED'],
  ['912111', 'sandbox.ALIAS_DECLINED'],
  ['934111', 'sandbox.PAYER_DECLINED'],
  ['949111, 989111', 'sandbox.NOT_CONFIRMED'],
  ['960111', 'sandbox.INSUFFICIENT_FUNDS'],
  ['990111', 'sandbox.LIMIT_EXCEEDED'],
  ['902111', 'sandbox.ISSUER_DECLINED'],
  ['969111', 'sandbox.SECURITY'],
  ['927111, 956111', 'sandbox.TECHNICAL'],
  ['961111', 'sandbox.GENERAL'],
  ['700000', 'sandbox.UNKNOWN_THEN_SETTLED'],
  ['700001', 'sandbox.UNKNOWN_THEN_REJECTED'],
  ['700002', 'sandbox.TOLD_TWICE'],
  ['700003', 'sandbox.PAID_LATE'],
];

/** What can be tried out on a page. */
export type TestCodes = { readonly blik: boolean; readonly cards: boolean };

/**
 * Draws the yellow bar of the sandbox, so that nobody mistakes a test for a payment.
 * @param codes the tables of test codes and cards that are added, folded away.
 */
export function sandboxBar(t: Translator<MessageKey>, codes: TestCodes | undefined): Html {
  return html`<aside class="test" aria-label="${t('sandbox.label')}">
<strong>${t('sandbox.heading')}</strong> ${t('sandbox.text')}
${codes?.blik || codes?.cards ? codeTables(t, codes) : ''}
</aside>`;
}

function codeTables(t: Translator<MessageKey>, { blik, cards }: TestCodes): Html {
  const ofBlik = [[t('sandbox.anyCode'), 'sandbox.SETTLED'] as const, ...blikOutcomes];
  const ofCards = Object.entries(testCards).map(
    ([number, outcome]) => [number.replace(/(.{4})(?=.)/g, '$1 '), `sandbox.card.${outcome}`] as const,
  );
  return html`<details><summary>${t('sandbox.codes')}</summary>
${blik ? codeTable(t, 'sandbox.code', ofBlik) : ''}
${cards ? html`${codeTable(t, 'card.number', ofCards)}<p>${t('sandbox.cardFields')}</p>` : ''}
</details>`;
}

function codeTable(
  t: Translator<MessageKey>,
  heading: MessageKey,
  rows: readonly (readonly [code: string, outcome: MessageKey])[],
): Html {
  return html`<table>
<thead><tr><th scope="col">${t(heading)}</th><th scope="col">${t('sandbox.outcome')}</th></tr></thead>
<tbody>${rows.map(([code, outcome]) => html`<tr><th scope="row">${code}</th><td>${t(outcome)}</td></tr>`)}</tbody>
</table>`;
}
