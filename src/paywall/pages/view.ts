import type { html } from 'hono/html';
import type { Redirect, Unavailability } from '../../acquirers/port.ts';
import type { CardProblem } from '../../cards/check-card.ts';
import type {
  DeclineReason,
  PaymentMethod,
  PaymentStatus,
  ProfileKind,
  TransactionStatus,
} from '../../kernel/db/generated/prisma/enums.ts';
import type { Locale } from '../../kernel/i18n/locales.ts';
import type { Money } from '../../kernel/money.ts';
import type { Channel } from '../../shops/model.ts';
import type { Transfer } from '../../transactions/next-step.ts';

/** A rendered page or a part of one. Everything put into it was escaped. */
export type Html = ReturnType<typeof html>;

/** The widget in whose frame a shop shows a page. */
export type Framed = 'card' | 'instalments';

/** What every page needs to be drawn. */
export type PageFrame = {
  readonly locale: Locale;
  /** The nonce of this answer's Content-Security-Policy. */
  readonly nonce: string;
  /** True draws the yellow bar that says that no money moves here. */
  readonly sandbox: boolean;
  /** Undefined for a page that no shop shows in a frame. */
  readonly framed?: Framed | undefined;
  /** The same page in every language; none where the page has no address of its own. */
  readonly languages: readonly { readonly locale: Locale; readonly href: string }[];
};

/** Everything a payer's page shows of one payment. The pages are functions of this and of nothing else. */
export type PaymentView = PageFrame & {
  /** The present moment, by the merchant's clock: the countdown starts from it. */
  readonly now: Date;
  readonly payment: {
    readonly id: string;
    readonly shopName: string;
    readonly orderId: string;
    readonly title?: string | undefined;
    readonly amount: Money;
    readonly status: PaymentStatus;
    /** Undefined for a payment that never expires. */
    readonly validUntil?: Date | undefined;
    readonly settledAt?: Date | undefined;
  };
  readonly money: MoneyView;
  /** The newest attempt to pay, if there was one. */
  readonly attempt?: AttemptView | undefined;
  /** Another attempt that brought money as well, or may still: the payer began it, and then paid otherwise. */
  readonly otherMoney?: OtherMoney | undefined;
  /** True while any attempt may still bring money, so that "no money was taken" would be a promise too much. */
  readonly moneyMayCome: boolean;
  /** The methods that can pay this payment now, best first. */
  readonly methods: readonly MethodView[];
  /** The channels that could pay it but for the moment, with the reason. */
  readonly unavailable: readonly (Unavailability & { readonly name: string })[];
  /** Of which method the page stores what pays, and for what; undefined: of none. */
  readonly stores?: { readonly method: PaymentMethod; readonly kind: ProfileKind } | undefined;
  /** The form that is open at first, and what is chosen in it; undefined is the first form. */
  readonly opened: { readonly method?: PaymentMethod | undefined; readonly channel?: string | undefined };
  /** Posted back as the field `attempt`: the idempotency key of the attempt, new for each page shown. */
  readonly formNonce: string;
  /** What was wrong with the form that was just posted; undefined on the first showing. */
  readonly problem?: FormProblem | undefined;
  /** True when the page offers to pay otherwise than by an attempt that is running: it warns, and its forms replace it. */
  readonly replacing: boolean;
  /** Where the shop wants its payer back: the success, failure or return address, chosen by the payment's status. */
  readonly returnTo?: ReturnLink | undefined;
  /** Where the shop wants a payer who leaves a card widget; goes out as `returnTo` does. */
  readonly cancelUrl?: string | undefined;
  readonly urls: PageUrls;
};

/** What became of the money of a payment that is reserved or paid, in minor units; all nothing before. */
export type MoneyView = {
  /** Taken from the payer, refunds included. */
  readonly taken: bigint;
  /** Still reserved, and neither taken nor released. */
  readonly reserved: bigint;
  /** What he has got back of what was taken. */
  readonly givenBack: bigint;
  /** What the shop has ordered to be given back beside, and is not there yet. */
  readonly comingBack: bigint;
};

/** An attempt to pay, as its payer sees it. */
export type AttemptView = {
  /** How many attempts there were up to this one. */
  readonly number: number;
  readonly status: TransactionStatus;
  readonly method: PaymentMethod;
  readonly channel: string;
  /** What the payer knows it by: `BLIK`, `mBank`, `Visa ···· 1111`. */
  readonly label: string;
  readonly reason?: DeclineReason | undefined;
  readonly startedAt: Date;
  /** Until when the payer can confirm in the bank's app; undefined when there is nothing to confirm. */
  readonly confirmUntil?: Date | undefined;
  /** The page of the bank or lender where the payer has to go on. */
  readonly bankPage?: Redirect | undefined;
  /** The transfer of his own that the payer has to make. */
  readonly transfer?: TransferView | undefined;
  /** True when the payer may pay otherwise, once he was warned. */
  readonly replaceable: boolean;
};

