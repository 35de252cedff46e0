/** A signal of one's own, until it is left. */
export type InTime = { readonly signal: AbortSignal; leave(): void };

/**
 * Makes a signal that is aborted with another one, after a time in milliseconds, and when it is left. `AbortSignal.any` of a
 * timeout would do, but Node 20 forgets the timeout when it tidies its memory (nodejs/node#57736).
 */
export function withinTime(outer: AbortSignal, ms: number): InTime {
  const controller = new AbortController();
  const { signal } = controller;
  const leave = (): void => {
    clearTimeout(timer);
    outer.removeEventListener('abort', leave);
    controller.abort();
  };
  const timer = setTimeout(leave, ms);
  outer.addEventListener('abort', leave);
  if (outer.aborted) leave();
  return { signal, leave };
}
