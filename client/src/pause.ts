/** How the pauses between tries grow: doubled from `firstMs` to `longestMs`, each shortened at random by up to a half. */
export type Pauses = { readonly firstMs: number; readonly longestMs: number };

/** How long to wait before the try after `failures` failed ones (1 and up), in milliseconds. Many clients do not come at once. */
export function pauseAfter(failures: number, { firstMs, longestMs }: Pauses): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return whole * (1 - Math.random() / 2);
}

/** Waits; ends at once when the signal is aborted, and says so by throwing its reason. */
export async function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
