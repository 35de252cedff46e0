import type { BrowserContext, ConsoleMessage, Response } from 'playwright-core';

/** The only policy that pages are served under: nothing runs or is drawn but what carries the nonce of this answer. */
const strictPolicy =
  /^default-src 'none'; style-src 'nonce-([\w+/]{22}==)'; script-src 'nonce-\1'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/;

/** The one address more to which a form may lead. */
const target = /(?<=; form-action 'self') (https?:\/\/[\w.:]+)(?=;)/;

/**
 * Watches all pages of a browser context for what no page of the gateway may do: errors and warnings in the console (a
 * breach of the Content-Security-Policy is one), scripts that fail, another policy than ours.
 * @param origins the gateways'; one that is started later may be added.
 * @returns what gives the complaints since it was last asked, in words.
 */
export function watchPages(context: BrowserContext, origins: ReadonlySet<string>): () => string[] {
  const said: ConsoleMessage[] = [];
  const seen: string[] = [];
  const refusedPages = new Set<string>();
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message);
  });
  context.on('weberror', (failure) => seen.push(`A script failed: ${failure.error().message}`));
  context.on('response', (response) => {
    if (!isPage(response, origins)) return;
    if (!response.ok()) refusedPages.add(response.url());
    const told = response.headers()['content-security-policy'] ?? '';
    // The payer of a simulated bank goes back to where he came from; all other forms lead to a gateway.
    const isBank = new URL(response.url()).pathname.startsWith('/sandbox/');
    const policy = told.replace(target, (whole, origin: string) => (isBank || origins.has(origin) ? '' : whole));
    if (!strictPolicy.test(policy)) seen.push(`${response.url()} has the policy "${policy}"`);
  });
  // Chromium counts a page that comes with an error status as a resource that failed; such pages are meant to.
  const isRefusedPage = (message: ConsoleMessage): boolean =>
    message.text().startsWith('Failed to load resource') && refusedPages.has(message.location().url);
  return () => {
    const failed = said
      .splice(0)
      .filter((message) => !isRefusedPage(message))
      .map((message) => `The console of ${message.location().url} says: ${message.text()}`);
    refusedPages.clear();
    return [...seen.splice(0), ...failed];
  };
}

/** Says whether a response is a whole page of the gateway, and no redirect, picture or stream. */
function isPage(response: Response, origins: ReadonlySet<string>): boolean {
  const isRedirect = response.status() >= 300 && response.status() < 400;
  return response.request().isNavigationRequest() && !isRedirect && origins.has(new URL(response.url()).origin);
}
