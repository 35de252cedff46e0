import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blikForm, payByBlik, pressTwice, silentBank, untilHeading } from './support/payer.ts';
import { openStage, type Stage } from './support/stage.ts';

const confirmInApp = 'Confirm the payment in your bank’s app';
const paid = 'You paid PLN 12.34';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe('A payer whose browser runs no scripts', () => {
  it('pays in the end after a refusal, on pages that turn by themselves, and is led back to the shop', async () => {
    const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
    const page = await stage.openPage({ javaScript: false });
    await page.goto(address);
    await payByBlik(page, '960111');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await page.getByRole('alert').getByText('There is not enough money in the account.').waitFor();
    await payByBlik(page, '777 123');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    await page.waitForURL(stage.shopPage('thanks'));
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('sees what became of a payment whose bank was silent', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage({ javaScript: false });
    await page.goto(address);
    await payByBlik(page, '700001');
    await untilHeading(page, silentBank);
    await stage.shop.letBankAnswer(id);
    await page.getByRole('alert').getByText('The bank did not accept the payment and gave no reason.').waitFor();
  });

  it('makes one attempt, however often the form is sent', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage({ javaScript: false });
    await page.goto(address);
    const { code, pay } = blikForm(page);
    await code.fill('700000');
    const sent = await pressTwice(page, pay);
    await untilHeading(page, silentBank);
    expect(sent()).toBe(2);
    expect(await stage.shop.attemptsOn(id)).toEqual(['UNKNOWN']);
  });

  it('may stay on the page of a paid payment', async () => {
    const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
    const page = await stage.openPage({ javaScript: false });
    await page.goto(address);
    await payByBlik(page, '777123');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await page.getByRole('link', { name: 'Stay on this page' }).click();
    await page.waitForURL(/stay=1/);
    await untilHeading(page, paid);
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await page.waitForURL(stage.shopPage('thanks'));
  });
});
