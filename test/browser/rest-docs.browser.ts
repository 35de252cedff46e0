import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { openBrowser } from './support/open-browser.ts';
import { takePictures } from './support/take-pictures.ts';

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

/** Opens a page and gives what goes wrong on it from then on, in words. */
async function openWatched(): Promise<{ page: Page; wrong: string[]; asked: Set<string> }> {
  const page = await browser.newPage();
  const wrong: string[] = [];
  const asked = new Set<string>();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (!response.ok()) wrong.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) asked.add(new URL(request.url()).origin);
  });
  return { page, wrong, asked };
}

describe('The page that shows the REST door', () => {
  it('shows every section and an endpoint with its schema and errors, with nothing from elsewhere', async () => {
    const { page, wrong, asked } = await openWatched();
    await page.goto(`${gateway.url}/v1/docs`);
    await page.getByRole('heading', { name: 'Bramka: the REST door for imoje clients' }).waitFor();
    for (const section of ['transactions', 'payments', 'refunds', 'discovery']) {
      await page.locator(`#operations-tag-${section}`).waitFor();
    }
    await page.locator('#operations-transactions-createTransaction').getByRole('button').first().click();
    await page.getByText('TRX-ERROR-120103').first().waitFor();
    await page.getByText('"blikCode": "777123"').first().waitFor();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).waitFor();
    await takePictures(page, 'rest docs');
    expect(wrong).toEqual([]);
    expect([...asked]).toEqual([gateway.url]);
  });
});
