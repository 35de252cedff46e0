import { html, raw } from 'hono/html';
import { endonym } from '../../kernel/i18n/locales.ts';
import { translatorFor } from '../messages/catalogues.ts';
import { tabIcon } from './icons.ts';
import { sandboxBar, type TestCodes } from './sandbox-bar.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import type { Html, PageFrame } from './view.ts';

/** Tells the widget's script, which keys in a frame do not reach, to close its dialog; nothing of it is secret. */
const escapeScript = `addEventListener('keydown',e=>e.key=='Escape'&&!e.isComposing&&parent.postMessage({imojeWidget:'close'},'*'))`;

/** The parts of a page that differ. */
export type PageParts = {
  /** For the browser's tab; plain text. */
  readonly title: string;
  /** Stands at the top; undefined when it is not known which shop is meant. */
  readonly shopName?: string | undefined;
  /** Goes into `<head>`: refreshes. */
  readonly head?: Html | undefined;
  /** Shows the sandbox's codes in the yellow bar, where they can be entered. */
  readonly testCodes?: TestCodes | undefined;
};

/**
 * Draws a whole page: head, sandbox bar, the shop's name, `<main>` and the language links. Needs no more than this
 * Content-Security-Policy: `default-src 'none'; style-src 'nonce-…'; script-src 'nonce-…'; img-src 'self' data:;
 * connect-src 'self'; form-action 'self' and the banks; base-uri 'none'; frame-ancestors 'none'`.
 */
export function layout(frame: PageFrame, parts: PageParts, main: Html): Html {
  const t = translatorFor(frame.locale);
  const title =
    parts.shopName === undefined ? parts.title : t('page.titleWithShop', { title: parts.title, shop: parts.shopName });
  return html`<!doctype html>
<html lang="${frame.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${raw(tabIcon)}">
${parts.head ?? ''}
<style nonce="${frame.nonce}">${raw(style)}</style>
</head>
<body>
${frame.sandbox ? sandboxBar(t, parts.testCodes) : ''}
${parts.shopName === undefined ? '' : shopHeader(parts.shopName)}
<main>${main}</main>
<footer>${languageLinks(frame)}<p>${t('page.operator')}</p></footer>
<script nonce="${frame.nonce}">${raw(script)}</script>
${frame.framed === 'card' ? html`<script nonce="${frame.nonce}">${raw(escapeScript)}</script>` : ''}
</body>
</html>`;
}

function shopHeader(name: string): Html {
  const initial = [...name.trim()][0]?.toLocaleUpperCase() ?? '';
  return html`<header class="shop"><span aria-hidden="true">${initial}</span><p>${name}</p></header>`;
}

function languageLinks(frame: PageFrame): Html | '' {
  if (frame.languages.length === 0) return '';
  return html`<nav aria-label="${translatorFor(frame.locale)('page.language')}">${frame.languages.map(
    ({ locale, href }) =>
      html`<a href="${href}" lang="${locale}" hreflang="${locale}"${raw(locale === frame.locale ? ' aria-current="true"' : '')}>${endonym(locale)}</a>`,
  )}</nav>`;
}
