/** A signal of one's own, until it is left. */
export type InTime = { readonly signal: AbortSignal; leave(): void };

/**
 * Makes a signal that is aborted with another one, after a time in milliseconds (for the reason `late`), and when it is left. `AbortSignal.any` of a
 * timeout would do, but Node 20 forgets the timeout when it tidies its memory (nodejs/node#57736).
 */
export function withinTime(outer: AbortSignal, ms: number, late?: Error): InTime {
  const controller = new AbortController();
  const { signal } = controller;
  const end = (reason?: unknown): void => {
    clearTimeout(timer);
    outer.removeEventListener('abort', endWithOuter);
    controller.abort(reason);
  };
  const endWithOuter = (): void => end(outer.reason);
  const timer = setTimeout(end, ms, late);
  outer.addEventListener('abort', endWithOuter);
  if (outer.aborted) endWithOuter();
  return { signal, leave: end };
}
