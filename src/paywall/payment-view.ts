import type { Acquirers } from '../acquirers/port.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { Locale } from '../kernel/i18n/locales.ts';
import { type ChannelOption, listMethods, type MethodOption } from '../payments/list-methods.ts';
import { mayBringMoney } from '../payments/may-bring-money.ts';
import { mayReplace, neverExpires } from '../payments/model.ts';
import { channelName, methodName } from '../payments/name-methods.ts';
import { customerIdOf, isStoring, storingChannels } from '../profiles/model.ts';
import { type Channel, channelFacts, isChannel, takesCard } from '../shops/model.ts';
import { nextStepOf, transferOf } from '../transactions/next-step.ts';
import { countMoney } from './count-money.ts';
import { findOtherMoney, isSurplus } from './find-other-money.ts';
import { type PayerState, payingAttempt } from './find-payer-state.ts';
import {
  type AttemptView,
  type FormProblem,
  isTileMethod,
  type MethodView,
  type PageFrame,
  type PageUrls,
  type PaymentView,
  statusMark,
  tilePaths,
} from './pages/view.ts';

/** What a page is told beside the state of its payment. */
export type Showing = {
  readonly acquirers: Acquirers;
  readonly formNonce: string;
  /** The language in the address, which the page's own links keep. */
  readonly lang: string | undefined;
  /** True does not send the payer back to the shop by itself. */
  readonly stay: boolean;
  /** True offers to pay otherwise than by the attempt that is running. */
  readonly replacing: boolean;
  readonly problem?: FormProblem | undefined;
};

/** Makes the view that a payer's page is drawn from. */
export function toPaymentView(state: PayerState, frame: PageFrame, showing: Showing): PaymentView {
  const { payment, now } = state;
  const options = optionsFor(state, showing.acquirers);
  const linkTo = linksOf(payment, showing.lang);
  const attempts = shownAttempts(state, showing.acquirers, frame.locale);
  const { attempt } = attempts;
  const replacing = showing.replacing && attempt?.replaceable === true;
  const walletLink = (channel: Channel): string =>
    linkTo('/wallet', [`channel=${channel}`, ...(replacing ? ['supersede=1'] : [])]);
  return {
    ...frame,
    now,
    payment: shownPayment(state),
    money: countMoney(state),
    ...attempts,
    moneyMayCome: moneyMayCome(state, showing.acquirers),
    methods: options.flatMap((option) => methodView(option, { locale: frame.locale, walletLink })),
    unavailable: options.flatMap((option) => missing(option, frame.locale)),
    stores: storedBy(state),
    opened: openedFor(state, { problem: showing.problem, replacing }),
    formNonce: showing.formNonce,
    problem: showing.problem,
    replacing,
    returnTo: returnOf(state, showing.stay),
    cancelUrl: cancelUrlOf(payment),
    urls: urlsOf(linkTo, showing.stay),
  };
}

/** The word by which a waiting page learns that it is out of date. */
export function markOf(state: PayerState, acquirers: Acquirers): string {
  const attempts = shownAttempts(state, acquirers, 'en');
  return statusMark({ payment: shownPayment(state), money: countMoney(state), ...attempts });
}

/**
 * Says whether the payer waits to hear what he has to do. That is no event, for the state stays PENDING: whoever shows the
 * payment has to look again.
 */
export function waitsForNextStep({ attempts }: PayerState): boolean {
  const last = attempts.at(-1);
  return last?.status === 'PENDING' && last.confirmUntil === null && last.nextStep === null;
}

/** Says whether nothing can happen to a payment any more that its payer waits for. */
export function isOver(state: PayerState, acquirers: Acquirers): boolean {
  const { status } = state.payment;
  const ended = status === 'SETTLED' || status === 'CANCELLED' || status === 'EXPIRED';
  return ended && !moneyMayCome(state, acquirers) && countMoney(state).comingBack === 0n;
}

function moneyMayCome({ attempts, now }: PayerState, acquirers: Acquirers): boolean {
  return attempts.some((attempt) => mayBringMoney(attempt, acquirers, now));
}

function shownPayment({ payment, shop }: PayerState): PaymentView['payment'] {
  return {
    id: payment.id,
    shopName: shop.name,
    orderId: payment.orderId,
    title: payment.title ?? undefined,
    amount: { amount: payment.amount, currency: payment.currency },
    status: payment.status,
    validUntil: payment.validUntil < neverExpires ? payment.validUntil : undefined,
    settledAt: payment.settledAt ?? undefined,
  };
}

