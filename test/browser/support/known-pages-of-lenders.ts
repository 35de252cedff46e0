import { chooseMethod, payByTile, simulatedBank, tileForm } from './payer.ts';
import { type KnownPage, openNew, sendUnchecked, untilAlert, untilShown, type Visit } from './visit.ts';

/** An amount that instalments pay: 300.00 PLN. */
const amount = 30_000;

/** The pages of pay later and of instalments. */
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
