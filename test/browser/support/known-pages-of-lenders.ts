import { channelName } from '../../../src/payments/name-methods.ts';
import { chooseMethod, payByTile, simulatedBank, tileForm } from './payer.ts';
import { type KnownPage, openNew, sendUnchecked, untilAlert, untilShown, type Visit } from './visit.ts';

/** An amount that instalments pay: 300.00 PLN. */
const amount = 30_000;

/** A payment of 6,150.00 PLN for a laptop. */
const leased = {
  amount: 615_000,
  cart: { items: [{ number: '1', name: 'Laptop', amount: 500_000, tax: 115_000, taxStake: 'TAX_23', quantity: 1 }] },
};

/** The pages of pay later, of instalments and of leases. */
export const lenderPages: { readonly [name: string]: KnownPage } = {
  'a new payment, its lenders of pay later unfolded': (visit) => openMethod(visit, 'PAY_LATER'),
  'a new payment, its instalments unfolded': (visit) => openMethod(visit, 'INSTALLMENTS'),
  'a payment that a lender alone can pay': (visit) => openNew(visit, { methods: ['PAY_LATER'] }),
  'a payment that instalments alone can pay': (visit) => openNew(visit, { amount, methods: ['INSTALLMENTS'] }),
  'no lender chosen': async (visit) => {
    await openMethod(visit, 'PAY_LATER');
    await sendUnchecked(tileForm(visit.page, 'PAY_LATER').form);
    await untilAlert(visit);
  },
  'no instalments chosen': async (visit) => {
    await openMethod(visit, 'INSTALLMENTS');
    await sendUnchecked(tileForm(visit.page, 'INSTALLMENTS').form);
    await untilAlert(visit);
  },
  'a payment that a lease alone can pay': (visit) => openNew(visit, { ...leased, methods: ['LEASE'] }),
  'a lessor': (visit) => startAtLessor(visit),
  'waiting for a lessor': async (visit) => {
    await startAtLessor(visit);
    await simulatedBank(visit.page).approve.click();
    await untilShown(visit, 'atLessor.heading');
  },
  'a lender': (visit) => startAtLender(visit),
  'waiting for a lender': async (visit) => {
    await startAtLender(visit);
    await simulatedBank(visit.page).leave.click();
    await untilShown(visit, 'atLender.heading');
  },
  'a credit that the lender refused': async (visit) => {
    const id = await startAtLender(visit, { title: 'TEST-100014' });
    await simulatedBank(visit.page).approve.click();
    await untilShown(visit, 'atLender.heading');
    await visit.stage.shop.letBankAnswer(id);
    await untilAlert(visit);
  },
};

async function openMethod(visit: Visit, method: 'PAY_LATER' | 'INSTALLMENTS'): Promise<void> {
  await openNew(visit, { amount });
  await chooseMethod(visit.page, method);
}

async function startAtLender(visit: Visit, input: object = {}): Promise<string> {
  const id = await openNew(visit, input);
  await payByTile(visit.page, 'PAY_LATER', 'PayPo');
  await untilShown(visit, 'bankPage.heading.lender', { name: 'PayPo' });
  return id;
}

async function startAtLessor(visit: Visit): Promise<void> {
  await openNew(visit, leased);
  const name = channelName('lease', visit.language);
  await payByTile(visit.page, 'LEASE', name);
  await untilShown(visit, 'bankPage.heading.lessor', { name });
}