/** The attempt that paid, or until there is one the newest; and what came beside it. */
function shownAttempts(
  state: PayerState,
  acquirers: Acquirers,
  locale: Locale,
): Pick<PaymentView, 'attempt' | 'otherMoney'> {
  const { attempts } = state;
  const shown = payingAttempt(attempts) ?? attempts.at(-1);
  const other = findOtherMoney(state, acquirers, shown);
  return {
    attempt: shown && attemptView(state, shown, locale),
    otherMoney: other && { label: labelOf(other, locale), arrived: isSurplus(other) },
  };
}

/** What a payer knows an attempt by. */
function labelOf({ channel, method }: Transaction, locale: Locale): string {
  return isChannel(channel) ? channelName(channel, locale) : methodName(method, locale);
}

function attemptView({ attempts, now }: PayerState, attempt: Transaction, locale: Locale): AttemptView {
  const transfer = transferOf(attempt);
  return {
    number: attempts.indexOf(attempt) + 1,
    status: attempt.status,
    method: attempt.method,
    channel: attempt.channel,
    label: labelOf(attempt, locale),
    reason: attempt.reason ?? undefined,
    startedAt: attempt.createdAt,
    confirmUntil: attempt.confirmUntil ?? undefined,
    bankPage: attempt.status === 'PENDING' ? nextStepOf(attempt) : undefined,
    transfer: transfer && { ...transfer, reference: attempt.status === 'PENDING' ? attempt.id : undefined },
    replaceable: mayReplace(attempt, now) === 'after-warning',
  };
}

/** The usual channel of what is entered on a payment's page. */
const usualChannels = { CARD: 'ecom3ds', BLIK: 'blik' } as const;

/**
 * The channel of the card or the code that is entered on a payment's page: the one that the shop asked for, by the attempt that
 * waits for it or with the payment, which may store it; else the usual one.
 */
export function channelFor(method: keyof typeof usualChannels, { payment, attempts, shop }: PayerState): Channel {
  const last = attempts.at(-1);
  const asked = last?.status === 'NEW' ? last.channel : (payment.preselectChannel ?? '');
  const isAsked = isStoring(asked) && channelFacts(asked).method === method;
  return isAsked && shop.channels.includes(asked) && customerIdOf(payment) !== undefined
    ? asked
    : usualChannels[method];
}

function storedBy(state: PayerState): PaymentView['stores'] {
  const channel = [channelFor('CARD', state), channelFor('BLIK', state)].find(isStoring);
  return channel && { method: channelFacts(channel).method, kind: storingChannels[channel] };
}

/**
 * Channels of which the payer's pages have a form, beside card, code and those that are tiles; what else a method has is for
 * shops that ask for it by name.
 */
const channelsWithForm: readonly Channel[] = ['gpay', 'applepay', 'visa_mobile'];

function optionsFor(state: PayerState, acquirers: Acquirers): MethodOption[] {
  const { payment, shop, now } = state;
  const entered = [channelFor('CARD', state), channelFor('BLIK', state), ...channelsWithForm];
  if (shop.status !== 'ACTIVE' || !shop.merchantActive) return [];
  const { amount, currency, methods: wanted, documents } = payment;
  const wish = { amount, currency, wanted, documents, now, includeUnavailable: true };
  const hasForm = (channel: Channel): boolean =>
    entered.includes(channel) || isTileMethod(channelFacts(channel).method);
  return listMethods(acquirers, shop, wish).flatMap((found) => {
    const options = found.options.filter(({ channel }) => hasForm(channel));
    return options.length === 0 ? [] : [{ ...found, options, channels: found.channels.filter(hasForm) }];
  });
}

function methodView(
  { method, channels }: MethodOption,
  { locale, walletLink }: { readonly locale: Locale; readonly walletLink: (channel: Channel) => string },
): MethodView[] {
  if (channels.length === 0) return [];
  const named = channels.map((channel) => ({ channel, name: channelName(channel, locale) }));
  switch (method) {
    case 'BLIK':
    case 'CARD':
      return [{ method }];
    case 'WALLET':
      return [
        {
          method,
          wallets: named.map(({ channel, name }) =>
            takesCard(channel) ? { name, href: walletLink(channel) } : { name, channel },
          ),
        },
      ];
    default:
      return isTileMethod(method) ? [{ method, tiles: named }] : [];
  }
}

