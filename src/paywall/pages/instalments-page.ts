import { html, raw } from 'hono/html';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';
import { formatMoney } from '../../kernel/i18n/format-money.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import type { Html, PageFrame } from './view.ts';

/** What the page of an instalment widget shows. */
export type InstalmentsView = PageFrame & {
  readonly shopName: string;
  readonly currency: Currency;
  readonly lenders: readonly {
    readonly channel: string;
    readonly name: string;
    readonly periods: readonly { readonly months: number; readonly each: bigint | undefined }[];
  }[];
};

/** Tells the shop's page what was chosen; nothing of it is secret, and the frame may stand on any page. */
const tellScript = `addEventListener('change',e=>{const d=e.target.dataset;parent.postMessage({channel:d.channel,period:+d.period},'*')})`;

/** Draws the page of an instalment widget, which the shop shows in a frame: lenders, and in how many instalments each can be paid. */
export function instalmentsPage(view: InstalmentsView): Html {
  const t = translatorFor(view.locale);
  const { locale } = view;
  return layout(
    view,
    { title: t('instalments.heading'), shopName: view.shopName },
    html`<div class="card"><h1>${t('instalments.heading')}</h1>
<p>${t(view.lenders.length > 0 ? 'instalments.text' : 'instalments.none')}</p>
${view.lenders.map(
  ({ channel, name, periods }) =>
    html`<fieldset><legend>${name}</legend><div class="tiles">${periods.map(
      ({ months, each }) =>
        html`<label><input type="radio" name="period" data-channel="${channel}" data-period="${months}"><span>${t('instalments.months', { count: months })}${each === undefined ? '' : html`<br>${t('instalments.each', { amount: formatMoney({ amount: each, currency: view.currency }, locale) })}`}</span></label>`,
    )}</div></fieldset>`,
)}
</div><script nonce="${view.nonce}">${raw(tellScript)}</script>`,
  );
}
