import { type KnownPage, sendUnchecked, textOf, untilAlert, untilShown, type Visit } from './visit.ts';

/** The pages of payment links. */
export const linkPages: { readonly [name: string]: KnownPage } = {
  'a payment link': (visit) => openLink(visit, { title: 'Trzy książki', validUntil: '2099-01-01T12:00:00Z' }),
  'a payment link of somebody whom the shop named': (visit) =>
    openLink(visit, { customer: { firstName: 'Jan', lastName: 'Kowalski' } }),
  'a payment link, its form empty': async (visit) => {
    await openLink(visit);
    await sendUnchecked(visit.page.locator('form'));
    await untilAlert(visit);
  },
  'a payment that a link made': async (visit) => {
    const { page } = visit;
    await openLink(visit);
    await page.getByLabel(textOf(visit, 'linkPage.firstName')).fill('Łucja');
    await page.getByLabel(textOf(visit, 'linkPage.lastName')).fill('Nowak');
    await page.getByLabel(textOf(visit, 'linkPage.email')).fill('lucja@shop.example');
    await page.getByRole('button', { name: textOf(visit, 'linkPage.continue') }).click();
    await page.waitForURL(/\/pay\//);
  },
  'a payment link that was disabled': async (visit) => {
    const { shop } = visit.stage;
    const { id, address } = await shop.createLink();
    await shop.disableLink(id);
    await visit.page.goto(address);
    await untilShown(visit, 'error.LINK_DISABLED.title');
  },
  'no payment link': async (visit) => {
    const { address } = await visit.stage.shop.createLink();
    await visit.page.goto(new URL('/s/0000000000', address).href);
    await untilShown(visit, 'error.LINK_UNKNOWN.title');
  },
};

async function openLink({ stage, page }: Visit, input: object = {}): Promise<void> {
  await page.goto((await stage.shop.createLink(input)).address);
}
