import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FlatFields, signed } from '../imoje/form/sign-by-hand.ts';
import { updateShop } from '../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { openShopServer, type ShopServer } from '../webhooks/shop-server.ts';
import { findBarriers } from './support/find-barriers.ts';
import { openBrowser } from './support/open-browser.ts';
import { takePictures } from './support/take-pictures.ts';

/** What the shop's page on another origin allows: it is strict, and the widgets work all the same. */
const shopPolicy = (gatewayUrl: string): string =>
  [
    ...["default-src 'none'", `script-src ${gatewayUrl} 'nonce-shop'`, `frame-src ${gatewayUrl}`],
    ...[`form-action ${gatewayUrl}`, "base-uri 'none'"],
  ].join('; ');

let gateway: TestGateway;
let site: ShopServer;
let browser: Browser;
let context: BrowserContext;
let complaints: string[];
let pageOfShop: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
  site = await openShopServer();
  site.answer(({ url = '' }, response) => {
    const isShop = url.startsWith('/shop');
    const body = isShop ? pageOfShop : `<!doctype html><title>Shop</title><h1>${url.slice(1)}</h1>`;
    response.writeHead(200, {
      'content-type': 'text/html; charset=UTF-8',
      ...(isShop ? { 'content-security-policy': shopPolicy(gateway.url) } : {}),
    });
    response.end(body);
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await site.close();
  await gateway.stop();
});
afterEach(async () => {
  await context.close();
});

const shopUrl = (path: string): string => new URL(path, site.url).href;

function widgetFields(changes: FlatFields = {}): Record<string, string> {
  const { merchantId, serviceId, serviceKey } = gateway.demo;
  return signed(
    {
      ...{ merchantId, serviceId, amount: '1234', currency: 'PLN', orderId: 'WID/1', customerId: 'widget-1' },
      ...{ customerFirstName: 'Łucja', customerLastName: 'Żak', customerEmail: 'lucja@example.com' },
      ...{ urlSuccess: shopUrl('/paid'), urlCancel: shopUrl('/left') },
      ...changes,
    },
    serviceKey,
  );
}

const attributes = (fields: FlatFields): string =>
  Object.entries(fields)
    .map(([name, value]) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}="${value}"`)
    .join(' ');

const cardPage = (fields: FlatFields, more = ''): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title>
<main><h1>Shop</h1><button id="pay">Pay here</button><div id="imoje-widget__wrapper"></div></main>
<script id="imoje-widget__script" src="${gateway.url}/js/widget.min.js" ${attributes(fields)} ${more}></script></html>`;

/** Opens the shop's page in a browser of its own, and watches for errors in the console. */
async function openShop(html: string, width = 1_000): Promise<Page> {
  pageOfShop = html;
  complaints = [];
  context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'en' });
  context.setDefaultTimeout(20_000);
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (failure) => complaints.push(failure.error().message));
  const page = await context.newPage();
  await page.goto(shopUrl('/shop'));
  return page;
}

async function typeCard(frame: FrameLocator, number = '4111 1111 1111 1111'): Promise<void> {
  await frame.getByLabel('Card number').fill(number);
  await frame.getByLabel('Expiry date').fill('12/29');
  await frame.getByLabel('CVV code').fill('123');
  await frame.getByLabel('Name on the card').fill('Łucja Żak');
}

const openDialogWith = 'data-locale="en" data-element-id="pay"';