/** What cannot pay at this moment; a whole method that is out of order is one line and not one for each bank. */
function missing({ method, options, channels }: MethodOption, locale: Locale): PaymentView['unavailable'] {
  const isDown = ({ unavailable }: ChannelOption): boolean => unavailable?.reason === 'ACQUIRER_DOWN';
  if (channels.length === 0 && options.every(isDown)) {
    return [{ name: methodName(method, locale), reason: 'ACQUIRER_DOWN' }];
  }
  return options.flatMap(({ channel, unavailable }) =>
    unavailable ? [{ ...unavailable, name: channelName(channel, locale) }] : [],
  );
}

/** What the payer was busy with; else what he tried last, unless he wants another; or what the shop preselected, if it offers it. */
function openedFor(
  { payment, attempts, shop }: PayerState,
  { problem, replacing }: Pick<Showing, 'problem' | 'replacing'>,
): PaymentView['opened'] {
  if (replacing) return { method: problem?.form };
  const tried = attempts.at(-1)?.channel;
  const asked = tried ?? payment.preselectChannel ?? '';
  const channel = isChannel(asked) && (tried !== undefined || shop.channels.includes(asked)) ? asked : undefined;
  return { method: problem?.form ?? (channel && channelFacts(channel).method), channel };
}

function cancelUrlOf({ documents }: Payment): string | undefined {
  const { urlCancel } = (documents ?? {}) as { readonly urlCancel?: unknown };
  return typeof urlCancel === 'string' ? urlCancel : undefined;
}

/** Says whether a card widget opened a payment, so that shops may show its card form in a frame. */
export function isOfWidget({ documents }: Pick<Payment, 'documents'>): boolean {
  const { widget } = (documents ?? {}) as { readonly widget?: unknown };
  return widget === true;
}

/** Makes an address below a payment's page. */
type LinkTo = (path: string, query?: readonly string[]) => string;

/** The addresses below a payment's page; `lang` is kept in each of them. */
export function linksOf({ id }: Pick<Payment, 'id'>, lang: string | undefined): LinkTo {
  return (path, query = []) => {
    const all = lang === undefined ? query : [...query, `lang=${lang}`];
    return `/pay/${id}${path}${all.length === 0 ? '' : `?${all.join('&')}`}`;
  };
}

function urlsOf(linkTo: LinkTo, stay: boolean): PageUrls {
  return {
    self: linkTo('', stay ? ['stay=1'] : []),
    blik: linkTo('/blik'),
    card: linkTo('/card'),
    widget: linkTo('/widget'),
    tiles: {
      PBL: linkTo(`/${tilePaths.PBL}`),
      PAY_LATER: linkTo(`/${tilePaths.PAY_LATER}`),
      INSTALLMENTS: linkTo(`/${tilePaths.INSTALLMENTS}`),
      LEASE: linkTo(`/${tilePaths.LEASE}`),
      WIRE_TRANSFER: linkTo(`/${tilePaths.WIRE_TRANSFER}`),
    },
    wallet: linkTo('/wallet'),
    otherMethod: linkTo('/other'),
    events: linkTo('/events'),
    stay: linkTo('', ['stay=1']),
  };
}

/**
 * Chooses where the shop wants its payer back (imoje protocol, section 3): the payment's address, or the one that came with
 * the attempt. To a payer money that is reserved is paid. While nothing is decided the failure address is only for payers
 * who leave without having tried: a shop may cancel the order of whoever arrives there.
 */
function returnOf({ payment, attempts }: PayerState, stay: boolean): PaymentView['returnTo'] {
  const { status, successUrl, failureUrl } = payment;
  const paid = status === 'SETTLED' || status === 'AUTHORIZED';
  const lost = status === 'CANCELLED' || status === 'EXPIRED';
  const special = paid ? successUrl : lost ? failureUrl : null;
  const returnUrl = payment.returnUrl ?? attempts.at(-1)?.returnUrl ?? null;
  const url = special ?? returnUrl ?? (status === 'NEW' ? failureUrl : null);
  return url === null ? undefined : { url, automatic: (paid || lost) && !stay };
}
