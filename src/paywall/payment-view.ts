import type { Acquirers } from '../acquirers/port.ts';
import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import { listMethods } from '../payments/list-methods.ts';
import type { PayerState } from './find-payer-state.ts';
import { type FormProblem, isAttemptOpen, type PageFrame, type PaymentView, statusMark } from './pages/view.ts';

/** What a page is told beside the state of its payment. */
export type Showing = {
  readonly acquirers: Acquirers;
  readonly formNonce: string;
  /** The language in the address, which the page's own links keep. */
  readonly lang: string | undefined;
  /** True does not send the payer back to the shop by itself. */
  readonly stay: boolean;
  readonly problem?: FormProblem | undefined;
};

/** Makes the view that a payer's page is drawn from. */
export function toPaymentView(state: PayerState, frame: PageFrame, showing: Showing): PaymentView {
  const { payment, now } = state;
  const path = `/pay/${payment.id}`;
  const lang = showing.lang === undefined ? '' : `lang=${showing.lang}`;
  const withLang = (address: string): string => (lang === '' ? address : `${address}?${lang}`);
  return {
    ...frame,
    now,
    ...shownState(state),
    methods: isOpenForPayers(state) && canPayBlik(state, showing.acquirers) ? [{ method: 'BLIK' }] : [],
    formNonce: showing.formNonce,
    problem: showing.problem,
    returnTo: returnOf(payment, showing.stay),
    urls: {
      self: withLang(path),
      pay: withLang(`${path}/blik`),
      events: `${path}/events`,
      stay: `${path}?stay=1${lang === '' ? '' : `&${lang}`}`,
    },
  };
}

/** The word by which a waiting page learns that it is out of date. */
export function markOf(state: PayerState): string {
  return statusMark(shownState(state));
}

/** Says whether nothing can happen to a payment any more that its payer waits for. */
export function isOver(state: PayerState): boolean {
  const { status } = state.payment;
  return (
    status === 'SETTLED' || ((status === 'CANCELLED' || status === 'EXPIRED') && !isAttemptOpen(shownState(state)))
  );
}

function shownState({ payment, attempt, shop }: PayerState): Pick<PaymentView, 'payment' | 'attempt'> {
  return {
    payment: {
      id: payment.id,
      shopName: shop.name,
      orderId: payment.orderId,
      title: payment.title ?? undefined,
      amount: { amount: payment.amount, currency: payment.currency },
      status: payment.status,
      validUntil: payment.validUntil,
      settledAt: payment.settledAt ?? undefined,
    },
    attempt:
      attempt?.method === 'BLIK'
        ? {
            status: attempt.status,
            method: attempt.method,
            reason: attempt.reason ?? undefined,
            startedAt: attempt.createdAt,
            confirmUntil: attempt.confirmUntil ?? undefined,
          }
        : undefined,
  };
}

function isOpenForPayers({ shop }: PayerState): boolean {
  return shop.status === 'ACTIVE' && shop.merchantActive;
}

function canPayBlik({ payment, shop, now }: PayerState, acquirers: Acquirers): boolean {
  const options = listMethods(acquirers, shop, { currency: payment.currency, wanted: payment.methods, now });
  return options.some((option) => option.method === 'BLIK' && option.channels.includes('blik'));
}

/**
 * Chooses where the shop wants its payer back (imoje protocol, section 3). While nothing is decided the failure address
 * is only for payers who leave without having tried: a shop may cancel the order of whoever arrives there.
 */
function returnOf(payment: Payment, stay: boolean): PaymentView['returnTo'] {
  const { status, successUrl, failureUrl, returnUrl } = payment;
  const over = status === 'SETTLED' || status === 'CANCELLED' || status === 'EXPIRED';
  const special = status === 'SETTLED' ? successUrl : over ? failureUrl : null;
  const url = special ?? returnUrl ?? (status === 'NEW' ? failureUrl : null);
  return url === null ? undefined : { url, automatic: over && !stay };
}
