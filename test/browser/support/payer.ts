import type { Locator, Page } from 'playwright-core';
import { methodName } from '../../../src/payments/name-methods.ts';
import { type TileMethod, tilePaths } from '../../../src/paywall/pages/view.ts';

/** The main heading of a payment whose bank has not answered. */
export const silentBank = 'The bank has not answered yet';

/** Methods of which the page has a form. */
export type FormMethod = 'BLIK' | 'CARD' | 'WALLET' | TileMethod;

/** What the payer presses to unfold the form of a method, in any language. */
export function methodNamed(page: Page, method: FormMethod): Locator {
  return page.locator('summary').getByText(either(methodName(method, 'pl'), methodName(method, 'en')));
}

/** Unfolds the form of a method, unless it is the one that is open, or the only one. */
export async function chooseMethod(page: Page, method: FormMethod): Promise<void> {
  const name = methodNamed(page, method);
  const field = fieldOf(page, method);
  await name.or(field).filter({ visible: true }).first().waitFor();
  if (!(await field.isVisible())) await name.click();
}

/** What the form of a method begins with. */
function fieldOf(page: Page, method: FormMethod): Locator {
  switch (method) {
    case 'BLIK':
      return blikForm(page).code;
    case 'CARD':
      return cardForm(page).number;
    case 'PBL':
    case 'PAY_LATER':
    case 'INSTALLMENTS':
    case 'LEASE':
    case 'WIRE_TRANSFER':
      return tileForm(page, method).form.getByRole('radio').first();
    case 'WALLET':
      return page.getByRole('link', { name: 'Google Pay' });
  }
}

function either(...texts: readonly string[]): RegExp {
  return new RegExp(`^(${texts.join('|')})$`);
}

const payNamed = /^(Pay|Zapłać) /;

/** The form for a BLIK code, in any language and whatever other methods stand beside it. */
export function blikForm(page: Page): { readonly form: Locator; readonly code: Locator; readonly pay: Locator } {
  const code = page.getByRole('textbox', { name: /BLIK/ });
  const form = page.locator('form').filter({ has: code });
  return { form, code, pay: form.getByRole('button', { name: payNamed }) };
}

/** Types a BLIK code into the page and pays. */
export async function payByBlik(page: Page, code: string): Promise<void> {
  const blik = blikForm(page);
  await chooseMethod(page, 'BLIK');
  await blik.code.fill(code);
  await blik.pay.click();
}

/** The form for a card, in any language and whatever other methods stand beside it. */
export function cardForm(page: Page) {
  const field = (polish: string, english: string): Locator =>
    page.getByRole('textbox', { name: either(polish, english) });
  const number = field('Numer karty', 'Card number');
  const form = page.locator('form').filter({ has: number });
  return {
    form,
    number,
    expiry: field('Data ważności', 'Expiry date'),
    cvv: field('Kod CVV', 'CVV code'),
    holder: field('Imię i nazwisko na karcie', 'Name on the card'),
    pay: form.getByRole('button', { name: payNamed }),
  };
}

/** Types a card into the page: its number, and what is given instead of the rest. */
export async function typeCard(
  page: Page,
  number: string,
  rest: { readonly expiry?: string; readonly cvv?: string; readonly holder?: string } = {},
): Promise<void> {
  await chooseMethod(page, 'CARD');
  const card = cardForm(page);
  await card.number.fill(number);
  await card.expiry.fill(rest.expiry ?? '12/29');
  await card.cvv.fill(rest.cvv ?? '123');
  await card.holder.fill(rest.holder ?? 'Łucja Żak');
}

/** Types a card into the page and pays. */
export async function payByCard(page: Page, number: string): Promise<void> {
  await typeCard(page, number);
  await cardForm(page).pay.click();
}

/** The form with the banks or the lenders of a method, in any language and whatever other methods stand beside it. */
export function tileForm(page: Page, method: TileMethod) {
  const form = page.locator(`form:has(#${tilePaths[method]})`);
  const tile = (name: string): Locator => form.getByRole('radio', { name, exact: true });
  return { form, tile, pay: form.getByRole('button', { name: payNamed }) };
}

/** Chooses a bank and goes there to pay. */
export async function payAtBank(page: Page, name: string): Promise<void> {
  await payByTile(page, 'PBL', name);
}

/** Chooses a bank or lender by its name, and goes there to pay. */
export async function payByTile(page: Page, method: TileMethod, name: string): Promise<void> {
  await chooseMethod(page, method);
  const { tile, pay } = tileForm(page, method);
  await tile(name).check();
  await pay.click();
}

/** What the payer can do at a simulated bank or lender, or at its challenge for a card. */
export function simulatedBank(page: Page) {
  const button = (polish: string, english: string): Locator =>
    page.getByRole('button', { name: either(polish, english) });
  return {
    approve: button('Zatwierdź płatność', 'Approve the payment'),
    refuse: button('Odrzuć ją', 'Refuse it'),
    leave: button('Wróć bez decyzji', 'Go back without deciding'),
  };
}

/** Goes to a wallet, and pays there with the card that ends in these digits. */
export async function payByWallet(page: Page, wallet: 'Google Pay' | 'Apple Pay', last4: string): Promise<void> {
  await chooseMethod(page, 'WALLET');
  await page.getByRole('link', { name: wallet }).click();
  await page.getByRole('button', { name: last4 }).click();
}

/**
 * Presses a button twice, as somebody who believes that the first time was not enough: the second time while the answer to
 * the first one is on its way. So the form must be one that takes seconds.
 * @returns what gives how often the form was sent so far.
 */
export async function pressTwice(page: Page, button: Locator): Promise<() => number> {
  let sent = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST') sent += 1;
  });
  await button.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await button.boundingBox()) ?? {};
  const press = (): Promise<void> => page.mouse.click(x + width / 2, y + height / 2);
  await Promise.all([page.waitForRequest((request) => request.method() === 'POST'), press()]);
  await press();
  return () => sent;
}

/** Opens a link in a tab of its own, as with the control key; gives that tab. */
export async function openInTab(page: Page, link: Locator): Promise<Page> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), link.click({ modifiers: ['ControlOrMeta'] })]);
  return tab;
}

/** Waits until a page shows this main heading, however it gets there. */
export function untilHeading(page: Page, text: string): Promise<void> {
  return page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
}

/** Waits until an element of a page has the focus. */
export function untilFocused(page: Page, element: Locator): Promise<void> {
  return element.and(page.locator(':focus')).waitFor();
}
