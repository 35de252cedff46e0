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
