import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { payByTile, untilHeading } from './support/payer.ts';
import { openStage, type Stage } from './support/stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe('A payer who makes a transfer of his own', () => {
  it('copies the account number by its button, makes the transfer, and sees that it came', async () => {
    const { id, address } = await stage.shop.createPayment({ amount: 123_456 });
    const page = await stage.openPage({ language: 'en' });
    await page.goto(address);
    await payByTile(page, 'WIRE_TRANSFER', 'Traditional transfer');
    const button = page.getByRole('button', { name: 'Copy: Account number' });
    const account = (await button.getAttribute('data-copy')) ?? '';
    expect(account).toMatch(/^\d{26}$/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button.click();
    await page.getByRole('status').getByText('Copied.').waitFor();
    expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(account);
    await page.getByRole('link', { name: 'Make the transfer at the simulated bank' }).click();
    await page.getByRole('button', { name: 'Make the transfer' }).click();
    await page.getByRole('button', { name: 'Copy: Account number' }).waitFor();
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, 'You paid PLN\u00a01,234.56');
  });
});
