import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blikForm, payByBlik, pressTwice, silentBank, untilFocused, untilHeading } from './support/payer.ts';
import { openStage, type Stage } from './support/stage.ts';

const confirmInApp = 'Confirm the payment in your bank’s app';
const paid = 'You paid PLN 12.34';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe('A payer with a BLIK code', () => {
  it('is asked to confirm in the bank app, sees that the payment is paid, and is led back to the shop', async () => {
    const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
    const page = await stage.openPage();
    await page.goto(address);
    await payByBlik(page, '777 123');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    await page.waitForURL(stage.shopPage('thanks'));
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('is told why the bank refused, and pays the same payment with another code', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await payByBlik(page, '960111');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    const summary = page.getByRole('alert');
    await untilFocused(page, summary);
    expect(await summary.textContent()).toContain('There is not enough money in the account.');
    expect(await summary.textContent()).toContain('No money was taken.');
    expect(await page.title()).toMatch(/^Error: Pay /);
    await payByBlik(page, '777123');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('waits without a second way to pay while the bank is silent, and sees the result once it is known', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await payByBlik(page, '700000');
    await untilHeading(page, silentBank);
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Pay in another way' }).count()).toBe(0);
    expect(await stage.shop.attemptsOn(id)).toEqual(['UNKNOWN']);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
  });

  it('sees the result in every tab that is open on the payment', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const second = await page.context().newPage();
    await page.goto(address);
    await payByBlik(page, '777123');
    await untilHeading(page, confirmInApp);
    await second.goto(address);
    await untilHeading(second, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await Promise.all([untilHeading(page, paid), untilHeading(second, paid)]);
  });

  it('does not pay twice from a tab that still shows the form', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const old = await page.context().newPage();
    await page.goto(address);
    await old.goto(address);
    await payByBlik(page, '777123');
    await untilHeading(page, confirmInApp);
    await payByBlik(old, '888123');
    await untilHeading(old, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(old, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('sends the form once, however often the button is pressed', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    const { code, pay } = blikForm(page);
    await code.fill('700000');
    const sent = await pressTwice(page, pay);
    await untilHeading(page, silentBank);
    expect(sent()).toBe(1);
    expect(await stage.shop.attemptsOn(id)).toEqual(['UNKNOWN']);
  });

  it('sees the paid payment, and no form, when going back', async () => {
    const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
    const page = await stage.openPage();
    await page.goto(address);
    await payByBlik(page, '777123');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    await page.goBack();
    await untilHeading(page, paid);
    await page.waitForURL(stage.shopPage('thanks'));
    await page.goBack();
    await untilHeading(page, paid);
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });
});
