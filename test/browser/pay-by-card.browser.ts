import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { locales } from '../../src/kernel/i18n/locales.ts';
import {
  cardForm,
  chooseMethod,
  methodNamed,
  payByCard,
  pressTwice,
  silentBank,
  simulatedBank,
  typeCard,
  untilFocused,
  untilHeading,
} from './support/payer.ts';
import { browsers, openStage, type Stage } from './support/stage.ts';
import { sendUnchecked } from './support/visit.ts';

const good = '5555 5555 5555 4444';
const challenged = '4012 0010 3714 1112';
const challenge = 'Simulated 3-D Secure page';
const confirmAtBank = 'Your bank wants you to confirm the payment';
const paid = 'You paid PLN 12.34';

/** The words of the card form that go on in a second line without a hyphen of their own. */
const cutWords = `[...document.querySelectorAll('.cardform label, .cardform p')].flatMap(({ firstChild }) => {
  const words = firstChild instanceof Text ? [...firstChild.data.matchAll(/[^\\s-]+/g)] : [];
  return words.filter(({ 0: word, index }) => {
    const place = document.createRange();
    place.setStart(firstChild, index);
    place.setEnd(firstChild, index + word.length);
    return new Set([...place.getClientRects()].map(({ top }) => top)).size > 1;
  }).map(([word]) => word);
})`;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.closePages());
afterAll(() => stage.close());

describe.each(browsers)('A payer with a card %s', (_name, habits) => {
  it('pays at once, and goes back to the shop', async () => {
    const { id, address } = await stage.shop.createPayment({ successUrl: stage.shopPage('thanks') });
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payByCard(page, good);
    await untilHeading(page, paid);
    await page.getByRole('link', { name: 'Back to the shop' }).click();
    await page.waitForURL(stage.shopPage('thanks'));
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('leaves the challenge, goes on from the page that waits for it, and pays', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payByCard(page, challenged);
    await untilHeading(page, challenge);
    await simulatedBank(page).leave.click();
    await untilHeading(page, confirmAtBank);
    await page.getByRole('link', { name: 'Confirm at the bank' }).click();
    await simulatedBank(page).approve.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });

  it('refuses the challenge, reads what came of it, and may pay in every other way', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await payByCard(page, challenged);
    await simulatedBank(page).refuse.click();
    await untilHeading(page, confirmAtBank);
    await stage.shop.letBankAnswer(id);
    const summary = page.getByRole('alert');
    await summary.getByText('The payment was not confirmed with your bank.').waitFor();
    expect(await summary.textContent()).toContain('No money was taken.');
    for (const method of ['BLIK', 'PBL', 'CARD', 'WALLET'] as const) await methodNamed(page, method).waitFor();
    await payByCard(page, good);
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['REJECTED', 'SETTLED']);
  });

  it('is led to each field that is wrong, types nothing again that may be kept, and pays', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage(habits);
    await page.goto(address);
    await typeCard(page, '4111 1111 1111 1112', { expiry: '13/29', cvv: '12', holder: 'Łucja 2' });
    const { number, expiry, cvv, holder, pay } = cardForm(page);
    await pay.click();
    const summary = page.getByRole('alert');
    await summary.waitFor();
    if (habits.javaScript !== false) await untilFocused(page, summary);
    const links = await summary.getByRole('link').all();
    for (const [place, field] of [number, expiry, cvv, holder].entries()) {
      await links[place]?.click();
      await untilFocused(page, field);
      expect(await field.getAttribute('aria-invalid')).toBe('true');
    }
    expect(links).toHaveLength(4);
    const kept = await Promise.all([number, expiry, cvv, holder].map((field) => field.inputValue()));
    expect(kept).toEqual(['', '13/29', '', 'Łucja 2']);
    expect(await page.content()).not.toMatch(/4111[\s-]*1111[\s-]*1111[\s-]*1112/);
    await typeCard(page, good);
    await pay.click();
    await untilHeading(page, paid);
    expect(await stage.shop.attemptsOn(id)).toEqual(['SETTLED']);
  });
});

describe('A payer with a card', () => {
  it.each(locales)('reads no word of the form cut in two, on telephones of 320 and 360 pixels: %s', async (locale) => {
    const { address } = await stage.shop.createPayment({ methods: ['CARD'] });
    const page = await stage.openPage();
    await page.goto(`${address}?lang=${locale}`);
    await page.locator('#expiry').fill('01/20');
    await page.locator('#cvv').fill('12');
    await sendUnchecked(page.locator('.cardform'));
    await page.getByRole('alert').waitFor();
    for (const width of [320, 360]) {
      await page.setViewportSize({ width, height: 740 });
      expect(await page.evaluate<string[]>(cutWords)).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  it('sees the digits in fours and the brand of the card while typing', async () => {
    const { address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await chooseMethod(page, 'CARD');
    const { form, number, expiry } = cardForm(page);
    const brand = form.getByRole('status');
    await number.pressSequentially('41111');
    expect([await number.inputValue(), await brand.textContent()]).toEqual(['4111 1', 'Visa']);
    await number.pressSequentially('11111111111');
    expect(await number.inputValue()).toBe('4111 1111 1111 1111');
    await number.clear();
    expect(await brand.textContent()).toBe('');
    await number.pressSequentially('55');
    expect(await brand.textContent()).toBe('Mastercard');
    await number.clear();
    await number.pressSequentially('37');
    expect(await brand.textContent()).toBe('');
    await expiry.pressSequentially('1229');
    expect(await expiry.inputValue()).toBe('12/29');
  });

  it('pays with a number that is pasted', async () => {
    const { address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await typeCard(page, '');
    const { number, pay } = cardForm(page);
    await number.click();
    await page.keyboard.insertText('5555-5555-5555-4444');
    expect(await number.inputValue()).toBe(good);
    await pay.click();
    await untilHeading(page, paid);
  });

  it.each([
    ['sends the form once', true, 1],
    ['makes one attempt without scripts', false, 2],
  ])('%s, however often the button is pressed', async (_what, javaScript, times) => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage({ javaScript });
    await page.goto(address);
    await typeCard(page, '4000 0000 0700 0005');
    const sent = await pressTwice(page, cardForm(page).pay);
    await untilHeading(page, silentBank);
    expect(sent()).toBe(times);
    expect(await stage.shop.attemptsOn(id)).toEqual(['UNKNOWN']);
    await stage.shop.letBankAnswer(id);
    await untilHeading(page, paid);
  });

  it('goes back from the challenge, and finds it waiting instead of a form', async () => {
    const { id, address } = await stage.shop.createPayment();
    const page = await stage.openPage();
    await page.goto(address);
    await payByCard(page, challenged);
    await untilHeading(page, challenge);
    await page.goBack();
    await untilHeading(page, confirmAtBank);
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await stage.shop.attemptsOn(id)).toEqual(['PENDING']);
  });
});
