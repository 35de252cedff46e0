import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chooseMethod, methodNamed, payByWallet, simulatedBank, untilHeading } from './support/payer.ts';
import { browsers, openStage, type Stage } from './support/stage.ts';

const paid = 'You paid PLN 12.34';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe.each(browsers)('A payer with a wallet %s', (_name, habits) => {
  it.each(['Google Pay', 'Apple Pay'] as const)(
    'of %s is refused with one card, and pays with another',
    async (wallet) => {
      const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
      const page = await stage.openPage(habits);
      await page.goto(address);
      await payByWallet(page, wallet, '0515');
      const summary = page.getByRole('alert');
      await summary.getByText('There is not enough money in the account.').waitFor();
      expect(await summary.textContent()).toContain('No money was taken.');
      for (const method of ['BLIK', 'PBL', 'CARD', 'WALLET'] as const) await methodNamed(page, method).waitFor();
      await payByWallet(page, wallet, '1111');
      await untilHeading(page, paid);
      await page.getByText(wallet).waitFor();
      await page.getByRole('link', { name: 'Back to the shop' }).click();
      await page.waitForURL(stage.shopPage('thanks'));
      expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
    },
  );

  it('leaves the wallet without having paid, comes back, and confirms the challenge of a card', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await chooseMethod(page, 'WALLET');
    await page.getByRole('link', { name: 'Google Pay' }).click();
    await untilHeading(page, 'Simulated Google Pay');
    await page.getByRole('link', { name: 'Go back without deciding' }).click();
    expect(await stage.shop.attemptsOn(id)).toEqual([]);
    await payByWallet(page, 'Google Pay', '1112');
    await untilHeading(page, 'Simulated 3-D Secure page');
    await simulatedBank(page).approve.click();
    await untilHeading(page, 'Your bank wants you to confirm the payment');
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });
});
