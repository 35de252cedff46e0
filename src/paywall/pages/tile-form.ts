import { html, raw } from 'hono/html';
import { type MessageKey, translatorFor } from '../messages/catalogues.ts';
import { amountOf, formFields } from './parts.ts';
import { channelPlate } from './plates.ts';
import { type Html, type PaymentView, type Tile, type TileMethod, tilePaths } from './view.ts';

/** What happens after the choice. */
const afterwards: Readonly<Record<TileMethod, MessageKey>> = {
  PBL: 'bank.afterwards',
  PAY_LATER: 'lender.afterwards',
  INSTALLMENTS: 'lender.afterwards',
  LEASE: 'lessor.afterwards',
  WIRE_TRANSFER: 'transfer.afterwards',
};

/** Draws the banks, the lenders or the lessors of a method as tiles, of which one is chosen; the only one is chosen already. */
export function tileForm(view: PaymentView, method: TileMethod, tiles: readonly Tile[]): Html {
  const t = translatorFor(view.locale);
  const id = tilePaths[method];
  const isWrong = view.problem?.form === method;
  const chosen = tiles.length === 1 ? tiles[0]?.channel : view.opened.channel;
  return html`<form method="post" action="${view.urls.tiles[method]}">
${formFields(view)}
<fieldset id="${id}"${isWrong ? html` aria-invalid="true" aria-describedby="${id}-wrong"` : ''}><legend>${t(`tiles.choose.${method}`)}</legend>
${isWrong ? html`<p class="wrong" id="${id}-wrong">${t(`problem.NONE_CHOSEN.${method}`)}</p>` : ''}
<div class="tiles">${tiles.map(
    ({ channel, name }) =>
      html`<label><input type="radio" name="channel" value="${channel}" required${raw(channel === chosen ? ' checked' : '')}><span>${channelPlate(channel)}${name}</span></label>`,
  )}</div></fieldset>
<button type="submit">${t('pay', { amount: amountOf(view) })}</button>
<p class="hint">${t(afterwards[method])}</p>
</form>`;
}
