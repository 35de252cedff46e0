import type { Locator, Page } from 'playwright-core';

/** The main heading of a payment whose bank has not answered. */
export const silentBank = 'The bank has not answered yet';

/** The form for a BLIK code, in any language and whatever other methods stand beside it. */
export function blikForm(page: Page): { readonly form: Locator; readonly code: Locator; readonly pay: Locator } {
  const code = page.getByRole('textbox', { name: /BLIK/ });
  const form = page.locator('form').filter({ has: code });
  return { form, code, pay: form.getByRole('button', { name: /^(Pay|Zapłać) / }) };
}

/** Types a BLIK code into the page and pays. */
export async function payByBlik(page: Page, code: string): Promise<void> {
  const blik = blikForm(page);
  await blik.code.fill(code);
  await blik.pay.click();
}

/**
 * Types a code to which the bank is silent, so that the answer takes seconds, and presses the button twice meanwhile.
 * @returns how often the form was sent.
 */
export async function pressPayTwice(page: Page): Promise<number> {
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') sent += 1;
  });
  const { code, pay } = blikForm(page);
  await code.fill('700000');
  await pay.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await pay.boundingBox()) ?? {};
  const press = (): Promise<void> => page.mouse.click(x + width / 2, y + height / 2);
  await Promise.all([page.waitForRequest(/blik/), press()]);
  await press();
  await untilHeading(page, silentBank);
  return sent;
}

/** Waits until a page shows this main heading, however it gets there. */
export function untilHeading(page: Page, text: string): Promise<void> {
  return page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
}

/** Waits until an element of a page has the focus. */
export function untilFocused(page: Page, element: Locator): Promise<void> {
  return element.and(page.locator(':focus')).waitFor();
}
