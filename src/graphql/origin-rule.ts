/** Says whether a request with this `Origin` may use the API: none (no browser), our own, or one that was allowed. */
export type OriginRule = (origin: string | undefined) => boolean;

/** What a page is told that may not. */
export const badOrigin = 'Pages of this origin may not call the API; call it from your server.';

/**
 * Makes the rule for browsers, the same for HTTP, SSE and WebSocket. In the sandbox pages served from this machine may
 * call as well, so that dashboards can be developed.
 */
export function originRule(options: {
  readonly publicUrl: string;
  readonly allowed: readonly string[];
  readonly sandbox: boolean;
}): OriginRule {
  const known = new Set([new URL(options.publicUrl).origin, ...options.allowed]);
  return (origin) => {
    if (origin === undefined || known.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    return options.sandbox && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  };
}
