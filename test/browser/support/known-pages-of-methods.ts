import {
  cardForm,
  chooseMethod,
  type FormMethod,
  payAtBank,
  payByBlik,
  payByCard,
  payByWallet,
  simulatedBank,
  tileForm,
  typeCard,
} from './payer.ts';
import { type KnownPage, openNew, sendUnchecked, textOf, untilAlert, untilShown, type Visit } from './visit.ts';

/** Cards of the sandbox, by what happens to them (docs/test-codes.md). */
const cards = {
  paid: '5555 5555 5555 4444',
  refused: '4444 3333 2222 1111',
  challenged: '4012 0010 3714 1112',
  paidLater: '4000 0000 0700 0302',
} as const;

/** The pages of cards, banks and wallets, and those of a change from one to the other. */
export const methodPages: { readonly [name: string]: KnownPage } = {
  'a new payment, its card form unfolded': (visit) => openMethod(visit, 'CARD'),
  'a new payment, its banks unfolded': (visit) => openMethod(visit, 'PBL'),
  'a new payment, its wallets unfolded': (visit) => openMethod(visit, 'WALLET'),
  'a payment that a card alone can pay': (visit) => openNew(visit, { methods: ['CARD'] }),
  'a payment that a bank alone can pay': (visit) => openNew(visit, { methods: ['PBL'] }),
  'a payment that a wallet alone can pay': (visit) => openNew(visit, { methods: ['WALLET'] }),
  'a wallet that asks in its app': (visit) => startAtWallet(visit),
  'waiting for a wallet': async (visit) => {
    await startAtWallet(visit);
    await simulatedBank(visit.page).leave.click();
    await untilShown(visit, 'atWallet.heading');
  },
  'a card that is none': async (visit) => {
    await openNew(visit);
    await typeCard(visit.page, '4111 1111 1111 1112', { expiry: '13/29', cvv: '12', holder: 'Łucja 2' });
    await sendUnchecked(cardForm(visit.page).form);
    await untilAlert(visit);
  },
  'a refused card': async (visit) => {
    await openNew(visit);
    await payByCard(visit.page, cards.refused);
    await untilAlert(visit);
  },
  'a challenge': (visit) => startChallenge(visit),
  'a challenge that is decided': async (visit) => {
    await startChallenge(visit);
    await decide(visit, 'refuse');
  },
  'waiting for a challenge': async (visit) => {
    await startChallenge(visit);
    await simulatedBank(visit.page).leave.click();
    await untilShown(visit, 'challenge.heading');
  },
  'waiting for an answer': async (visit) => {
    await openNew(visit);
    await payByCard(visit.page, cards.paidLater);
    await untilShown(visit, 'processing.heading');
  },
  'a reserved payment': async (visit) => {
    await openNew(visit, { capture: 'MANUAL', returnUrl: visit.stage.silentShopPage });
    await payByCard(visit.page, cards.paid);
    await untilShown(visit, 'authorized.heading');
  },
  'no bank chosen': async (visit) => {
    await openMethod(visit, 'PBL');
    await sendUnchecked(tileForm(visit.page, 'PBL').form);
    await untilAlert(visit);
  },
  'a bank': (visit) => startAtBank(visit),
  'a bank where all is decided': async (visit) => {
    await startAtBank(visit);
    await decide(visit, 'approve');
  },
  'a transfer that the payer refused': async (visit) => {
    const id = await startAtBank(visit);
    await simulatedBank(visit.page).refuse.click();
    await untilShown(visit, 'atBank.heading');
    await visit.stage.shop.letBankAnswer(id);
    await untilAlert(visit);
  },
  'waiting for a bank': (visit) => leaveBank(visit),
  'another way to pay': (visit) => openOther(visit),
  'another way to pay, with a code that is wrong': async (visit) => {
    await openOther(visit);
    await payByBlik(visit.page, '700005');
    await untilAlert(visit);
  },
  'another way to pay, with a card that is none': async (visit) => {
    await openOther(visit);
    await chooseMethod(visit.page, 'CARD');
    await sendUnchecked(cardForm(visit.page).form);
    await untilAlert(visit);
  },
  'a paid payment with a transfer that may turn up': (visit) => payOtherwise(visit),
  'a payment that was paid twice': async (visit) => {
    const { page } = visit;
    const { id, bank } = await payOtherwise(visit);
    await page.goto(bank);
    await simulatedBank(page).approve.click();
    await untilShown(visit, 'settled.heading');
    await visit.stage.shop.letBankAnswer(id);
    await page.getByRole('heading', { name: textOf(visit, 'otherMoney.heading.arrived') }).waitFor();
  },
  'a wallet of Google': (visit) => openWallet(visit, 'Google Pay'),
  'a wallet of Apple': (visit) => openWallet(visit, 'Apple Pay'),
  'another way to pay, with a wallet': async (visit) => {
    await openOther(visit);
    await openSheet(visit, 'Apple Pay');
  },
  'a wallet that cannot be read': async (visit) => {
    await openWallet(visit, 'Google Pay');
    await visit.page
      .locator('input[name=token]')
      .first()
      .evaluate((element) => Object.assign(element, { value: '{}' }));
    await visit.page.getByRole('button').first().click();
    await untilAlert(visit);
  },
  'a refused wallet': async (visit) => {
    await openNew(visit);
    await payByWallet(visit.page, 'Apple Pay', '0515');
    await untilAlert(visit);
  },
};

