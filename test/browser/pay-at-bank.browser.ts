import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/gateway.ts';
import {
  chooseMethod,
  methodNamed,
  openInTab,
  payAtBank,
  simulatedBank,
  tileForm,
  untilFocused,
  untilHeading,
} from './support/payer.ts';
import { browsers, openStage, type Stage } from './support/stage.ts';
import { sendUnchecked } from './support/visit.ts';

const bank = 'Simulated bank: mBank';
const confirmAtBank = 'Confirm the payment on your bank’s page';
const decided = 'This payment has been decided already, or its time is over.';
const paid = 'You paid PLN 12.34';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe.each(browsers)('A payer with an account at a bank %s', (_name, habits) => {
  it('approves there, and goes back to the shop', async () => {
    const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payAtBank(page, 'mBank');
    await untilHeading(page, bank);
    await simulatedBank(page).approve.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await page.waitForURL(stage.shopPage('thanks'));
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('refuses there, reads what came of it, and pays at another bank', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payAtBank(page, 'mBank');
    await simulatedBank(page).refuse.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    const summary = page.getByRole('alert');
    await summary.getByText('The payment was declined at your bank.').waitFor();
    expect(await summary.textContent()).toContain('No money was taken.');
    for (const method of ['BLIK', 'PBL', 'CARD', 'WALLET'] as const) await methodNamed(page, method).waitFor();
    await payAtBank(page, 'Bank Pekao');
    await untilHeading(page, 'Simulated bank: Bank Pekao');
    await simulatedBank(page).approve.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('leaves, opens the bank in another tab, approves there, and sees the result in both', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payAtBank(page, 'mBank');
    await simulatedBank(page).leave.click();
    await untilHeading(page, confirmAtBank);
    const second = await openInTab(page, page.getByRole('link', { name: 'Go to mBank' }));
    await untilHeading(second, bank);
    const bankAddress = second.url();
    await simulatedBank(second).approve.click();
    await untilHeading(second, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await Promise.all([untilHeading(page, paid), untilHeading(second, paid)]);
    await second.goto(bankAddress);
    await second.getByText(decided).waitFor();
    expect(await second.getByRole('button').count()).toBe(0);
    await second.getByRole('link', { name: 'Back' }).click();
    await untilHeading(second, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });
});

describe('A payer with an account at a bank', () => {
  it.each([320, 360, 375, 390])('sees the banks two in a row on a telephone of %i pixels', async (width) => {
    const { address } = await stage.shop.createPayment();
    const page = await stage.openPage({ width });
    await page.goto(address);
    await chooseMethod(page, 'PBL');
    const rows = await page.evaluate<number[]>(
      `[...document.querySelectorAll('#bank label')].map((tile) => tile.getBoundingClientRect().top)`,
    );
    expect(rows.filter((top) => top === rows[0])).toHaveLength(2);
  });

  it('who has chosen none is stopped by the browser, and else led to the banks', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const { form, tile, pay } = tileForm(page, 'PBL');
    await page.goto(address);
    await chooseMethod(page, 'PBL');
    await pay.click();
    await untilFocused(page, tile('mBank'));
    await sendUnchecked(form);
    const summary = page.getByRole('alert');
    await untilFocused(page, summary);
    await summary.getByRole('link', { name: 'Choose the bank from which you want to pay.' }).click();
    await page.keyboard.press('Tab');
    await untilFocused(page, tile('mBank'));
    expect(await stage.shop.attemptsOn(id)).toEqual([]);
  });

  it('goes back from the bank, and finds the payment waiting instead of a form', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await payAtBank(page, 'mBank');
    await untilHeading(page, bank);
    await page.goBack();
    await untilHeading(page, confirmAtBank);
    expect(await page.getByRole('radio').count()).toBe(0);
    expect(await stage.shop.attemptsOn(id)).toEqual(['PENDING']);
    await page.goForward();
    await simulatedBank(page).approve.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
  });

  it('decides once, however often the bank is opened', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const second = await page.context().newPage();
    await page.goto(address);
    await payAtBank(page, 'mBank');
    await untilHeading(page, bank);
    await second.goto(page.url());
    await simulatedBank(second).approve.click();
    await untilHeading(second, confirmAtBank);
    await simulatedBank(page).refuse.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await Promise.all([untilHeading(page, paid), untilHeading(second, paid)]);
  });

  it('whom the shop sends to the bank comes back to the page that the shop named', async () => {
    const { id } = await stage.shop.createPayment();
    const query = `mutation ($input: StartTransactionInput!) { startTransaction(input: $input) {
      ... on StartTransactionSuccess { action { ... on Redirect { url } } } } }`;
    const input = { paymentId: id, idempotencyKey: randomUUID(), method: 'PBL', channel: 'mtransfer' };
    type Started = { startTransaction: { action: { url: string } } };
    const { data } = await ask<Started>(stage.gateway, query, {
      variables: { input: { ...input, returnUrl: stage.shopPage('back') } },
    });
    const page = await stage.openPage();
    await page.goto(data.startTransaction.action.url);
    await simulatedBank(page).approve.click();
    await page.waitForURL(stage.shopPage('back'));
  });
});
