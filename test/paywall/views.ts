import type { Locale } from '../../src/kernel/i18n/locales.ts';
import { paymentPage } from '../../src/paywall/pages/payment-page.ts';
import type { PaymentView } from '../../src/paywall/pages/view.ts';

/** The moment at which the pages of the tests are drawn. */
export const drawnAt = new Date('2026-11-23T13:05:00Z');

/** A frame that every page can be drawn in. */
export function frameOf(locale: Locale = 'en') {
  return {
    locale,
    nonce: 'n0nce',
    sandbox: false,
    languages: [
      { locale: 'pl' as const, href: '/pay/1?lang=pl' },
      { locale: 'en' as const, href: '/pay/1?lang=en' },
      { locale: 'de' as const, href: '/pay/1?lang=de' },
    ],
  };
}

/** What a test wants other than an English page of a new payment of PLN 123.45 that can be paid with BLIK. */
export type Wishes = Partial<Omit<PaymentView, 'payment' | 'attempt'>> & {
  readonly payment?: Partial<PaymentView['payment']>;
  readonly attempt?: Partial<NonNullable<PaymentView['attempt']>>;
};

/** Makes the view of a payment. */
export function viewOf({ payment, attempt, ...rest }: Wishes = {}): PaymentView {
  return {
    ...frameOf(),
    now: drawnAt,
    payment: {
      id: '019a1f2e-7c3b-7d10-9a55-0242ac120002',
      shopName: 'Book shop',
      orderId: 'ORD-1',
      title: 'Three books',
      amount: { amount: 12_345n, currency: 'PLN' },
      status: 'NEW',
      validUntil: new Date('2026-11-24T13:00:00Z'),
      ...payment,
    },
    attempt: attempt && { status: 'REJECTED', method: 'BLIK', startedAt: drawnAt, ...attempt },
    methods: [{ method: 'BLIK' }],
    formNonce: 'token-1',
    urls: { self: '/pay/1', pay: '/pay/1/blik', events: '/pay/1/events', stay: '/pay/1?stay=1' },
    ...rest,
  };
}

/** A payment whose attempt can be confirmed for 47 seconds more. */
export const waiting: Wishes = {
  payment: { status: 'PENDING' },
  attempt: { status: 'PENDING', confirmUntil: new Date(drawnAt.getTime() + 47_000) },
};

/** A paid payment. */
export const settled: Wishes = { payment: { status: 'SETTLED', settledAt: drawnAt }, attempt: { status: 'SETTLED' } };

/** Draws the page of a payment as the text that goes to the browser, spaces that do not break as plain ones. */
export function draw(wishes: Wishes = {}): string {
  return String(paymentPage(viewOf(wishes))).replace(/[\u00a0\u202f]/g, ' ');
}

/** A page without our own style sheet and script: what is left was made from the view. */
export function markupOf(page: string): string {
  return page.replace(/<(style|script) [^>]*>.*?<\/\1>/gs, '');
}
