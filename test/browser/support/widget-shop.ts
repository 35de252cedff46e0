import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { type FlatFields, signed } from '../../imoje/form/sign-by-hand.ts';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { openShopServer } from '../../webhooks/shop-server.ts';
import { openBrowser } from './open-browser.ts';

/** How a page of the shop is opened. */
type Opening = {
  readonly width?: number;
  /** Of the browser: `pl-PL`. */
  readonly locale?: string;
  readonly charset?: 'UTF-8' | 'ISO-8859-2';
};

/** A shop on another origin than the gateway, with a browser that looks at its pages. */
export type WidgetShop = {
  readonly gateway: TestGateway;
  url(path: string): string;
  /** Opens the page `/shop` in a browser context of its own. */
  open(html: string, opening?: Opening): Promise<Page>;
  /** What the console said of errors and warnings since the page was opened. */
  complaints(): string[];
  /** Another page in the same browser context. */
  newPage(): Promise<Page>;
  closeContext(): Promise<void>;
  close(): Promise<void>;
};

/** What the shop's page allows: it is strict, and the widgets work all the same. */
const policyOf = (gatewayUrl: string): string =>
  [
    ...["default-src 'none'", `script-src ${gatewayUrl} 'nonce-shop'`, `frame-src ${gatewayUrl}`],
    ...["style-src 'nonce-shop'", `form-action ${gatewayUrl}`, "base-uri 'none'"],
  ].join('; ');

/** The letters beyond Latin-1 that the pages use, in ISO-8859-2. */
const latin2: Readonly<Record<string, number>> = { Ł: 0xa3, Ż: 0xaf };

function encoded(html: string, charset: string): Buffer {
  if (charset === 'UTF-8') return Buffer.from(html);
  return Buffer.from([...html].map((letter) => latin2[letter] ?? letter.charCodeAt(0)));
}

/** Starts gateway, shop and browser. */
export async function openWidgetShop(): Promise<WidgetShop> {
  const gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
  const site = await openShopServer();
  const browser: Browser = await openBrowser();
  let shown = { html: '', charset: 'UTF-8' };
  let complaints: string[] = [];
  let context: BrowserContext | undefined;
  site.answer(({ url = '' }, response) => {
    const isShop = url.startsWith('/shop');
    const charset = isShop ? shown.charset : 'UTF-8';
    const body = isShop ? shown.html : `<!doctype html><title>Shop</title><h1>${url.slice(1)}</h1>`;
    response.writeHead(200, {
      'content-type': `text/html; charset=${charset}`,
      ...(isShop ? { 'content-security-policy': policyOf(gateway.url) } : {}),
    });
    response.end(encoded(body, charset));
  });
  const url = (path: string): string => new URL(path, site.url).href;
  const openContext = async ({ width = 1_000, locale = 'en' }: Opening): Promise<BrowserContext> => {
    const opened = await browser.newContext({ viewport: { width, height: 900 }, locale });
    opened.setDefaultTimeout(20_000);
    opened.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    opened.on('weberror', (failure) => complaints.push(failure.error().message));
    return opened;
  };
  return {
    gateway,
    url,
    complaints: () => complaints,
    open: async (html, opening = {}) => {
      shown = { html, charset: opening.charset ?? 'UTF-8' };
      complaints = [];
      context ??= await openContext(opening);
      const page = context.pages()[0] ?? (await context.newPage());
      await page.goto(url('/shop'));
      return page;
    },
    newPage: () => {
      if (!context) throw new Error('Open the page of the shop first.');
      return context.newPage();
    },
    closeContext: async () => {
      await context?.close();
      context = undefined;
    },
    close: async () => {
      await browser.close();
      await site.close();
      await gateway.stop();
    },
  };
}

/** The signed fields of a widget that sells for PLN 12.34. */
export function widgetFields(shop: WidgetShop, changes: FlatFields = {}): Record<string, string> {
  const { merchantId, serviceId, serviceKey } = shop.gateway.demo;
  return signed(
    {
      ...{ merchantId, serviceId, amount: '1234', currency: 'PLN', orderId: 'WID/1', customerId: 'widget-1' },
      ...{ customerFirstName: 'Łucja', customerLastName: 'Żak', customerEmail: 'lucja@example.com' },
      ...{ urlSuccess: shop.url('/paid'), urlCancel: shop.url('/left') },
      ...changes,
    },
    serviceKey,
  );
}

/** The element that loads the card widget. */
export function cardScriptTag(shop: WidgetShop, fields: FlatFields, more = ''): string {
  const attributes = Object.entries(fields)
    .map(([name, value]) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${value}"`)
    .join(' ');
  return `<script id="imoje-widget__script" src="${shop.gateway.url}/js/widget.min.js" ${attributes} ${more}></script>`;
}

/** A page of the shop with a card widget, a button and a wrapper. */
export function cardPage(
  shop: WidgetShop,
  fields: FlatFields,
  more = 'data-locale="en" data-element-id="pay"',
): string {
  return `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title>
<style nonce="shop">:root{color-scheme:light dark}</style>
<main><h1>Shop</h1><button id="pay">Pay here</button><div id="imoje-widget__wrapper"></div></main>
${cardScriptTag(shop, fields, more)}</html>`;
}

/** Types a card into the form in the frame. */
export async function typeCard(frame: FrameLocator, number = '4111 1111 1111 1111'): Promise<void> {
  await frame.getByLabel('Card number').fill(number);
  await frame.getByLabel('Expiry date').fill('12/29');
  await frame.getByLabel('CVV code').fill('123');
  await frame.getByLabel('Name on the card').fill('Łucja Żak');
}