async function openMethod(visit: Visit, method: FormMethod): Promise<string> {
  const id = await openNew(visit);
  await chooseMethod(visit.page, method);
  return id;
}

async function startChallenge(visit: Visit): Promise<string> {
  const id = await openNew(visit);
  await payByCard(visit.page, cards.challenged);
  await untilShown(visit, 'bankPage.heading.challenge');
  return id;
}

async function startAtBank(visit: Visit): Promise<string> {
  const id = await openNew(visit, { title: 'Trzy książki' });
  await payAtBank(visit.page, 'mBank');
  await untilShown(visit, 'bankPage.heading.bank', { name: 'mBank' });
  return id;
}

/** Decides at a simulated bank, and opens its page again. */
async function decide(visit: Visit, decision: 'approve' | 'refuse'): Promise<void> {
  const { page } = visit;
  const address = page.url();
  await simulatedBank(page)[decision].click();
  await page.waitForURL(/\/pay\//);
  await page.goto(address);
  await page.getByText(textOf(visit, 'bankPage.over')).waitFor();
}

type AtBank = { readonly id: string; readonly bank: string };

async function leaveBank(visit: Visit): Promise<AtBank> {
  const id = await startAtBank(visit);
  const bank = visit.page.url();
  await simulatedBank(visit.page).leave.click();
  await untilShown(visit, 'atBank.heading');
  return { id, bank };
}

async function openOther(visit: Visit): Promise<AtBank> {
  const begun = await leaveBank(visit);
  await visit.page.getByRole('link', { name: textOf(visit, 'other.link') }).click();
  await visit.page.getByRole('heading', { name: textOf(visit, 'other.heading') }).waitFor();
  return begun;
}

async function payOtherwise(visit: Visit): Promise<AtBank> {
  const begun = await openOther(visit);
  await payByCard(visit.page, cards.paid);
  await untilShown(visit, 'settled.heading');
  return begun;
}

async function openWallet(visit: Visit, wallet: 'Google Pay' | 'Apple Pay'): Promise<void> {
  await openNew(visit);
  await openSheet(visit, wallet);
}

async function openSheet(visit: Visit, wallet: 'Google Pay' | 'Apple Pay'): Promise<void> {
  await chooseMethod(visit.page, 'WALLET');
  await visit.page.getByRole('link', { name: wallet }).click();
  await untilShown(visit, 'walletPage.heading', { wallet });
}

async function startAtWallet(visit: Visit): Promise<void> {
  await openNew(visit, { methods: ['WALLET'] });
  await visit.page.getByRole('button', { name: 'Visa Mobile' }).click();
  await untilShown(visit, 'bankPage.heading.wallet', { name: 'Visa Mobile' });
}
