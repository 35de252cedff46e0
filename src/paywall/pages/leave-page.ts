import { html, raw } from 'hono/html';
import { translatorFor } from '../messages/catalogues.ts';
import { layout } from './layout.ts';
import type { Html, PageFrame } from './view.ts';

/**
 * Asks the widget's script to lead the whole window on: browsers let no page in a frame do that by itself. Whoever frames the
 * page knows the payment's address already. Outside of a frame, the page goes on alone.
 */
const leaveScript = `{const a=document.querySelector('main a');parent==self?a.click():parent.postMessage({imojeWidget:'leave',href:a.href},'*')}`;

/** Draws the page that leads from a frame to the payment at `href`. It says nothing of the payment, so that any may have it. */
export function leavePage(frame: PageFrame, href: string): Html {
  const t = translatorFor(frame.locale);
  const title = t('widget.leave.title');
  return layout(
    frame,
    { title },
    html`<div class="card first"><h1>${title}</h1>
<p><a class="button" target="_top" href="${href}">${t('widget.showPayment')}</a></p></div>
<script nonce="${frame.nonce}">${raw(leaveScript)}</script>`,
  );
}
