import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blikForm, payByBlik, untilHeading } from './support/payer.ts';
import { openStage, type Stage } from './support/stage.ts';

/** What the BLIK scheme demands of a page that takes codes: its list "BLIK Level 0 UX", required and recommended. */
let stage: Stage;
let payment: { readonly id: string; readonly address: string };
let page: Page;

beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  payment = await stage.shop.createPayment();
  page = await stage.openPage();
  await page.goto(payment.address);
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

/** Everything a page says, to those who see it and to those who hear it. */
const wordsOf = (): Promise<string> => page.evaluate<string>('document.title + document.body.innerText');

describe('The page with the BLIK form', () => {
  it('offers BLIK on the first screen, before any other method', async () => {
    const { form, code, pay } = blikForm(page);
    expect([await code.isVisible(), await pay.isVisible()]).toEqual([true, true]);
    expect(await page.locator('form').first().getAttribute('action')).toBe(await form.getAttribute('action'));
  });

  it('shows the mark of BLIK', async () => {
    const mark = await blikForm(page).form.locator('svg.blik').boundingBox();
    expect(mark?.height).toBeGreaterThanOrEqual(24);
    expect(mark?.width).toBeGreaterThan(mark?.height ?? 0);
  });

  it.each(['pl', 'en'])('writes BLIK in capitals wherever it stands, in %s', async (language) => {
    const address = `${payment.address}?lang=${language}`;
    const words: string[] = [];
    const read = async (): Promise<void> => void words.push(...((await wordsOf()).match(/blik/gi) ?? []));
    await page.goto(address);
    await read();
    await payByBlik(page, '700005');
    await page.getByRole('alert').waitFor();
    await read();
    await payByBlik(page, '777123');
    await page.getByRole('progressbar', { includeHidden: true }).waitFor();
    await stage.shop.letBankAnswer(payment.id);
    await page.getByText(payment.id).waitFor();
    await read();
    expect(words.length).toBeGreaterThan(5);
    expect(new Set(words)).toEqual(new Set(['BLIK']));
  });

  it('has one field with a label and a hint, for which a telephone shows digits and the browser suggests nothing', async () => {
    const { code, form } = blikForm(page);
    expect(await form.getByRole('textbox').count()).toBe(1);
    expect(await form.getByLabel('BLIK code').count()).toBe(1);
    const hint = await code.getAttribute('aria-describedby');
    expect(await page.locator(`#${hint}`).textContent()).toContain('6 digits');
    expect(await code.getAttribute('inputmode')).toBe('numeric');
    expect(await code.getAttribute('autocomplete')).toBe('off');
    expect(await code.getAttribute('placeholder')).toBeNull();
  });

  it('leaves the field alone until it is pressed', async () => {
    const { code } = blikForm(page);
    const focused = code.and(page.locator(':focus'));
    expect(await focused.count()).toBe(0);
    await code.click();
    expect(await focused.count()).toBe(1);
  });

  it('takes nothing but six digits, which it writes as two groups of three', async () => {
    const { code } = blikForm(page);
    await code.pressSequentially('a1-2 3x4.5');
    expect(await code.inputValue()).toBe('123 45');
    await code.press('Backspace');
    await code.pressSequentially('6789');
    expect(await code.inputValue()).toBe('123 467');
  });

  it('takes a code that is pasted with whatever stands between its digits', async () => {
    const { code } = blikForm(page);
    await code.click();
    await page.keyboard.insertText(' 123-456');
    expect(await code.inputValue()).toBe('123 456');
  });

  it('has room for a whole code, and shows it in the middle', async () => {
    const { code } = blikForm(page);
    await code.fill('888888');
    const room = await code.evaluate(({ clientWidth, scrollWidth }) => clientWidth - scrollWidth);
    expect(room).toBe(0);
    expect(await page.evaluate<string>("getComputedStyle(document.querySelector('#code')).textAlign")).toBe('center');
  });

  it('takes a code that begins with a zero', async () => {
    await payByBlik(page, '012345');
    await untilHeading(page, 'Confirm the payment in your bank’s app');
    await stage.shop.letBankAnswer(payment.id);
    await untilHeading(page, 'You paid PLN 12.34');
  });

  it('tells the payer who has sent a code to confirm in the bank app, and how long there is for it', async () => {
    await payByBlik(page, '777123');
    await untilHeading(page, 'Confirm the payment in your bank’s app');
    await page.getByText('Time to confirm').waitFor();
    await page.getByText(/^(1:00|0:5\d)$/).waitFor();
  });
});
