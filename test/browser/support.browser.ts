import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openShopServer, type ShopServer } from '../webhooks/shop-server.ts';
import { findBarriers } from './support/find-barriers.ts';
import { findKeyboardBarriers } from './support/find-keyboard-barriers.ts';
import { measureTransfer } from './support/measure-transfer.ts';
import { openBrowser } from './support/open-browser.ts';
import { watchPages } from './support/watch-pages.ts';

const nonce = `${'a'.repeat(22)}==`;
const strict = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

type Answer = { readonly body: string; readonly policy?: string; readonly status?: number };

let browser: Browser;
let server: ShopServer;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  server = await openShopServer();
});
beforeEach(async () => {
  for (const old of browser.contexts()) await old.close();
  context = await browser.newContext();
  page = await context.newPage();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** Serves one page at every address that does not end in `.png`, which is not found. */
function serve({ body, policy = strict, status = 200 }: Answer): void {
  server.answer(({ url = '' }, response) => {
    const missing = url.endsWith('.png');
    response.writeHead(missing ? 404 : status, { 'content-type': 'text/html', 'content-security-policy': policy });
    response.end(missing ? '' : `<!doctype html><link rel="icon" href="data:,">${body}`);
  });
}

describe('The watch over pages', () => {
  async function complaintsOn(answer: Answer, path = '/n'): Promise<string> {
    const complaints = watchPages(context, new Set([new URL(server.url).origin]));
    serve(answer);
    await page.goto(new URL(path, server.url).href, { waitUntil: 'networkidle' });
    return complaints().join('\n');
  }

  it.each([
    ['a script without the nonce', { body: '<script>1</script>' }, /console of .* says: .*Content Security Policy/],
    ['a style without the nonce', { body: '<p style="color:red">x</p>' }, /console of .* says: .*Content Security/],
    [
      'a script that fails',
      { body: `<script nonce="${nonce}">nothing.at.all</script>` },
      /A script failed: nothing is/,
    ],
    ['what a script logs as an error', { body: `<script nonce="${nonce}">console.error('oh')</script>` }, /says: oh/],
    ['a picture that is missing', { body: '<img src="/x.png" alt="">' }, /x\.png says: Failed to load resource/],
    ['a weak policy', { body: '', policy: strict.replace("'none'", "'self'") }, /has the policy "default-src 'self'/],
  ])('complains about %s', async (_what, answer, words) => {
    expect(await complaintsOn(answer)).toMatch(words);
  });

  it.each([200, 404, 422])('has nothing against a page with the status %i that does no wrong', async (status) => {
    const body = `<style nonce="${nonce}">p{color:red}</style><p>x</p><script nonce="${nonce}">document.title='x'</script>`;
    expect(await complaintsOn({ body, status })).toBe('');
  });

  it('lets the forms of every page lead to the gateway, and those of a simulated bank to one address more', async () => {
    const targets = (more: string) => ({ body: '', policy: strict.replace("form-action 'self'", `$&${more}`) });
    const shop = ' http://127.0.0.1:1';
    expect(await complaintsOn(targets(shop), '/sandbox/1')).toBe('');
    expect(await complaintsOn(targets(shop), '/pay/1')).toMatch(/has the policy/);
    expect(await complaintsOn(targets(` ${new URL(server.url).origin}`), '/pay/1')).toBe('');
    expect(await complaintsOn(targets(`${shop} http://127.0.0.1:2`), '/sandbox/1')).toMatch(/has the policy/);
  });
});

describe('The search for barriers', () => {
  it('finds what breaks a rule and, unless words alone are looked at, colours in either scheme', async () => {
    await page.setContent(`<html lang="en"><title>x</title><main><h1>x</h1><style>
      p, b { color: #fff; background: #000 } b { color: #222 } @media (prefers-color-scheme: dark) { p { color: #222 } }
    </style><p>some words</p><b>more words</b><img src="data:,"></main>`);
    const found = async (parts: 'all' | 'words'): Promise<string[]> =>
      (await findBarriers(page, parts)).map((barrier) => barrier.split(':').slice(0, 2).join(':'));
    expect(await found('words')).toEqual(['light: image-alt at img']);
    expect(await found('all')).toEqual([
      'light: color-contrast at b',
      'light: image-alt at img',
      'dark: color-contrast at p',
      'dark: color-contrast at b',
    ]);
  });

  it('finds what the Tab key does not reach, and what does not show that it has the focus', async () => {
    await page.setContent(`<style>.none:focus { outline: none } .thin:focus { outline: 1px solid }</style>
      <label for="a">A</label><input id="a"><a href="#" tabindex="-1">B</a><a href="#" class="none">C</a>
      <button class="thin">D</button><button style="display: none">E</button><a href="#" style="outline: 2px solid">F</a>`);
    expect(await findKeyboardBarriers(page)).toEqual(['B', 'C', 'D']);
  });

  it.each([
    ['none of which is chosen', '', '', []],
    ['one of which is chosen', 'checked', '', []],
    ['that do not show the focus', '', 'outline: none', ['A']],
  ])('goes through a group of radio buttons as through one, %s', async (_what, attribute, style, barriers) => {
    await page.setContent(`<style>input { opacity: 0 } input:focus + span { outline: 3px solid; ${style} }</style><form>
      <label><input type="radio" name="x"><span>A</span></label>
      <label><input type="radio" name="x" ${attribute}><span>B</span></label></form><a href="#">C</a>`);
    expect(await findKeyboardBarriers(page)).toEqual(barriers);
  });
});

describe('The measure of a transfer', () => {
  it('counts headers and bodies of a page and of what it loads', async () => {
    // No picture: of one that is none, the browser may not read the end.
    serve({ body: '<script src="/y.js"></script>'.padEnd(20_000), policy: "script-src 'self'" });
    const bytes = await measureTransfer(page, server.url);
    expect(bytes).toBeGreaterThan(2 * 20_000);
    expect(bytes).toBeLessThan(2 * 20_500);
  });
});
