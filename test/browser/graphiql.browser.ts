import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { openBrowser } from './support/open-browser.ts';
import { createShop } from './support/shop.ts';

let gateway: TestGateway;
let browser: Browser;

beforeAll(async () => {
  gateway = await startTestGateway();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
});

async function enterKey(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Headers' }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden)').click();
  await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${gateway.demo.apiKey}` }));
}

it('GraphiQL follows the events of a shop with the key under "Headers", and shows the schema once it is fetched again', async () => {
  const { shopId } = gateway.demo;
  const { data } = await ask(gateway, `{ events(shopId: "${shopId}", first: 0) { endOfLog } }`);
  const { endOfLog } = (data as { readonly events: { readonly endOfLog: string } }).events;
  await createShop(gateway).createPayment();
  const query = `subscription { events(shopId: "${shopId}", after: "${endOfLog}") { type } }`;
  const page = await browser.newPage();
  await page.goto(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`);
  await enterKey(page);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await page.locator('.graphiql-response').getByText('PAYMENT_CREATED').waitFor();
  await page.getByRole('button', { name: /^Stop query/ }).click();
  await page.getByRole('button', { name: /fetch GraphQL schema/ }).click();
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.getByRole('link', { name: 'Subscription', exact: true }).waitFor();
  expect(await page.getByText('The schema is told only').count()).toBe(0);
});