/** What a payer has to know for a transfer of his own. */
export type TransferView = Transfer & {
  /** By which the simulated bank, at which he can make it, knows it; undefined while the bank gives no answer. */
  readonly reference: string | undefined;
};

/** Money beside that of the attempt shown. */
export type OtherMoney = {
  /** What the payer knows it by: `mBank`. */
  readonly label: string;
  /** True when it came: the payment is paid twice. False when the bank may still take it. */
  readonly arrived: boolean;
};

/** A method with what its form offers. */
export type MethodView =
  | { readonly method: 'BLIK' }
  | { readonly method: 'CARD' }
  | { readonly method: TileMethod; readonly tiles: readonly Tile[] }
  | { readonly method: 'WALLET'; readonly wallets: readonly WalletChoice[] };

/** The methods whose channels, banks, lenders or lessors, are tiles of which the payer chooses one. */
export type TileMethod = 'PBL' | 'PAY_LATER' | 'INSTALLMENTS' | 'LEASE' | 'WIRE_TRANSFER';

/** Where the form of each is posted, below the page of the payment; the tiles have this name on the page. */
export const tilePaths = {
  PBL: 'bank',
  PAY_LATER: 'pay-later',
  INSTALLMENTS: 'instalments',
  LEASE: 'lease',
  WIRE_TRANSFER: 'transfer',
} as const satisfies Record<TileMethod, string>;

/** All of them. */
export const tileMethods = Object.keys(tilePaths) as TileMethod[];

/** Says whether the channels of a method are tiles. */
export function isTileMethod(method: PaymentMethod): method is TileMethod {
  return Object.hasOwn(tilePaths, method);
}

export type Tile = { readonly channel: Channel; readonly name: string };

/** A wallet: where its payer chooses his card; or, where it asks him in its own app, the channel that his choice posts. */
export type WalletChoice =
  | { readonly name: string; readonly href: string }
  | { readonly name: string; readonly channel: string };

export type PageUrls = {
  /** This page; with `stay` when it was opened so. */
  readonly self: string;
  /** Where the form of each method is posted. */
  readonly blik: string;
  readonly card: string;
  /** The card form in a shop's frame, which is posted there as well. */
  readonly widget: string;
  readonly tiles: Readonly<Record<TileMethod, string>>;
  readonly wallet: string;
  /** The methods again, while an attempt is running. */
  readonly otherMethod: string;
  /** Server-sent events: `status` with `statusMark(view)` as data, once on connecting and after every change. */
  readonly events: string;
  /** This page with `returnTo.automatic` false: for a payer who wants to stay and read. */
  readonly stay: string;
};

/** What was wrong with a form. */
export type FormProblem =
  | { readonly form: 'BLIK'; readonly code: 'CODE_MISSING' | 'CODE_NOT_SIX_DIGITS' }
  | {
      readonly form: 'CARD';
      readonly problems: readonly CardProblem[];
      /** What may be shown again: never the number or the security code. */
      readonly kept: { readonly expiry: string; readonly name: string };
    }
  | { readonly form: TileMethod; readonly code: 'NONE_CHOSEN' }
  | { readonly form: 'WALLET'; readonly code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'BRAND_NOT_TAKEN' }
  | { readonly form: undefined; readonly code: 'TOO_MANY_ATTEMPTS' | 'ATTEMPTS_STOPPED' | 'METHOD_GONE' };

export type ReturnLink = {
  /** Goes out byte for byte, only escaped for HTML. Anything but http and https is not drawn at all. */
  readonly url: string;
  /** True sends the payer there after 5 seconds, if the payment is reserved, paid or over. */
  readonly automatic: boolean;
};

/** The state a page was drawn from, as one word; a waiting page reloads when the server tells another one. */
export function statusMark(view: Pick<PaymentView, 'payment' | 'attempt' | 'otherMoney' | 'money'>): string {
  const { attempt, otherMoney, money } = view;
  const next = attempt?.bankPage ? '.GO' : attempt?.status === 'PENDING' && attempt.confirmUntil ? '.CONFIRM' : '';
  const twice = otherMoney?.arrived ? '.TWICE' : '';
  const inPart = money.taken > 0n && money.taken < view.payment.amount.amount;
  const took = inPart ? `.TOOK-${money.taken}` : '';
  const back = money.givenBack + money.comingBack > 0n ? `.BACK-${money.givenBack}-${money.comingBack}` : '';
  const state = attempt ? `${attempt.status}.${attempt.number}` : 'NONE';
  return `${view.payment.status}.${state}${next}${twice}${took}${back}`;
}
