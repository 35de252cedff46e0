import type { Page, Request } from 'playwright-core';

/**
 * Opens an address and counts the bytes that come over the wire for it: headers and bodies, compressed as they are sent,
 * of the page and of everything it loads, in a browser that has seen none of it before.
 */
export async function measureTransfer(page: Page, address: string): Promise<number> {
  const finished: Request[] = [];
  const note = (request: Request): void => void finished.push(request);
  page.on('requestfinished', note);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(address, { waitUntil: 'networkidle' });
  page.off('requestfinished', note);
  await session.detach();
  const sizes = await Promise.all(finished.map((request) => request.sizes()));
  return sizes.reduce(
    (sum, { responseHeadersSize, responseBodySize }) => sum + responseHeadersSize + responseBodySize,
    0,
  );
}
