import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  blikForm,
  cardForm,
  methodNamed,
  simulatedBank,
  tileForm,
  untilFocused,
  untilHeading,
} from './support/payer.ts';
import { openStage, type Stage } from './support/stage.ts';

const confirmInApp = 'Confirm the payment in your bank’s app';
const confirmAtBank = 'Confirm the payment on your bank’s page';
const paid = 'You paid PLN 12.34';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

/** Presses Tab until an element has the focus, at most so often that a page's end would be reached. */
async function tabTo(page: Page, element: Locator): Promise<void> {
  await element.waitFor();
  const focused = element.and(page.locator(':focus'));
  for (let press = 0; press < 20; press += 1) {
    await page.keyboard.press('Tab');
    if ((await focused.count()) === 1) return;
  }
  throw new Error(`Tab does not lead to ${element}.`);
}

/** Goes to an element with the Tab key, and uses it. */
async function use(page: Page, element: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, element);
  await page.keyboard.press(key);
}

/** Types a card, from the field of its number on. */
async function typeCard(page: Page, number: string): Promise<void> {
  const card = cardForm(page);
  await tabTo(page, card.number);
  await page.keyboard.type(number);
  await page.keyboard.press('Tab');
  await untilFocused(page, card.expiry);
  await page.keyboard.type('1229');
  await page.keyboard.press('Tab');
  await untilFocused(page, card.cvv);
  await page.keyboard.type('123');
  await page.keyboard.press('Tab');
  await untilFocused(page, card.holder);
  await page.keyboard.type('Jan Kowalski');
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
    await use(page, pay, 'Space');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    await use(page, page.getByRole('link', { name: 'Back to the shop' }));
    await page.waitForURL(stage.shopPage('thanks'));
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('unfolds the card form, mends what was typed wrong, and pays', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const { number } = cardForm(page);
    await page.goto(address);
    await use(page, methodNamed(page, 'CARD'), 'Space');
    await typeCard(page, '4111111111111112');
    await page.keyboard.press('Enter');
    await untilFocused(page, page.getByRole('alert'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await untilFocused(page, number);
    await page.keyboard.press('Shift+Tab');
    await typeCard(page, '5555555555554444');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('chooses a bank with the arrow keys, leaves it, and confirms the challenge of a card instead', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const { tile: bank, pay } = tileForm(page, 'PBL');
    await page.goto(address);
    await use(page, methodNamed(page, 'PBL'));
    await tabTo(page, bank('mBank'));
    for (let press = 0; press < 2; press += 1) await page.keyboard.press('ArrowDown');
    await untilFocused(page, bank('Bank Pekao'));
    expect(await bank('Bank Pekao').isChecked()).toBe(true);
    await use(page, pay, 'Space');
    await untilHeading(page, 'Simulated bank: Bank Pekao');
    await use(page, simulatedBank(page).leave);
    await untilHeading(page, confirmAtBank);
    await use(page, page.getByRole('link', { name: 'Pay in another way' }));
    await use(page, methodNamed(page, 'CARD'));
    await typeCard(page, '4012001037141112');
    await page.keyboard.press('Enter');
    await untilHeading(page, 'Simulated 3-D Secure page');
    await use(page, simulatedBank(page).approve);
    await untilHeading(page, 'Your bank wants you to confirm the payment');
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['CANCELLED', 'SETTLED']);
  });

  it('goes to a wallet, and pays with a card in it', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await use(page, methodNamed(page, 'WALLET'));
    await use(page, page.getByRole('link', { name: 'Apple Pay' }));
    await untilHeading(page, 'Simulated Apple Pay');
    await use(page, page.getByRole('button', { name: '1111' }));
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('unfolds the test codes of the sandbox and changes the language', async () => {
    const { address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await use(page, page.getByText('Test codes'));
    for (const codes of ['BLIK code', 'Card number']) {
      const table = page.getByRole('table').filter({ has: page.getByRole('columnheader', { name: codes }) });
      await table.getByRole('cell', { name: 'not enough money' }).waitFor();
    }
    await use(page, page.getByRole('link', { name: 'Polski' }));
    await page.getByRole('button', { name: 'Zapłać 12,34 zł' }).waitFor();
  });
});
