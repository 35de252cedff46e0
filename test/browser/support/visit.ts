import type { Locator, Page } from 'playwright-core';
import { formatMoney } from '../../../src/kernel/i18n/format-money.ts';
import { translatorFor } from '../../../src/paywall/messages/catalogues.ts';
import { untilHeading } from './payer.ts';
import type { Stage } from './stage.ts';

export type Language = 'pl' | 'en';

/** Somebody who reads this language, in front of an empty tab. */
export type Visit = { readonly stage: Stage; readonly page: Page; readonly language: Language };

/** A page that a payer can meet, as the way to it. */
export type KnownPage = (visit: Visit) => Promise<unknown>;

/** The key of a text on the payer's pages. */
export type TextKey = Parameters<ReturnType<typeof translatorFor>>[0];

/** A text of the payer's pages as the visitor reads it; 12.34 PLN is the amount in it. */
export function textOf({ language }: Visit, key: TextKey, words: Readonly<Record<string, string>> = {}): string {
  const amount = formatMoney({ amount: 1_234n, currency: 'PLN' }, language);
  return translatorFor(language)(key, { amount, ...words });
}

/** Makes a payment of 12.34 PLN, with what is given instead, and opens its page. */
export async function openNew({ stage, page }: Visit, input: object = {}): Promise<string> {
  const { id, address } = await stage.shop.createPayment(input);
  await page.goto(address);
  return id;
}

/** Waits until the page has this main heading. */
export function untilShown(visit: Visit, key: TextKey, words?: Readonly<Record<string, string>>): Promise<void> {
  return untilHeading(visit.page, textOf(visit, key, words));
}

/** Waits until the page begins with what went wrong. */
export function untilAlert({ page }: Visit): Promise<void> {
  return page.getByRole('alert').waitFor();
}

/** Sends a form as a browser that checks no fields. */
export async function sendUnchecked(form: Locator): Promise<void> {
  await form.evaluate((element) => Object.assign(element, { noValidate: true }));
  await form.getByRole('button').click();
}
