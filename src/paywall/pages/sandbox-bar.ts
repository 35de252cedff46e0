import { html } from 'hono/html';
import type { Translator } from '../../kernel/i18n/catalogue.ts';
import type { MessageKey } from '../messages/catalogues.ts';
import type { Html } from './view.ts';

/** What each BLIK code does in the sandbox (design/domain.md, "Sandbox outcomes"), grouped by what happens. */
const outcomes: readonly (readonly [codes: string, outcome: MessageKey])[] = [
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

/**
 * Draws the yellow bar of the sandbox, so that nobody mistakes a test for a payment.
 * @param withCodes true adds the table of test codes, folded away.
 */
export function sandboxBar(t: Translator<MessageKey>, withCodes: boolean): Html {
  return html`<aside class="test" aria-label="${t('sandbox.label')}">
<strong>${t('sandbox.heading')}</strong> ${t('sandbox.text')}
${withCodes ? codeTable(t) : ''}
</aside>`;
}

function codeTable(t: Translator<MessageKey>): Html {
  const row = (code: string, outcome: MessageKey) => html`<tr><th scope="row">${code}</th><td>${t(outcome)}</td></tr>`;
  return html`<details><summary>${t('sandbox.codes')}</summary><table>
<thead><tr><th scope="col">${t('sandbox.code')}</th><th scope="col">${t('sandbox.outcome')}</th></tr></thead>
<tbody>${row(t('sandbox.anyCode'), 'sandbox.SETTLED')}${outcomes.map(([codes, outcome]) => row(codes, outcome))}</tbody>
</table></details>`;
}
