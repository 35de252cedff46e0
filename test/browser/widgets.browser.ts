import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FlatFields, signed } from '../imoje/form/sign-by-hand.ts';
import { ask } from '../support/gateway.ts';
import { findBarriers } from './support/find-barriers.ts';
import { takePictures } from './support/take-pictures.ts';
import * as widgets from './support/widget-shop.ts';

let shop: widgets.WidgetShop;

beforeAll(async () => {
  shop = await widgets.openWidgetShop();
});
afterAll(() => shop.close());
afterEach(() => shop.closeContext());

const fieldsOf = (changes: FlatFields): Record<string, string> => widgets.widgetFields(shop, changes);
const cardPage = (changes: FlatFields, more?: string): string => widgets.cardPage(shop, fieldsOf(changes), more);
const { typeCard } = widgets;
const openDialog = async (page: Page) => {
  await page.getByRole('button', { name: 'Pay here' }).click();
  return page.frameLocator('dialog iframe');
};
const noDialog = (page: Page): Promise<void> => page.locator('dialog').waitFor({ state: 'detached' });

describe('A card widget on a page of another origin', () => {
  it('opens over the page, stores the card, and leads the whole window to the shop', async () => {
    const page = await shop.open(cardPage({}));
    const frame = await openDialog(page);
    await frame.getByText('Sklep Demo will keep this card').waitFor();
    await typeCard(frame);
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await page.getByRole('heading', { name: 'You paid PLN 12.34' }).waitFor();
    await page.waitForURL(shop.url('/paid'));
    const query = `query ($shopId: ID!) { profiles(shopId: $shopId, customerId: "widget-1") { kind label status } }`;
    const { data } = await ask(shop.gateway, query, { variables: { shopId: shop.gateway.demo.shopId } });
    expect(data).toEqual({ profiles: [{ kind: 'ONE_CLICK', label: '****1111', status: 'ACTIVE' }] });
    expect(shop.complaints()).toEqual([]);
  });

  it('is closed by Escape, in a field of the card too, and by its button, and gives the focus back', async () => {
    const page = await shop.open(cardPage({ orderId: 'WID/2' }));
    const pay = page.getByRole('button', { name: 'Pay here' });
    const number = page.frameLocator('dialog iframe').getByLabel('Card number');
    await pay.focus();
    await page.keyboard.press('Enter');
    await number.waitFor();
    await page.keyboard.press('Escape');
    await noDialog(page);
    await page.locator('#pay:focus').waitFor();
    await pay.click();
    await number.focus();
    await page.keyboard.press('Escape');
    await noDialog(page);
    await page.locator('#pay:focus').waitFor();
    await pay.click();
    await page.getByRole('button', { name: 'Close' }).click();
    await noDialog(page);
    expect(shop.complaints()).toEqual([]);
  });

  it('obeys no message but those of its own frame', async () => {
    const page = await shop.open(cardPage({ orderId: 'WID/2' }));
    const frame = await openDialog(page);
    await frame.getByLabel('Card number').waitFor();
    // Messages come in the order in which they were sent, so the last one has the others behind it.
    const said = ['{imojeWidget:"close"}', '{imojeWidget:"leave",href:location.origin+"/lost"}', '"last"'];
    await page.evaluate(`new Promise((done) => {
      addEventListener('message', ({ data }) => data === 'last' && done());
      ${said.map((data) => `postMessage(${data}, '*')`).join(';')}
    })`);
    expect(await page.locator('dialog').count()).toBe(1);
    expect(page.url()).toBe(shop.url('/shop'));
  });

  it('stands on a narrow screen, open over the page, without barriers', async () => {
    const page = await shop.open(cardPage({ orderId: 'WID/2' }), { width: 320 });
    const frame = await openDialog(page);
    await frame.getByLabel('Card number').waitFor();
    await takePictures(page, 'a card widget in a dialog');
    expect(await findBarriers(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.setViewportSize({ width: 1_000, height: 900 });
    await takePictures(page, 'a card widget in a wide dialog');
  });

  it('shows in the frame what is wrong with a card, pays once by ecom3ds, and keeps nothing', async () => {
    const changes = { orderId: 'WID/3', customerId: 'widget-3', widgetType: 'ecom3ds' };
    const page = await shop.open(cardPage(changes, 'data-inline="true" data-locale="en"'), { width: 320 });
    const frame = page.frameLocator('#imoje-widget__wrapper iframe');
    await frame.getByLabel('Card number').waitFor();
    expect(await frame.getByText('will keep this card').count()).toBe(0);
    await takePictures(page, 'a card widget in the page');
    await typeCard(frame, '4111 1111 1111 1112');
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await frame.getByRole('alert').getByRole('link').click();
    expect(await frame.getByLabel('Card number').getAttribute('aria-invalid')).toBe('true');
    expect(await frame.getByLabel('Name on the card').inputValue()).toBe('Łucja Żak');
    await frame.getByRole('link', { name: /without paying/i }).waitFor();
    await takePictures(page, 'a wrong card in a card widget');
    expect(page.url()).toBe(shop.url('/shop'));
    const inside = page.frames().find((one) => one.url().includes('/widget'));
    expect(await inside?.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const alone = await shop.newPage();
    await alone.goto(inside?.url() ?? '');
    expect(await findBarriers(alone)).toEqual([]);
    await alone.close();
    expect(shop.complaints().filter((said) => !said.includes('422'))).toEqual([]);
    await typeCard(frame, '4012 0010 3714 1112');
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await page.getByRole('heading', { name: 'Simulated 3-D Secure page' }).waitFor();
    await page.getByRole('button', { name: 'Approve the payment' }).click();
    await page.waitForURL(shop.url('/paid'));
  });

  it('leads to the payment when it is opened again after it was paid, and to the cancel address when it is left', async () => {
    const page = await shop.open(cardPage({ orderId: 'WID/4', customerId: 'widget-4' }));
    const frame = await openDialog(page);
    await frame.getByRole('link', { name: /without paying/i }).click();
    await page.waitForURL(shop.url('/left'));
    await page.goto(shop.url('/shop'));
    await openDialog(page);
    await typeCard(frame);
    await frame.getByRole('button', { name: 'Pay PLN 12.34' }).click();
    await page.waitForURL(shop.url('/paid'));
    await page.goto(shop.url('/shop'));
    await openDialog(page);
    await frame.getByRole('link', { name: 'Show the payment' }).click();
    await page.getByRole('heading', { name: 'You paid PLN 12.34' }).waitFor();
    expect(shop.complaints()).toEqual([]);
  });

  it('leads the whole window to a payment that was opened by the form', async () => {
    const fields = fieldsOf({ orderId: 'WID/5' });
    const body = new URLSearchParams(fields);
    const answer = await fetch(`${shop.gateway.url}/payment`, { method: 'POST', body, redirect: 'manual' });
    const page = await shop.open(widgets.cardPage(shop, fields));
    await openDialog(page);
    await page.waitForURL(`${shop.gateway.url}${answer.headers.get('location')}?lang=en`);
    expect(shop.complaints()).toEqual([]);
  });

  it('says in the frame that it was not signed by the shop, and in the console what it lacks', async () => {
    const page = await shop.open(widgets.cardPage(shop, { ...fieldsOf({}), amount: '1' }));
    const frame = await openDialog(page);
    await frame.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Escape');
    await noDialog(page);
    const { orderId: _, ...without } = fieldsOf({});
    await shop.open(widgets.cardPage(shop, without));
    await page.getByRole('heading', { name: 'Shop' }).waitFor();
    expect(shop.complaints()).toEqual(['The card widget needs these attributes on its script element: data-order-id.']);
  });
});

describe('A card widget on a page that knows nothing of it', () => {
  it('is English where its language is not known, and reads ISO-8859-2, attributes of others, and an event that comes twice', async () => {
    const more = 'data-locale="nl" data-element-id="pay" data-element-event="shop-ready" data-cfasync="false"';
    const page = await shop.open(cardPage({ orderId: 'WID/6' }, more), { locale: 'pl-PL', charset: 'ISO-8859-2' });
    await page.evaluate(`for (const _ of 'ab') document.getElementById('pay').dispatchEvent(new Event('shop-ready'))`);
    await page.frameLocator('dialog iframe').getByLabel('Card number').waitFor();
    expect(await page.getByRole('dialog', { name: 'Pay by card' }).count()).toBe(1);
    expect(await page.locator('dialog').count()).toBe(1);
    expect(shop.complaints()).toEqual([]);
  });

  it.each(['', 'async'])('puts its button into the page when its script stands in the head %s', async (how) => {
    const tag = widgets.cardScriptTag(shop, fieldsOf({ orderId: 'WID/6' }), how);
    const page = await shop.open(
      `<!doctype html><html lang="en"><head><title>Shop</title>${tag}</head><h1>Shop</h1></html>`,
    );
    await page.getByRole('button', { name: 'Zapłać kartą' }).click();
    await page.frameLocator('dialog iframe').getByLabel('Numer karty').waitFor();
    expect(shop.complaints()).toEqual([]);
  });
});

describe('An instalment widget on a page of another origin', () => {
  const wish = (): Record<string, string> => {
    const { merchantId, serviceId, serviceKey } = shop.gateway.demo;
    return signed({ merchantId, serviceId, amount: '100000', currency: 'PLN' }, serviceKey);
  };
  const instalmentsPage = (data: object): string =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><main><h1>Shop</h1><div id="imoje-installments__wrapper"></div></main>
<script id="imoje-installments__script" src="${shop.gateway.url}/js/installments.js"></script>
<script nonce="shop">const told = []; addEventListener('message', (event) => told.push(event.data));
document.getElementById('imoje-installments__wrapper').imojeInstallments(${JSON.stringify(data)})</script></html>`;

  it('tells the shop’s page the lender and the number of instalments that the payer chooses', async () => {
    const page = await shop.open(instalmentsPage(wish()));
    const frame = page.frameLocator('#imoje-installments__wrapper iframe');
    const group = frame.getByRole('group').nth(1);
    await group.getByRole('radio').first().waitFor();
    await takePictures(page, 'an instalment widget');
    await group.getByRole('radio', { name: '10 instalments' }).check();
    await page.keyboard.press('Escape');
    await frame.getByRole('group').first().getByRole('radio', { name: '60 instalments' }).check();
    await expect
      .poll(() => page.evaluate('told'))
      .toEqual([
        { channel: 'inbank_0', period: 10 },
        { channel: 'inbank', period: 60 },
      ]);
    expect(shop.complaints()).toEqual([]);
    await page.goto(`${shop.gateway.url}/widget/installments?${new URLSearchParams(wish())}`);
    expect(await findBarriers(page)).toEqual([]);
  });

  it.each([
    ['pl-PL', 'Zapłać w ratach'],
    ['en-GB', 'Pay in instalments'],
    ['de-DE', 'In Raten zahlen'],
    ['nl-NL', 'Pay in instalments'],
  ])('names its frame in the language of its page, in a browser in %s', async (locale, heading) => {
    const page = await shop.open(instalmentsPage(wish()), { locale });
    const frame = page.frameLocator(`iframe[title="${heading}"]`);
    await frame.getByRole('heading', { level: 1, name: heading }).waitFor();
  });

  it('shows nothing that the shop has not signed', async () => {
    const page = await shop.open(instalmentsPage({ ...wish(), amount: '200000' }));
    const frame = page.frameLocator('#imoje-installments__wrapper iframe');
    await frame.getByRole('heading', { level: 1 }).waitFor();
    expect(await frame.getByRole('radio').count()).toBe(0);
  });
});