describe('A card widget on a page of another origin', () => {
  it('opens over the page, stores the card, and leads the whole window to the shop', async () => {
    const page = await openShop(cardPage(widgetFields(), openDialogWith));
    await page.getByRole('button', { name: 'Pay here' }).click();
    const frame = page.frameLocator('dialog iframe');
    await frame.getByText('Sklep Demo will keep this card').waitFor();
    await takePictures(page, 'a card widget in a dialog');
    await typeCard(frame);
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await page.getByRole('heading', { name: 'You paid PLN 12.34' }).waitFor();
    await page.waitForURL(shopUrl('/paid'));
    const query = `query ($shopId: ID!) { profiles(shopId: $shopId, customerId: "widget-1") { kind label status } }`;
    const { data } = await ask(gateway, query, { variables: { shopId: gateway.demo.shopId } });
    expect(data).toEqual({ profiles: [{ kind: 'ONE_CLICK', label: '****1111', status: 'ACTIVE' }] });
    expect(complaints).toEqual([]);
  });

  it('is closed by Escape and by its button, and gives the focus back', async () => {
    const page = await openShop(cardPage(widgetFields({ orderId: 'WID/2' }), openDialogWith));
    const pay = page.getByRole('button', { name: 'Pay here' });
    await pay.focus();
    await page.keyboard.press('Enter');
    await page.frameLocator('dialog iframe').getByLabel('Card number').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.locator('#pay:focus').waitFor();
    await pay.click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('stands in the page on a narrow screen, pays once by ecom3ds, and keeps nothing', async () => {
    const fields = widgetFields({ orderId: 'WID/3', customerId: 'widget-3', widgetType: 'ecom3ds' });
    const page = await openShop(cardPage(fields, 'data-inline="true" data-locale="en"'), 320);
    const frame = page.frameLocator('#imoje-widget__wrapper iframe');
    await frame.getByLabel('Card number').waitFor();
    expect(await frame.getByText('will keep this card').count()).toBe(0);
    await takePictures(page, 'a card widget in the page');
    const alone = await context.newPage();
    await alone.goto(page.frames().at(1)?.url() ?? '');
    expect(await findBarriers(alone)).toEqual([]);
    await alone.close();
    const inside = page.frames().find((one) => one.url().includes('/widget'));
    expect(await inside?.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await typeCard(frame, '4012 0010 3714 1112');
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await page.getByRole('heading', { name: 'Simulated 3-D Secure page' }).waitFor();
    await page.getByRole('button', { name: 'Approve the payment' }).click();
    await page.waitForURL(shopUrl('/paid'));
    expect(complaints).toEqual([]);
  });

  it('leads to the payment when it is opened again after it was paid, and to the cancel address when it is left', async () => {
    const fields = widgetFields({ orderId: 'WID/4', customerId: 'widget-4' });
    const page = await openShop(cardPage(fields, openDialogWith));
    await page.getByRole('button', { name: 'Pay here' }).click();
    const frame = page.frameLocator('dialog iframe');
    await frame.getByRole('link', { name: /without paying/i }).click();
    await page.waitForURL(shopUrl('/left'));
    await page.goto(shopUrl('/shop'));
    await page.getByRole('button', { name: 'Pay here' }).click();
    await typeCard(frame);
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await page.waitForURL(shopUrl('/paid'));
    await page.goto(shopUrl('/shop'));
    await page.getByRole('button', { name: 'Pay here' }).click();
    await frame.getByRole('link', { name: 'Show the payment' }).click();
    await page.getByRole('heading', { name: 'You paid PLN 12.34' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('says in the frame that it was not signed by the shop, and in the console what it lacks', async () => {
    const page = await openShop(cardPage({ ...widgetFields(), amount: '1' }, openDialogWith));
    await page.getByRole('button', { name: 'Pay here' }).click();
    await page.frameLocator('dialog iframe').getByRole('heading', { level: 1 }).waitFor();
    complaints = [];
    const { orderId: _, ...without } = widgetFields();
    pageOfShop = cardPage(without, openDialogWith);
    await page.goto(shopUrl('/shop'));
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    expect(complaints).toEqual(['The card widget needs these attributes on its script element: data-order-id.']);
  });
});

describe('An instalment widget on a page of another origin', () => {
  const { amount, currency } = { amount: '100000', currency: 'PLN' };
  const wish = (): Record<string, string> => {
    const { merchantId, serviceId, serviceKey } = gateway.demo;
    return signed({ merchantId, serviceId, amount, currency }, serviceKey);
  };
  const instalmentsPage = (data: object): string =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><main><h1>Shop</h1><div id="imoje-installments__wrapper"></div></main>
<script id="imoje-installments__script" src="${gateway.url}/js/installments.js"></script>
<script nonce="shop">const told = []; addEventListener('message', (event) => told.push(event.data));
document.getElementById('imoje-installments__wrapper').imojeInstallments(${JSON.stringify(data)})</script></html>`;

  it('tells the shop’s page the lender and the number of instalments that the payer chooses', async () => {
    const page = await openShop(instalmentsPage(wish()));
    const frame = page.frameLocator('#imoje-installments__wrapper iframe');
    const group = frame.getByRole('group').nth(1);
    await group.getByRole('radio').first().waitFor();
    await takePictures(page, 'an instalment widget');
    await group.getByRole('radio', { name: '10 instalments' }).check();
    await frame.getByRole('group').first().getByRole('radio', { name: '60 instalments' }).check();
    await expect
      .poll(() => page.evaluate('told'))
      .toEqual([
        { channel: 'inbank_0', period: 10 },
        { channel: 'inbank', period: 60 },
      ]);
    expect(complaints).toEqual([]);
    await page.goto(`${gateway.url}/widget/installments?${new URLSearchParams(wish())}`);
    expect(await findBarriers(page)).toEqual([]);
  });

  it('shows nothing that the shop has not signed', async () => {
    const page = await openShop(instalmentsPage({ ...wish(), amount: '200000' }));
    const frame = page.frameLocator('#imoje-installments__wrapper iframe');
    await frame.getByRole('heading', { level: 1 }).waitFor();
    expect(await frame.getByRole('radio').count()).toBe(0);
  });
});
