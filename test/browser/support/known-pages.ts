import { randomUUID } from 'node:crypto';
import { signed } from '../../imoje/form/sign-by-hand.ts';
import { lenderPages } from './known-pages-of-lenders.ts';
import { linkPages } from './known-pages-of-links.ts';
import { methodPages } from './known-pages-of-methods.ts';
import { movementPages } from './known-pages-of-movements.ts';
import { transferPages } from './known-pages-of-transfers.ts';
import { troubledPages } from './known-pages-of-trouble.ts';
import { blikForm, payByBlik } from './payer.ts';
import {
  type KnownPage,
  openNew,
  sendUnchecked,
  type TextKey,
  textOf,
  untilAlert,
  untilShown,
  type Visit,
} from './visit.ts';

// Words in which there is no place to break the line.
const longWords = { orderId: 'ORD/2026/'.repeat(11), title: 'Wszystkiegonajlepszego'.repeat(11), amount: 999_999_999 };

/**
 * All pages that a payer can meet, each with the way to it. Tests of what holds for every page go through this list, so
 * a new page is added here, or to one of the lists in it.
 */
export const knownPages: { readonly [name: string]: KnownPage } = {
  'a new payment': (visit) => openNew(visit, { title: 'Trzy książki', returnUrl: visit.stage.silentShopPage }),
  'a new payment with long words': (visit) => openNew(visit, longWords),
  'a new payment, its test codes unfolded': async (visit) => {
    await openNew(visit);
    await visit.page.getByText(textOf(visit, 'sandbox.codes')).click();
  },
  'a payment that BLIK alone can pay': (visit) => openNew(visit, { methods: ['BLIK'] }),
  'a payment that no method can pay': async (visit) => {
    const { gateway, shop } = visit.stage;
    const { id, address } = await shop.createPayment({ methods: ['BLIK'] });
    // As when the shop loses the method after the payment was made.
    await gateway.database.pool.query("update payment set methods = '{LEASE}' where id = $1", [id]);
    await visit.page.goto(address);
  },
  'a refused code': async (visit) => {
    await openNew(visit);
    await payByBlik(visit.page, '700005');
    await untilAlert(visit);
  },
  'a refused payment': async (visit) => {
    const id = await startPaying(visit, { code: '960111' });
    await visit.stage.shop.letBankAnswer(id);
    await untilAlert(visit);
  },
  'a code that is none': async (visit) => {
    await openNew(visit);
    const blik = blikForm(visit.page);
    await blik.code.fill('12345');
    await sendUnchecked(blik.form);
    await untilAlert(visit);
  },
  'waiting for the bank app': (visit) => startPaying(visit, { code: '700003' }),
  'waiting for a silent bank': (visit) => startPaying(visit, { code: '700000', heading: 'unknown.heading' }),
  'a paid payment': (visit) => pay(visit),
  'a paid payment that leads back by itself': (visit) => pay(visit, { successUrl: visit.stage.silentShopPage }),
  'a cancelled payment': async (visit) => {
    const { id, address } = await visit.stage.shop.createPayment({ failureUrl: visit.stage.silentShopPage });
    await visit.stage.shop.cancelPayment(id);
    await visit.page.goto(address);
    await untilShown(visit, 'cancelled.heading');
  },
  'a cancelled payment that may still be paid': async (visit) => {
    const id = await startPaying(visit, { code: '700003' });
    await visit.stage.shop.cancelPayment(id);
    await visit.page.getByText(textOf(visit, 'over.perhapsPaid')).waitFor();
  },
  'an expired payment': async (visit) => {
    const { id, address } = await visit.stage.shop.createPayment();
    await visit.stage.shop.letTimeRunOut(id);
    await visit.page.goto(address);
    await untilShown(visit, 'expired.heading');
  },
  ...linkPages,
  ...methodPages,
  ...lenderPages,
  ...movementPages,
  ...transferPages,
  ...troubledPages,
  'an unknown payment': (visit) => openNowhere(visit, `/pay/${randomUUID()}`, 'PAYMENT_UNKNOWN'),
  'an unknown address': (visit) => openNowhere(visit, '/nowhere', 'PAGE_UNKNOWN'),
  'a form with a wrong signature': (visit) => sendForm(visit, { key: 'wrong', error: 'BAD_SIGNATURE' }),
  'a form with wrong fields': (visit) => sendForm(visit, { amount: '0', error: 'BAD_FORM' }),
};

type Paying = { readonly code: string; readonly heading?: TextKey; readonly input?: object };

async function startPaying(visit: Visit, { code, heading = 'waiting.heading', input }: Paying): Promise<string> {
  const id = await openNew(visit, input);
  await payByBlik(visit.page, code);
  await untilShown(visit, heading);
  return id;
}

async function pay(visit: Visit, input: object = {}): Promise<void> {
  const id = await startPaying(visit, { code: '777123', input });
  await visit.stage.shop.letBankAnswer(id);
  await untilShown(visit, 'settled.heading');
}

type FormWishes = {
  readonly amount?: string;
  readonly key?: string;
  readonly error: 'BAD_SIGNATURE' | 'BAD_FORM';
};

async function sendForm(visit: Visit, { amount = '1234', key, error }: FormWishes): Promise<void> {
  const { merchantId, serviceId, serviceKey, paywallUrl } = visit.stage.gateway.demo;
  const customer = { customerFirstName: 'Łucja', customerLastName: 'Żak' };
  const fields = { merchantId, serviceId, amount, currency: 'PLN', orderId: 'ORD/1', ...customer };
  await visit.page.goto(`${paywallUrl}/payment?${new URLSearchParams(signed(fields, key ?? serviceKey))}`);
  await untilShown(visit, `error.${error}.title`);
}

async function openNowhere(visit: Visit, path: string, error: 'PAYMENT_UNKNOWN' | 'PAGE_UNKNOWN'): Promise<void> {
  await visit.page.goto(`${visit.stage.gateway.url}${path}`);
  await untilShown(visit, `error.${error}.title`);
}
