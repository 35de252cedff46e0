import { raw } from 'hono/html';
import type { Html } from './view.ts';

/** Drawings for the three states a payer sees. They say nothing that the text beside them does not, so they are hidden from readers. */
export const icons: { readonly [state in 'done' | 'inProgress' | 'failed']: Html } = {
  done: draw('M4 12.5l5.5 5.5L20 6.5'),
  inProgress: draw('M12 6v6l4 3M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0'),
  failed: draw('M6 6l12 12M18 6L6 18'),
};

function draw(path: string): Html {
  return raw(
    `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${path}"/></svg>`,
  );
}

/**
 * The mark of BLIK, drawn after the scheme's brand book: its name in small white letters on black, a dot above the b.
 * The scheme demands it beside the field for a code. Readers hear the name in the words around it.
 */
export const blikMark: Html = raw(
  '<svg class="blik" viewBox="0 0 48 25" aria-hidden="true"><rect width="48" height="25" rx="5"/><g fill="none" stroke="#fff" stroke-width="3"><path d="M8 4.5V15m14.5-10.5v16m5.5-11v11m5.5-16v16m7.5-11-6.5 5 7 6"/><circle cx="12.5" cy="15" r="4.5"/></g><circle cx="17" cy="7" r="2.6" fill="#ff3c3c"/></svg>',
);

/** The icon in the browser's tab, a gate. It stands in the page itself: a browser that finds none asks for /favicon.ico. */
export const tabIcon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%231f4fd1'/><path d='M4 12.5V8a4 4 0 0 1 8 0v4.5M8 4v8.5' fill='none' stroke='%23fff' stroke-width='1.75' stroke-linecap='round'/></svg>";
