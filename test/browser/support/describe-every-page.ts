import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers } from './find-barriers.ts';
import { findKeyboardBarriers } from './find-keyboard-barriers.ts';
import { knownPages } from './known-pages.ts';
import { measureTransfer } from './measure-transfer.ts';
import { chooseMethod } from './payer.ts';
import { openStage, type Stage } from './stage.ts';
import { takePictures } from './take-pictures.ts';
import type { Language } from './visit.ts';

/** The methods that have a form, of which the page of 300.00 PLN offers each. */
const everyMethod = ['BLIK', 'PBL', 'CARD', 'WALLET', 'PAY_LATER', 'INSTALLMENTS'] as const;

/** The narrowest window without scrolling sideways (WCAG 2.2, success criterion 1.4.10). */
const narrow = { width: 320, height: 640 };

/** No colour depends on the language, so they are looked at in one. */
const colourLanguage: Language = 'pl';

/** Describes what holds for every page in a language; each language is a file of its own, so that they run side by side. */
export function describeEveryPage(language: Language): void {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage();
  });
  // It also fails for every word in the console and for every policy but the strictest.
  afterEach(() => stage.closePages());
  afterAll(() => stage.close());

  describe(`In the language ${language}, the page of`, () => {
    it.each(Object.entries(knownPages))(
      '%s keeps nobody out: in light or dark, with keys alone, on a narrow screen',
      async (name, open) => {
        const page = await stage.openPage({ language });
        await open({ stage, page, language });
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        expect(await findBarriers(page, language === colourLanguage ? 'all' : 'words')).toEqual([]);
        expect(await findKeyboardBarriers(page)).toEqual([]);
        await takePictures(page, `${name} ${language}`);
        await page.setViewportSize(narrow);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(narrow.width);
        await takePictures(page, `${name} ${language} narrow`);
      },
    );

    it('a new payment keeps the largest amount in one piece on a narrow screen', async () => {
      const { address } = await stage.shop.createPayment({ amount: 999_999_999 });
      const page = await stage.openPage({ language, width: narrow.width });
      await page.goto(address);
      const lines = `(() => {
      const amount = document.createRange();
      amount.selectNodeContents(document.querySelector('h1').lastChild);
      return new Set([...amount.getClientRects()].map(({ top }) => top)).size;
    })()`;
      expect(await page.evaluate<number>(lines)).toBe(1);
    });

    it('a new payment keeps its facts and their names apart on a telephone that is zoomed to twice the size', async () => {
      const { address } = await stage.shop.createPayment({ title: 'Trzy książki' });
      const page = await stage.openPage({ language, width: 180 });
      await page.goto(address);
      const overlaps = `[...document.querySelectorAll('dl div')].filter(({ firstElementChild, lastElementChild }) => {
        const name = document.createRange();
        name.selectNodeContents(firstElementChild);
        return name.getBoundingClientRect().right > lastElementChild.getBoundingClientRect().left;
      }).map(({ textContent }) => textContent)`;
      expect(await page.evaluate<string[]>(overlaps)).toEqual([]);
    });

    it('a new payment takes at most 15 KB of transfer, with all that belongs to it and with every method', async () => {
      const { address } = await stage.shop.createPayment({
        amount: 30_000,
        title: 'Trzy książki',
        successUrl: stage.shopPage('thanks'),
      });
      const page = await stage.openPage({ language });
      expect(await measureTransfer(page, address)).toBeLessThanOrEqual(15_000);
      for (const method of everyMethod) await chooseMethod(page, method);
    });

    it.each(['gpay', 'applepay'])('the wallet %s takes at most 15 KB of transfer', async (wallet) => {
      const { address } = await stage.shop.createPayment();
      const page = await stage.openPage({ language });
      expect(await measureTransfer(page, `${address}/wallet?channel=${wallet}`)).toBeLessThanOrEqual(15_000);
    });
  });
}
