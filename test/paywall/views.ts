import { type Locale, locales } from '../../src/kernel/i18n/locales.ts';
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
    languages: locales.map((other) => ({ locale: other, href: `/pay/1?lang=${other}` })),
  };
}

/** What a test wants other than an English page of a new payment of PLN 123.45 that can be paid with BLIK. */
export type Wishes = Partial<Omit<PaymentView, 'payment' | 'attempt'>> & {
  readonly payment?: Partial<PaymentView['payment']>;
  readonly attempt?: Partial<NonNullable<PaymentView['attempt']>>;
};

const urls: PaymentView['urls'] = {
  self: '/pay/1',
  blik: '/pay/1/blik',
  card: '/pay/1/card',
  widget: '/pay/1/widget',
  tiles: {
    PBL: '/pay/1/bank',
    PAY_LATER: '/pay/1/pay-later',
    INSTALLMENTS: '/pay/1/instalments',
    LEASE: '/pay/1/lease',
    WIRE_TRANSFER: '/pay/1/transfer',
  },
  wallet: '/pay/1/wallet',
  otherMethod: '/pay/1/other',
  events: '/pay/1/events',
  stay: '/pay/1?stay=1',
};

/** All methods that a page can offer. */
export const allMethods: PaymentView['methods'] = [
  { method: 'BLIK' },
  {
    method: 'PBL',
    tiles: [
      { channel: 'mtransfer', name: 'mBank' },
      { channel: 'ipko', name: 'PKO BP iPKO' },
    ],
  },
  { method: 'CARD' },
  {
    method: 'WALLET',
    wallets: [
      { name: 'Google Pay', href: '/pay/1/wallet?channel=gpay' },
      { name: 'Apple Pay', href: '/pay/1/wallet?channel=applepay' },
      { name: 'Visa Mobile', channel: 'visa_mobile' },
    ],
  },
  {
    method: 'PAY_LATER',
    tiles: [
      { channel: 'paypo', name: 'PayPo' },
      { channel: 'imoje_twisto', name: 'Twisto' },
    ],
  },
  { method: 'INSTALLMENTS', tiles: [{ channel: 'inbank', name: 'Inbank instalments' }] },
  { method: 'LEASE', tiles: [{ channel: 'lease', name: 'Lease' }] },
];

/** Makes the view of a payment. */
export function viewOf({ payment, attempt, ...rest }: Wishes = {}): PaymentView {
  const { amount } = payment?.amount ?? { amount: 12_345n };
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
    attempt: attempt && {
      ...{
        number: 1,
        status: 'REJECTED',
        method: 'BLIK',
        channel: 'blik',
        label: 'BLIK',
        startedAt: drawnAt,
        replaceable: false,
      },
      ...attempt,
    },
    money: {
      ...{ givenBack: 0n, comingBack: 0n },
      taken: payment?.status === 'SETTLED' ? amount : 0n,
      reserved: payment?.status === 'AUTHORIZED' ? amount : 0n,
    },
    moneyMayCome: false,
    methods: [{ method: 'BLIK' }],
    unavailable: [],
    opened: {},
    replacing: false,
    formNonce: 'token-1',
    urls,
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

/** The same text with spaces that may break. */
export function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ');
}

/** Draws the page of a payment as the text that goes to the browser, spaces that do not break as plain ones. */
export function draw(wishes: Wishes = {}): string {
  return plain(String(paymentPage(viewOf(wishes))));
}

/** A page without our own style sheet and script: what is left was made from the view. */
export function markupOf(page: string): string {
  return page.replace(/<(style|script) [^>]*>.*?<\/\1>/gs, '');
}

/** The page of a new payment in every shape that several methods give it. */
export function methodPages(wishes: Wishes = {}): string[] {
  const kept = { expiry: '1/29', name: 'Łucja Żak' };
  const problems = [
    { field: 'number', code: 'NUMBER_MISSING' },
    { field: 'expiry', code: 'EXPIRY_MISSING' },
    { field: 'cvv', code: 'CVV_MISSING' },
    { field: 'name', code: 'NAME_MISSING' },
  ] as const;
  const shapes: Wishes[] = [
    {},
    { opened: { method: 'CARD' }, problem: { form: 'CARD', problems, kept } },
    { opened: { method: 'PBL' }, problem: { form: 'PBL', code: 'NONE_CHOSEN' } },
    { opened: { method: 'PAY_LATER' }, problem: { form: 'PAY_LATER', code: 'NONE_CHOSEN' } },
    { opened: { method: 'INSTALLMENTS' }, problem: { form: 'INSTALLMENTS', code: 'NONE_CHOSEN' } },
    { opened: { method: 'LEASE' }, problem: { form: 'LEASE', code: 'NONE_CHOSEN' } },
    { opened: { method: 'WALLET' }, problem: { form: 'WALLET', code: 'TOKEN_INVALID' } },
    { problem: { form: undefined, code: 'METHOD_GONE' } },
    {
      unavailable: [
        { name: 'BLIK', reason: 'ACQUIRER_DOWN' },
        { name: 'Nest Bank', reason: 'OUTSIDE_HOURS', until: drawnAt },
      ],
    },
    { replacing: true, payment: { status: 'PENDING' }, attempt: { status: 'PENDING', label: 'mBank' } },
  ];
  return shapes.map((shape) =>
    draw({ methods: allMethods, ...shape, ...wishes, payment: { ...wishes.payment, ...shape.payment } }),
  );
}
