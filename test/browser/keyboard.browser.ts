import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blikForm, untilFocused, untilHeading } from './support/payer.ts';
import { openStage, type Stage } from './support/stage.ts';

const confirmInApp = 'Confirm the payment in your bank’s app';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

/** Presses Tab until an element has the focus, at most so often that a page's end would be reached. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  const focused = element.and(page.locator(':focus'));
  for (let press = 0; press < 20; press += 1) {
    await page.keyboard.press('Tab');
    if ((await focused.count()) === 1) return;
  }
  throw new Error(`Tab does not lead to ${element}.`);
}

describe('A payer with nothing but a keyboard', () => {
  it('pays after a refusal, and goes back to the shop', async () => {
    const { id, address } = await stage.shop.createPayment({ returnUrl: stage.shopPage('thanks') });
    const page = await stage.openPage();
    const { code, pay } = blikForm(page);
    await page.goto(address);
    await tabTo(page, code);
    await page.keyboard.type('960111');
    await page.keyboard.press('Enter');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilFocused(page, page.getByRole('alert'));
    await page.keyboard.press('Tab');
    await untilFocused(page, page.getByRole('link', { name: 'Enter a new BLIK code' }));
    await page.keyboard.press('Enter');
    await untilFocused(page, code);
    await page.keyboard.type('777123');
    await tabTo(page, pay);
    await page.keyboard.press('Space');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, 'You paid PLN 12.34');
    await tabTo(page, page.getByRole('link', { name: 'Back to the shop' }));
    await page.keyboard.press('Enter');
    await page.waitForURL(stage.shopPage('thanks'));
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('unfolds the test codes of the sandbox and changes the language', async () => {
    const { address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await tabTo(page, page.getByText('Test codes'));
    await page.keyboard.press('Enter');
    for (const codes of ['BLIK code', 'Card number']) {
      const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: codes }) });
      await table.getByRole('cell', { name: 'not enough money' }).waitFor();
    }
    await tabTo(page, page.getByRole('link', { name: 'Polski' }));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Zapłać 12,34 zł' }).waitFor();
  });
});
