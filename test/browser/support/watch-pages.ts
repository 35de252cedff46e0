import type { BrowserContext, ConsoleMessage, Response } from 'playwright-core';

/** The only policy that pages are served under: nothing runs or is drawn but what carries the nonce of this answer. */
const strictPolicy =
  /^default-src 'none'; style-src 'nonce-([\w+/]{22}==)'; script-src 'nonce-\1'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/;

/**
 * Watches all pages of a browser context for what no page of the gateway may do: errors and warnings in the console (a
 * breach of the Content-Security-Policy is one), scripts that fail, another policy than ours.
 * @param origin the gateway's.
 * @returns what gives the complaints so far, in words.
 */
export function watchPages(context: BrowserContext, origin: string): () => string[] {
  const said: ConsoleMessage[] = [];
  const seen: string[] = [];
  const refusedPages = new Set<string>();
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message);
  });
  context.on('weberror', (failure) => seen.push(`A script failed: ${failure.error().message}`));
  context.on('response', (response) => {
    if (!isPage(response, origin)) return;
    if (!response.ok()) refusedPages.add(response.url());
    const policy = response.headers()['content-security-policy'] ?? '';
    if (!strictPolicy.test(policy)) seen.push(`${response.url()} has the policy "${policy}"`);
  });
  // Chromium counts a page that comes with an error status as a resource that failed; such pages are meant to.
  const isRefusedPage = (message: ConsoleMessage): boolean =>
    message.text().startsWith('Failed to load resource') && refusedPages.has(message.location().url);
  return () => [
    ...seen,
    ...said
      .filter((message) => !isRefusedPage(message))
      .map((message) => `The console of ${message.location().url} says: ${message.text()}`),
  ];
}

/** Says whether a response is a whole page of the gateway, and no redirect, picture or stream. */
function isPage(response: Response, origin: string): boolean {
  const isRedirect = response.status() >= 300 && response.status() < 400;
  return response.request().isNavigationRequest() && !isRedirect && new URL(response.url()).origin === origin;
}
