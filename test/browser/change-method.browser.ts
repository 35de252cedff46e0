import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Habits } from './support/open-pages.ts';
import {
  cardForm,
  openInTab,
  payAtBank,
  payByBlik,
  payByCard,
  payByWallet,
  simulatedBank,
  typeCard,
  untilHeading,
} from './support/payer.ts';
import { browsers, openStage, type Stage } from './support/stage.ts';

const good = '5555 5555 5555 4444';
const challenged = '4012 0010 3714 1112';
const bank = 'Simulated bank: mBank';
const confirmAtBank = 'Confirm the payment on your bank’s page';
const confirmInApp = 'Confirm the payment in your bank’s app';
const confirmChallenge = 'Your bank wants you to confirm the payment';
const paid = 'You paid PLN 12.34';
const twice = 'You paid twice';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

type AtBank = { readonly page: Page; readonly id: string; readonly bankAddress: string };

/** Begins to pay at a bank, leaves it, and asks for another way. */
async function askForOther(habits: Habits = {}): Promise<AtBank> {
  const { id, address } = await stage.shop.createPayment();
  const page = await stage.openPage(habits);
  await page.goto(address);
  await payAtBank(page, 'mBank');
  await untilHeading(page, bank);
  const bankAddress = page.url();
  await simulatedBank(page).leave.click();
  await untilHeading(page, confirmAtBank);
  await page.getByRole('link', { name: 'Pay in another way' }).click();
  const warning = page.getByRole('note');
  await warning.getByRole('heading', { name: 'Have you already paid?' }).waitFor();
  await warning.getByText('If you have already confirmed the payment with mBank, do not pay again').waitFor();
  return { page, id, bankAddress };
}

describe.each(browsers)('A payer who changes the method %s', (_name, habits) => {
  it('pays by card after a refused BLIK code', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payByBlik(page, '960111');
    await untilHeading(page, confirmInApp);
    await stage.shop.letBankAnswer(id);
    await page.getByRole('alert').getByText('You can also choose another payment method.').waitFor();
    await payByCard(page, good);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('pays at a bank after a refused card', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payByCard(page, '4444 3333 2222 1111');
    await page.getByRole('alert').getByText('You can also choose another payment method.').waitFor();
    await payAtBank(page, 'mBank');
    await simulatedBank(page).approve.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('pays by BLIK instead of at the bank, approves there all the same, and reads that it was paid twice', async () => {
    const { page, id, bankAddress } = await askForOther(habits);
    await payByBlik(page, '777123');
    await untilHeading(page, confirmInApp);
    expect(await stage.shop.attemptsOn(id)).toEqual(['CANCELLED', 'PENDING']);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    await page.getByRole('heading', { name: 'Do not confirm the payment with mBank any more' }).waitFor();
    const second = await page.context().newPage();
    await second.goto(bankAddress);
    await simulatedBank(second).approve.click();
    await untilHeading(second, paid);
    await stage.shop.letBankAnswer(id);
    await expect.poll(() => stage.shop.attemptsOn(id)).toEqual(['SURPLUS', 'SETTLED']);
    if (habits.javaScript === false) await second.reload();
    await second.getByRole('heading', { name: twice }).waitFor();
    await second.getByText('Another PLN 12.34 came with mBank for the same payment.').waitFor();
  });

  it('pays by wallet instead of at the bank', async () => {
    const { page, id } = await askForOther(habits);
    await payByWallet(page, 'Apple Pay', '1111');
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['CANCELLED', 'SETTLED']);
  });

  it('waits for the result after all, and pays at the bank', async () => {
    const { page, id } = await askForOther(habits);
    await page.getByRole('link', { name: 'Wait for the result' }).click();
    await untilHeading(page, confirmAtBank);
    await page.getByRole('link', { name: 'Go to mBank' }).click();
    await simulatedBank(page).approve.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });
});

describe('A payer who changes the method', () => {
  it('has paid once when the first bank is faster than the second', async () => {
    const { page, id, bankAddress } = await askForOther();
    await payByCard(page, challenged);
    await untilHeading(page, 'Simulated 3-D Secure page');
    const challengeAddress = page.url();
    await simulatedBank(page).leave.click();
    await untilHeading(page, confirmChallenge);
    const second = await page.context().newPage();
    await second.goto(bankAddress);
    await simulatedBank(second).approve.click();
    await stage.shop.letBankAnswer(id);
    await Promise.all([untilHeading(page, paid), untilHeading(second, paid)]);
    await page.getByText('mBank').waitFor();
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED', 'CANCELLED']);
    await expect
      .poll(async () => {
        await page.goto(challengeAddress);
        return page.getByText('This payment has been decided already, or its time is over.').count();
      })
      .toBe(1);
  });

  it('is promised nothing when the second way is refused, and sees it when the first bank has been paid', async () => {
    const { page, id, bankAddress } = await askForOther();
    await payByCard(page, '4444 3333 2222 1111');
    const summary = page.getByRole('alert');
    await summary.getByText('Your bank refused the payment.').waitFor();
    expect(await summary.textContent()).not.toContain('No money was taken.');
    await page.getByRole('heading', { name: 'Do not confirm the payment with mBank any more' }).waitFor();
    const second = await page.context().newPage();
    await second.goto(bankAddress);
    await simulatedBank(second).approve.click();
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED', 'REJECTED']);
  });

  it('sees the result on the page with the warning when the bank was paid meanwhile', async () => {
    const { page, id, bankAddress } = await askForOther();
    const second = await page.context().newPage();
    await second.goto(bankAddress);
    await simulatedBank(second).approve.click();
    await stage.shop.letBankAnswer(id);
    await Promise.all([untilHeading(page, paid), untilHeading(second, paid)]);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('is led from the warning to the paid payment by a form that is sent too late', async () => {
    const { page, id, bankAddress } = await askForOther({ javaScript: false });
    const second = await page.context().newPage();
    await second.goto(bankAddress);
    await simulatedBank(second).approve.click();
    await stage.shop.letBankAnswer(id);
    await untilHeading(second, paid);
    await payByCard(page, good);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('pays once from two tabs that show two methods', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    const second = await page.context().newPage();
    await page.goto(address);
    await second.goto(address);
    await typeCard(second, good);
    await payAtBank(page, 'mBank');
    await untilHeading(page, bank);
    await cardForm(second).pay.click();
    await untilHeading(second, confirmAtBank);
    await simulatedBank(page).approve.click();
    await stage.shop.letBankAnswer(id);
    await Promise.all([untilHeading(page, paid), untilHeading(second, paid)]);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('sees in every tab with the warning that the attempt was replaced', async () => {
    const { page, id } = await askForOther();
    const second = await openInTab(page, page.getByRole('link', { name: 'English' }));
    await second.getByRole('heading', { name: 'Have you already paid?' }).waitFor();
    await payByCard(page, challenged);
    await untilHeading(page, 'Simulated 3-D Secure page');
    await untilHeading(second, confirmChallenge);
    expect(await stage.shop.attemptsOn(id)).toEqual(['CANCELLED', 'PENDING']);
  });
});
