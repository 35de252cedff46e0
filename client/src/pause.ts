/** How the pauses between tries grow: doubled from `firstMs` to `longestMs`, each shortened at random by up to a half. */
export type Pauses = { readonly firstMs: number; readonly longestMs: number };

/** How long to wait before the try after `failures` failed ones (1 and up), in milliseconds. Many clients do not come at once. */
export function pauseAfter(failures: number, { firstMs, longestMs }: Pauses): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return whole * (1 - Math.random() / 2);
}

/** `Retry-After` as seconds from now (RFC 9110, section 10.2.3): a number of them, or a date. */
export function secondsOf(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
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
