// Written by `npm run schema` from schema.graphql and client/operations.graphql; do not edit.
import type { TypedDocument } from '../document.ts';

/** When the money of cards and wallets is taken. Other methods have no authorisation and settle at once. */
export type CaptureMode =
  | 'AUTOMATIC'
  | 'MANUAL';

/** Where a capture stands. */
export type CaptureStatus =
  | 'NEW'
  | 'PENDING'
  | 'REJECTED'
  | 'SETTLED'
  | 'UNKNOWN';

/** ISO 4217; all have two decimals, so 100 minor units are one unit. */
export type Currency =
  | 'CHF'
  | 'CZK'
  | 'EUR'
  | 'GBP'
  | 'HUF'
  | 'PLN'
  | 'RON'
  | 'USD';

/** Why an attempt ended without money. */
export type DeclineReason =
  | 'ALIAS_DECLINED'
  | 'AMOUNT_MISMATCH'
  | 'AUTHENTICATION_FAILED'
  | 'CARD_EXPIRED'
  | 'CARD_INVALID'
  | 'CODE_EXPIRED'
  | 'CODE_INVALID'
  | 'GENERAL'
  | 'INSUFFICIENT_FUNDS'
  | 'ISSUER_DECLINED'
  | 'LIMIT_EXCEEDED'
  | 'NOT_CONFIRMED'
  | 'NOT_SENT'
  | 'NO_ANSWER'
  | 'PAYER_DECLINED'
  | 'PAYMENT_CANCELLED'
  | 'PAYMENT_EXPIRED'
  | 'SECURITY'
  | 'SUPERSEDED'
  | 'TECHNICAL'
  | 'VOIDED';

/** Kinds of facts, NOUN_STATE. New ones may come; pass over what you do not know. */
export type EventType =
  | 'CAPTURE_PENDING'
  | 'CAPTURE_REJECTED'
  | 'CAPTURE_SETTLED'
  | 'CAPTURE_UNKNOWN'
  | 'DISPUTE_LOST'
  | 'DISPUTE_OPEN'
  | 'DISPUTE_WON'
  | 'PAYMENT_AUTHORIZED'
  | 'PAYMENT_CANCELLED'
  | 'PAYMENT_CREATED'
  | 'PAYMENT_EXPIRED'
  | 'PAYMENT_NEW'
  | 'PAYMENT_PENDING'
  | 'PAYMENT_SETTLED'
  | 'PAYOUT_RETURNED'
  | 'PAYOUT_SCHEDULED'
  | 'PAYOUT_SENT'
  | 'PAYOUT_SETTLED'
  | 'PROFILE_ACTIVE'
  | 'PROFILE_DEACTIVATED'
  | 'PROFILE_EXPIRED'
  | 'REFUND_PENDING'
  | 'REFUND_REJECTED'
  | 'REFUND_SETTLED'
  | 'REFUND_UNKNOWN'
  | 'SHOP_ACTIVE'
  | 'SHOP_CLOSED'
  | 'SHOP_REFUSED'
  | 'SHOP_SUSPENDED'
  | 'TRANSACTION_AUTHORIZED'
  | 'TRANSACTION_CANCELLED'
  | 'TRANSACTION_ERROR'
  | 'TRANSACTION_EXPIRED'
  | 'TRANSACTION_HELD'
  | 'TRANSACTION_NEW'
  | 'TRANSACTION_PENDING'
  | 'TRANSACTION_REJECTED'
  | 'TRANSACTION_SETTLED'
  | 'TRANSACTION_SUBMITTED'
  | 'TRANSACTION_UNKNOWN'
  | 'VOID_PENDING'
  | 'VOID_REJECTED'
  | 'VOID_SETTLED'
  | 'VOID_UNKNOWN';

/** Languages of the payer's pages, ISO 639-1. */
export type Locale =
  | 'cs'
  | 'de'
  | 'en'
  | 'es'
  | 'fr'
  | 'it'
  | 'lt'
  | 'pl'
  | 'ru'
  | 'sk'
  | 'sl'
  | 'uk';

/** Whether a payment link makes payments. */
export type PaymentLinkStatus =
  | 'ACTIVE'
  | 'DISABLED'
  | 'EXPIRED'
  | 'USED_UP';

/** Ways to pay; each has one or more channels. */
export type PaymentMethod =
  | 'BLIK'
  | 'CARD'
  | 'INSTALLMENTS'
  | 'LEASE'
  | 'PAY_LATER'
  | 'PBL'
  | 'WALLET'
  | 'WIRE_TRANSFER';

/** Where a payment stands. */
export type PaymentStatus =
  | 'AUTHORIZED'
  | 'CANCELLED'
  | 'EXPIRED'
  | 'NEW'
  | 'PENDING'
  | 'SETTLED';

/** Where a payout stands. */
export type PayoutStatus =
  | 'RETURNED'
  | 'SCHEDULED'
  | 'SENT'
  | 'SETTLED';

/** Who orders the charges of a stored instrument. */
export type ProfileKind =
  | 'ONE_CLICK'
  | 'RECURRING';

/** Where a stored instrument stands. */
export type ProfileStatus =
  | 'ACTIVE'
  | 'DEACTIVATED'
  | 'EXPIRED';

/** Where a refund stands. */
export type RefundStatus =
  | 'NEW'
  | 'PENDING'
  | 'REJECTED'
  | 'SETTLED'
  | 'UNKNOWN';

/** Why something was refused. New codes may come; treat one you do not know as a refusal. */
export type RefusalCode =
  | 'ACCESS_CLAIMED'
  | 'ADDRESS_BY_MESSAGE'
  | 'AMOUNT_OUT_OF_RANGE'
  | 'ATTEMPT_IN_PROGRESS'
  | 'BALANCE_TOO_LOW'
  | 'CURRENCY_NOT_AVAILABLE'
  | 'CURSOR_EXPIRED'
  | 'CURSOR_INVALID'
  | 'FORBIDDEN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'INVALID_INPUT'
  | 'LINK_NOT_ACTIVE'
  | 'MAIL_NOT_AVAILABLE'
  | 'MERCHANT_NOT_ACTIVE'
  | 'METHOD_NOT_AVAILABLE'
  | 'NOT_CAPTURABLE'
  | 'NOT_FOUND'
  | 'NOT_VOIDABLE'
  | 'PAYMENT_NOT_PAYABLE'
  | 'PROFILE_NOT_ACTIVE'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'REFUND_EXCEEDS_AMOUNT'
  | 'REFUND_WINDOW_CLOSED'
  | 'SETTLEMENT_FIXED'
  | 'SHOP_NOT_ACTIVE'
  | 'SLOW_CONSUMER'
  | 'TIMEOUT'
  | 'TOO_MANY_REPORTS'
  | 'TOO_MANY_SCHEDULES'
  | 'TRANSACTION_NOT_SETTLED'
  | 'UNAUTHENTICATED'
  | 'UNAVAILABLE'
  | 'WRONG_STATE';

/** Where a shop stands. Only an ACTIVE one takes payments. */
export type ShopStatus =
  | 'ACTIVE'
  | 'CLOSED'
  | 'REFUSED'
  | 'SUBMITTED'
  | 'SUSPENDED';

/** A rate of Polish VAT, or why there is none. */
export type TaxStake =
  | 'TAX_0'
  | 'TAX_3'
  | 'TAX_5'
  | 'TAX_7'
  | 'TAX_8'
  | 'TAX_22'
  | 'TAX_23'
  | 'TAX_EXCLUDING'
  | 'TAX_EXEMPT'
  | 'TAX_NOT_LIABLE'
  | 'TAX_REVERSE_CHARGE';

/** Where an attempt to pay stands. */
export type TransactionStatus =
  | 'AUTHORIZED'
  | 'CANCELLED'
  | 'ERROR'
  | 'EXPIRED'
  | 'NEW'
  | 'PENDING'
  | 'REJECTED'
  | 'SETTLED'
  | 'SUBMITTED'
  | 'UNKNOWN';

/** Where a void stands. */
export type VoidStatus =
  | 'NEW'
  | 'PENDING'
  | 'REJECTED'
  | 'SETTLED'
  | 'UNKNOWN';

/** Where a notification stands. */
export type WebhookDeliveryStatus =
  | 'DELIVERED'
  | 'FAILED'
  | 'PENDING'
  | 'SUPERSEDED';

/** How the payer shows himself to BLIK. */
export type BlikInput = {
  /** Which bank app, when the alias stands for several. */
  readonly appKey?: string | null | undefined;
  /** Six digits from the bank app, good for 120 seconds; spaces are passed over. */
  readonly code?: string | null | undefined;
  /** A stored alias of the payer, which pays without a code; he confirms in the bank app as with one. */
  readonly profileId?: string | null | undefined;
};

/** Which payment shall not be paid any more. */
export type CancelPaymentInput = {
  /** The payment. */
  readonly paymentId: string;
};

/** Which authorised money is to be taken. */
export type CaptureTransactionInput = {
  /** Minor units: 1 to what is capturable; left out, all of it. */
  readonly amount?: number | null | undefined;
  /** 1 to 255 characters, unique per shop: the same key and input give the same capture. */
  readonly idempotencyKey: string;
  /** An AUTHORIZED transaction. */
  readonly transactionId: string;
};

/** What is bought. The method LEASE needs it: items of 1,000.00 PLN net each, 5,000.00 PLN net together. */
export type CartInput = {
  /** At most 1,000. */
  readonly items: ReadonlyArray<CartItemInput>;
};

/** Something that is bought. */
export type CartItemInput = {
  /** Net price of one, 0 to 999,999,999. */
  readonly amount: number;
  /** 1 to 1,000 characters. */
  readonly name: string;
  /** The shop's own number of it: 1 to 255 characters. */
  readonly number: string;
  /** How many, 1 to 1,000,000. */
  readonly quantity: number;
  /** VAT of one, 0 to 999,999,999. */
  readonly tax: number;
  /** The rate of that. */
  readonly taxStake: TaxStake;
};

/** What is to be taken from a stored instrument. */
export type ChargeProfileInput = {
  /** 1 to 999,999,999 minor units. */
  readonly amount: number;
  /** Which bank app, when several hold a BLIK alias. */
  readonly appKey?: string | null | undefined;
  /** One that the shop takes. */
  readonly currency: Currency;
  /** 1 to 255 characters, unique per shop among payments and charges: the same key and input give the same charge. */
  readonly idempotencyKey: string;
  /** Where notifications go, instead of the shop's address. */
  readonly notificationUrl?: string | null | undefined;
  /** The shop's own number: 1 to 100 characters, need not be unique. */
  readonly orderId: string;
  /** The stored instrument. */
  readonly profileId: string;
  /** The shop at which it was stored. */
  readonly shopId: string;
  /** What the payer reads: at most 255 characters. */
  readonly title?: string | null | undefined;
};

/** What is to be paid, by whom, and where the payer and the news go afterwards. */
export type CreatePaymentInput = {
  /** 1 to 999,999,999 minor units. */
  readonly amount: number;
  /** When the money of cards and wallets is taken; left out, the shop's setting. */
  readonly capture?: CaptureMode | null | undefined;
  /** What is bought, for the method LEASE. */
  readonly cart?: CartInput | null | undefined;
  /** One that the shop takes. */
  readonly currency: Currency;
  /** The payer. */
  readonly customer: CustomerInput;
  /** The shop's own name of the payer, under which the channels oneclick and recurring store his card: 1 to 100 letters (A-Z, a-z), digits, _ and -. */
  readonly customerId?: string | null | undefined;
  /** Where the payer goes when it cannot be paid any more. */
  readonly failureUrl?: string | null | undefined;
  /** 1 to 255 characters, unique per shop among payments and charges: the same key and input give the same payment. */
  readonly idempotencyKey: string;
  /** The invoice that is paid, for the channel wt_split. */
  readonly invoice?: InvoiceInput | null | undefined;
  /** Language of the payer's pages; left out, the browser decides. */
  readonly locale?: Locale | null | undefined;
  /** Offer only these; left out or empty, all of the shop. */
  readonly methods?: ReadonlyArray<PaymentMethod> | null | undefined;
  /** Where notifications go, instead of the shop's address. */
  readonly notificationUrl?: string | null | undefined;
  /** The shop's own number: 1 to 100 characters, need not be unique. */
  readonly orderId: string;
  /** Where the payer goes when neither of the others is given. */
  readonly returnUrl?: string | null | undefined;
  /** What of it goes to others, at most 100; what is left is the shop’s. */
  readonly shares?: ReadonlyArray<ShareInput> | null | undefined;
  /** Who asks for the money. */
  readonly shopId: string;
  /** Where the payer goes once it is paid. */
  readonly successUrl?: string | null | undefined;
  /** What the payer reads: at most 255 characters. */
  readonly title?: string | null | undefined;
  /** At least 60 seconds ahead; left out, the shop's setting or 15 months. */
  readonly validUntil?: string | null | undefined;
};

/** What the payments of a link ask for, and how many of them there may be. */
export type CreatePaymentLinkInput = {
  /** 1 to 999,999,999 minor units. */
  readonly amount: number;
  /** When the money of cards and wallets is taken; left out, the shop's setting. */
  readonly capture?: CaptureMode | null | undefined;
  /** One that the shop takes. */
  readonly currency: Currency;
  /** The payer; left out, each payer says who he is. */
  readonly customer?: CustomerInput | null | undefined;
  /** The shop's own note of at most 4,000 characters; payers do not see it. */
  readonly description?: string | null | undefined;
  /** Where the payer goes when it cannot be paid any more. */
  readonly failureUrl?: string | null | undefined;
  /** 1 to 255 characters, unique per shop: the same key and input give the same link. */
  readonly idempotencyKey: string;
  /** Language of the payer's pages; left out, the browser decides. */
  readonly locale?: Locale | null | undefined;
  /** Offer only these; left out or empty, all of the shop. */
  readonly methods?: ReadonlyArray<PaymentMethod> | null | undefined;
  /** Where notifications go, instead of the shop's address. */
  readonly notificationUrl?: string | null | undefined;
  /** The shop's own number, which all its payments carry: 1 to 100 characters. */
  readonly orderId: string;
  /** Where the payer goes when neither of the others is given. */
  readonly returnUrl?: string | null | undefined;
  /** Who asks for the money. */
  readonly shopId: string;
  /** Where the payer goes once it is paid. */
  readonly successUrl?: string | null | undefined;
  /** What the payer reads: at most 255 characters. */
  readonly title?: string | null | undefined;
  /** How many payments it makes that are paid or can be: 1 to 1,000,000; null: without end. */
  readonly usesMax?: number | null | undefined;
  /** At least 60 seconds ahead; left out, it has no end. */
  readonly validUntil?: string | null | undefined;
};

/** What is to be given back. */
export type CreateRefundInput = {
  /** Minor units: 1 to what is left. */
  readonly amount: number;
  /** 1 to 255 characters, unique per shop: the same key and input give the same refund. */
  readonly idempotencyKey: string;
  /** Why, for the shop’s books: at most 255 characters. */
  readonly reason?: string | null | undefined;
  /** What recipients of a basket bear; the rest is the shop’s. Left out, all bear it in proportion to what they have left. */
  readonly shares?: ReadonlyArray<RefundShareInput> | null | undefined;
  /** A settled transaction. */
  readonly transactionId: string;
};

/** The payer as the shop knows him. */
export type CustomerInput = {
  /** At most 200 characters. */
  readonly company?: string | null | undefined;
  /** At most 200 characters. */
  readonly email?: string | null | undefined;
  /** 1 to 100 characters. */
  readonly firstName: string;
  /** 1 to 100 characters. */
  readonly lastName: string;
  /** At most 20 digits, spaces, plus and minus signs. */
  readonly phone?: string | null | undefined;
  /** At most 30 characters; in Poland the NIP. */
  readonly taxId?: string | null | undefined;
};

/** What is to be ended. */
export type DeactivateProfileInput = {
  /** Takes this bank app out of a BLIK alias; with no other left, the alias ends. */
  readonly appKey?: string | null | undefined;
  /** The stored instrument. */
  readonly profileId: string;
};

/** Which link shall make no more payments. */
export type DisablePaymentLinkInput = {
  /** The link. */
  readonly id: string;
};

/** The company that buys. */
export type InvoiceBuyerInput = {
  /** Of the tax number: two letters (ISO 3166-1). */
  readonly country: string;
  /** 1 to 200 characters. */
  readonly name: string;
  /** 1 to 30 characters; in Poland the NIP. */
  readonly taxNumber: string;
};

/** The invoice that is paid. The channel wt_split (a transfer with split payment) needs it. */
export type InvoiceInput = {
  /** Who buys. */
  readonly buyer: InvoiceBuyerInput;
  /** At most 35 characters. */
  readonly number: string;
  /** At most 1,000. */
  readonly positions: ReadonlyArray<InvoicePositionInput>;
};

/** A line of an invoice. */
export type InvoicePositionInput = {
  /** Price of one with VAT. */
  readonly grossAmount: number;
  /** 1 to 1,000 characters. */
  readonly name: string;
  /** How many, 1 to 1,000,000. */
  readonly quantity: number;
  /** The VAT of the whole line. */
  readonly taxAmount: number;
  /** The rate of VAT. */
  readonly taxStake: TaxStake;
};

/** What the payments of a list must fit; all conditions at once. */
export type PaymentFilter = {
  /** Made before this moment. */
  readonly createdBefore?: string | null | undefined;
  /** Made at this moment or later. */
  readonly createdFrom?: string | null | undefined;
  /** This currency. */
  readonly currency?: Currency | null | undefined;
  /** Exactly this order number. */
  readonly orderId?: string | null | undefined;
  /** One of these states; none fits an empty list. */
  readonly status?: ReadonlyArray<PaymentStatus> | null | undefined;
};

/** What the payouts of a list must fit; all conditions at once. */
export type PayoutFilter = {
  /** In one of these currencies; none fits an empty list. */
  readonly currency?: ReadonlyArray<Currency> | null | undefined;
  /** For this business day or a later one. */
  readonly from?: string | null | undefined;
  /** In one of these states; none fits an empty list. */
  readonly status?: ReadonlyArray<PayoutStatus> | null | undefined;
  /** For this business day or an earlier one. */
  readonly until?: string | null | undefined;
};

/** What the refunds of a list must fit; all conditions at once. */
export type RefundFilter = {
  /** Ordered before this moment. */
  readonly createdBefore?: string | null | undefined;
  /** Ordered at this moment or later. */
  readonly createdFrom?: string | null | undefined;
  /** One of these states; none fits an empty list. */
  readonly status?: ReadonlyArray<RefundStatus> | null | undefined;
  /** Of this transaction. */
  readonly transactionId?: string | null | undefined;
};

/** What one recipient is to bear of a refund. */
export type RefundShareInput = {
  /** 1 to what he has left of the transaction. */
  readonly amount: number;
  /** A recipient of the transaction, once. */
  readonly recipientId: string;
};

/** What one recipient is to get of a payment. */
export type ShareInput = {
  /** At least 1 minor unit. */
  readonly amount: number;
  /** His account in Poland: 26 digits, with or without PL; spaces do not matter. */
  readonly iban: string;
  /** Whom it is for: 1 to 70 characters. */
  readonly label: string;
  /** What he reads on his statement: at most 105 characters; if one has it, all must. */
  readonly title?: string | null | undefined;
};

/** An attempt to pay a payment, from the shop's own page. */
export type StartTransactionInput = {
  /** For the method BLIK. */
  readonly blik?: BlikInput | null | undefined;
  /** The exact variant; left out, the shop's first channel of the method. */
  readonly channel?: string | null | undefined;
  /** 1 to 255 characters, unique per shop: the same key and input give the same attempt. */
  readonly idempotencyKey: string;
  /** How it is paid. */
  readonly method: PaymentMethod;
  /** The payer's IPv4 or IPv6 address. With it, one payer whose attempts are refused too often is slowed down and stopped, and not the whole shop. */
  readonly payerIp?: string | null | undefined;
  /** What is to be paid. */
  readonly paymentId: string;
  /** Where the payer comes back to after a redirect. */
  readonly returnUrl?: string | null | undefined;
  /** True ends an attempt that waits for the payer elsewhere, once he was warned that it may still bring money; left out, such a wish is refused with ATTEMPT_IN_PROGRESS. */
  readonly supersede?: boolean | null | undefined;
  /** For the channels gpay and applepay; left out, the payer is sent to a page of ours to choose. */
  readonly wallet?: WalletInput | null | undefined;
};

/** What the transactions of a list must fit; all conditions at once. */
export type TransactionFilter = {
  /** Started before this moment. */
  readonly createdBefore?: string | null | undefined;
  /** Started at this moment or later. */
  readonly createdFrom?: string | null | undefined;
  /** One of these methods; none fits an empty list. */
  readonly method?: ReadonlyArray<PaymentMethod> | null | undefined;
  /** Attempts on this payment. */
  readonly paymentId?: string | null | undefined;
  /** One of these states; none fits an empty list. */
  readonly status?: ReadonlyArray<TransactionStatus> | null | undefined;
};

/** Settings to change; what is left out stays. `notificationUrl` and `paymentValiditySeconds` are cleared by null, nothing else is. */
export type UpdateShopInput = {
  /** When the money of cards and wallets is taken. */
  readonly capture?: CaptureMode | null | undefined;
  /** Language of the payer's pages. */
  readonly locale?: Locale | null | undefined;
  /** 1 to 100 characters. */
  readonly name?: string | null | undefined;
  /** Where notifications go. In production public, on a default port; else INVALID_INPUT. */
  readonly notificationUrl?: string | null | undefined;
  /** 60 to 40,000,000 seconds. */
  readonly paymentValiditySeconds?: number | null | undefined;
  /** 0 to 600,000 milliseconds. */
  readonly sandboxDelayMs?: number | null | undefined;
  /** Any value is answered SETTLEMENT_FIXED: the way of settling is part of the contract. */
  readonly settlement?: string | null | undefined;
  /** The shop to change. */
  readonly shopId: string;
  /** Any value is answered ADDRESS_BY_MESSAGE: the bank changes the address (`sendMessage`). */
  readonly url?: string | null | undefined;
};

/** Which authorised money is to be released. */
export type VoidTransactionInput = {
  /** 1 to 255 characters, unique per shop: the same key and input give the same void. */
  readonly idempotencyKey: string;
  /** An AUTHORIZED transaction. */
  readonly transactionId: string;
};

/** What a wallet on the payer’s device gave. */
export type WalletInput = {
  /** The encrypted payment token as the wallet gave it: JSON of Google Pay (ECv1, ECv2) or Apple Pay (EC_v1). */
  readonly token: string;
};

/** What the deliveries of a list must fit; all conditions at once. */
export type WebhookDeliveryFilter = {
  /** About this payment. */
  readonly paymentId?: string | null | undefined;
  /** One of these states; none fits an empty list. */
  readonly status?: ReadonlyArray<WebhookDeliveryStatus> | null | undefined;
};

/** An amount in one currency. */
export type Money = {
  /** Minor units: 1234 is 12.34. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: Currency;
};

/** What a payer is asked to pay once. It may take several attempts (transactions). */
export type Payment = {
  /** UUID. */
  readonly id: string;
  /** The shop's own number; need not be unique. */
  readonly orderId: string;
  /** What the payer reads. */
  readonly title: string | null;
  /** Where it stands. */
  readonly status: PaymentStatus;
  /** What is to be paid. */
  readonly amount: Money;
  /** What has been refunded or is ordered to be. */
  readonly refunded: Money;
  /** The payer's page: pay, see the status, try again. */
  readonly url: string;
  /** When the money of cards and wallets is taken. */
  readonly capture: CaptureMode;
  /** Methods offered; empty: all of the shop. */
  readonly methods: ReadonlyArray<PaymentMethod>;
  /** When it was made. */
  readonly createdAt: string;
  /** When it expires unpaid; the end of the year 9999 is never. */
  readonly validUntil: string;
  /** When the money arrived. */
  readonly settledAt: string | null;
};

/** One attempt to pay a payment with one method. */
export type Transaction = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: TransactionStatus;
  /** How it is paid. */
  readonly method: PaymentMethod;
  /** The exact variant: `blik`, `mtransfer`, … */
  readonly channel: string;
  /** Why it ended without money; null while it runs and when it settled. */
  readonly reason: DeclineReason | null;
  /** The code of the refusal on the imoje wire: `BLK-ERROR-210015`, `CODE_51`. `CODE_SD` while a card that was declined softly is challenged. */
  readonly code: string | null;
  /** What is asked for. */
  readonly amount: Money;
  /** What was taken so far: at most `amount`. */
  readonly captured: Money;
  /** What is authorised and neither captured nor being captured. */
  readonly capturable: Money;
  /** Until when it can be captured: seven days from the authorisation; null when it never was authorised. */
  readonly authorizedUntil: string | null;
  /** The money came after the attempt or its payment was over. */
  readonly late: boolean;
  /** Another attempt had paid already; refund this one. */
  readonly surplus: boolean;
  /** What it costs the merchant; null until it has settled. */
  readonly commission: {
    /** The commission, half up to the minor unit. */
    readonly amount: Money;
    /** The rate as a decimal percentage: "1.59". */
    readonly ratePercent: string;
    /** Why this rate, for people. */
    readonly rule: string;
  } | null;
  /** What it pays. */
  readonly payment: {
    /** UUID. */
    readonly id: string;
    /** The shop's own number; need not be unique. */
    readonly orderId: string;
    /** Where it stands. */
    readonly status: PaymentStatus;
  };
  /** When it was started. */
  readonly createdAt: string;
  /** When the money was taken. */
  readonly settledAt: string | null;
};

/** One attempt to pay a payment with one method. */
export type Charged = {
  /** UUID. */
  readonly id: string;
  /** What it pays. */
  readonly payment: {
    /** UUID. */
    readonly id: string;
    /** The shop's own number; need not be unique. */
    readonly orderId: string;
  };
};

/** Taking authorised money. A method without authorisation has exactly one, made with the settlement. */
export type Capture = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: CaptureStatus;
  /** The acquirer’s code when it refused. */
  readonly code: string | null;
  /** What is taken. */
  readonly amount: Money;
  /** When it was ordered. */
  readonly createdAt: string;
  /** When the money was taken. */
  readonly settledAt: string | null;
};

/** Releasing authorised money: all of it, or what is left after captures. */
export type Void = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: VoidStatus;
  /** The acquirer’s code when it refused. */
  readonly code: string | null;
  /** What is released. */
  readonly amount: Money;
  /** When it was ordered. */
  readonly createdAt: string;
  /** When it was released. */
  readonly settledAt: string | null;
};

/** Money back to the payer of one settled transaction. */
export type Refund = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: RefundStatus;
  /** The acquirer’s code when it refused. */
  readonly code: string | null;
  /** Why, as the shop noted it. */
  readonly reason: string | null;
  /** What the payer gets. */
  readonly amount: Money;
  /** What is refunded. */
  readonly transaction: Charged;
  /** When it was ordered. */
  readonly createdAt: string;
  /** When it was settled. */
  readonly settledAt: string | null;
};

/** A template of payments with an address to send. Whoever opens the address can pay. */
export type PaymentLink = {
  /** UUID. */
  readonly id: string;
  /** Whether it makes payments now. */
  readonly status: PaymentLinkStatus;
  /** The shop's own number. */
  readonly orderId: string;
  /** What the payer reads. */
  readonly title: string | null;
  /** What each of its payments asks for. */
  readonly amount: Money;
  /** The address to send. */
  readonly url: string;
  /** The address as a QR code to print or show: an SVG image. */
  readonly qrUrl: string;
  /** How many of its uses are taken: its payments, without those that expired before anybody tried to pay them. */
  readonly uses: number;
  /** How many payments it makes; null: without end. */
  readonly usesMax: number | null;
  /** Its end; null: none. */
  readonly validUntil: string | null;
  /** When it was disabled. */
  readonly disabledAt: string | null;
  /** When it was made. */
  readonly createdAt: string;
};

/** An instrument of a payer, stored by a first payment and charged by chargeProfile. No card number is kept. */
export type Profile = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: ProfileStatus;
  /** Who orders its charges. */
  readonly kind: ProfileKind;
  /** What it is. */
  readonly method: PaymentMethod;
  /** What the payer knows it by: `****1111`. */
  readonly label: string;
  /** Of a card: VISA or MASTERCARD. */
  readonly brand: string | null;
  /** The shop's own name of the payer. */
  readonly customerId: string;
  /** Of a card: the last month in which it is good, 1 to 12. */
  readonly expiryMonth: number | null;
  /** Of a card: the year of that month, four digits. */
  readonly expiryYear: number | null;
  /** Of a BLIK alias: the bank apps that hold it. With several, a charge names one. */
  readonly apps: ReadonlyArray<{
    /** Give it as `appKey` to choose this app. */
    readonly key: string;
    /** What the payer knows it by. */
    readonly label: string;
  }>;
  /** When it was stored. */
  readonly createdAt: string;
};

/** A balance paid out for one business day: net = carriedIn + gross + returned - refunds - commission - carriedOut. Commission is taken here, and no invoice follows. */
export type Payout = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: PayoutStatus;
  /** ISO 4217. Currencies are never mixed. */
  readonly currency: Currency;
  /** The day of the run. It takes up what was booked before that day began in Europe/Warsaw. */
  readonly businessDay: string;
  /** When it should arrive: PLN with the next session of Elixir, others by the end of the day named here. */
  readonly expectedAt: string;
  /** Settled sales. */
  readonly gross: Money;
  /** Refunds that were ordered, less those that were refused; below zero when more were refused. */
  readonly refunds: Money;
  /** Commission of what settled. */
  readonly commission: Money;
  /** What is transferred. */
  readonly net: Money;
  /** When it was handed to the bank. */
  readonly sentAt: string | null;
  /** When the bank booked it. */
  readonly settledAt: string | null;
  /** When it came back, or was cancelled. */
  readonly returnedAt: string | null;
};

/** One selling place of a merchant, with its own keys, methods and notifications. */
export type Shop = {
  /** UUID version 4; the `serviceId` of imoje. */
  readonly id: string;
  /** The merchant: 20 characters `[a-z0-9]`. */
  readonly merchantId: string;
  /** What payers read. */
  readonly name: string;
  /** Only an ACTIVE shop takes payments. */
  readonly status: ShopStatus;
  /** What the shop takes. */
  readonly currencies: ReadonlyArray<Currency>;
  /** The language of the payer's pages when nothing else asks for one. */
  readonly locale: Locale;
  /** When the money of cards and wallets is taken, for payments that do not say so themselves. */
  readonly capture: CaptureMode;
  /** Where notifications go for payments that name no address of their own. Scope: shops:read. */
  readonly notificationUrl: string | null;
  /** Where the shop sells. */
  readonly url: string | null;
};

/** One notification to one address, with every try that was made. */
export type WebhookDelivery = {
  /** UUID. */
  readonly id: string;
  /** Where it stands. */
  readonly status: WebhookDeliveryStatus;
  /** The number of the event it tells of. */
  readonly eventNumber: number;
  /** The payment it is about. */
  readonly paymentId: string | null;
  /** Where it goes. */
  readonly url: string;
  /** What is sent, byte for byte. */
  readonly body: string;
  /** When it was made. */
  readonly createdAt: string;
  /** When it is tried again. */
  readonly nextTryAt: string | null;
  /** When it was acknowledged. */
  readonly deliveredAt: string | null;
  /** The tries, first one first. */
  readonly attempts: ReadonlyArray<{
    /** 1, 2, 3, … */
    readonly number: number;
    /** When it was made. */
    readonly at: string;
    /** How long it took, in milliseconds. */
    readonly durationMs: number;
    /** HTTP status; null: no answer. */
    readonly responseStatus: number | null;
    /** The first 1,000 characters of the answer. */
    readonly responseBody: string | null;
    /** Why there was no answer. */
    readonly error: string | null;
    /** Ordered by hand, outside the schedule. */
    readonly manual: boolean;
  }>;
};

/** What the payer has to do next. New members may come with new methods. */
export type NextAction = 
  | {
    readonly __typename: 'ConfirmInApp';
    /** Until when the bank waits for it. */
    readonly expiresAt: string;
  }
  | {
    readonly __typename: 'Redirect';
    /** Where to. */
    readonly url: string;
    /** `GET`, or `POST` with the fields as a form. */
    readonly httpMethod: string;
    /** Empty for `GET`. */
    readonly fields: ReadonlyArray<{
      /** Its name. */
      readonly name: string;
      /** Its value. */
      readonly value: string;
    }>;
  }
  | {
    readonly __typename: 'ChooseBankApp';
    /** Those apps. */
    readonly apps: ReadonlyArray<{
      /** Give it as `appKey` to choose this app. */
      readonly key: string;
      /** What the payer knows it by. */
      readonly label: string;
    }>;
  }
  | {
    readonly __typename: 'BankTransfer';
    /** The account number (NRB), 26 digits, of this attempt alone. With PL before it, it is the IBAN. */
    readonly account: string;
    /** The title, at most 140 characters. */
    readonly title: string;
    /** Whom he names as the recipient. */
    readonly recipient: string;
    /** What he transfers. Another amount does not settle the attempt: it is held. */
    readonly amount: Money;
  };

/** A fact about a shop, numbered 1, 2, 3, … without a gap, unless the gateway was restored from a backup. */
export type Event = 
  | {
    readonly __typename: 'PaymentEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'PAYMENT_AUTHORIZED' | 'PAYMENT_CANCELLED' | 'PAYMENT_CREATED' | 'PAYMENT_EXPIRED' | 'PAYMENT_NEW' | 'PAYMENT_PENDING' | 'PAYMENT_SETTLED';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly paymentStatus: PaymentStatus;
    /** The payment as it is now. */
    readonly payment: Payment;
  }
  | {
    readonly __typename: 'TransactionEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'DISPUTE_LOST' | 'DISPUTE_OPEN' | 'DISPUTE_WON' | 'TRANSACTION_AUTHORIZED' | 'TRANSACTION_CANCELLED' | 'TRANSACTION_ERROR' | 'TRANSACTION_EXPIRED' | 'TRANSACTION_HELD' | 'TRANSACTION_NEW' | 'TRANSACTION_PENDING' | 'TRANSACTION_REJECTED' | 'TRANSACTION_SETTLED' | 'TRANSACTION_SUBMITTED' | 'TRANSACTION_UNKNOWN';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly transactionStatus: TransactionStatus;
    /** The transaction as it is now. */
    readonly transaction: Transaction;
  }
  | {
    readonly __typename: 'CaptureEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'CAPTURE_PENDING' | 'CAPTURE_REJECTED' | 'CAPTURE_SETTLED' | 'CAPTURE_UNKNOWN';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly captureStatus: CaptureStatus;
    /** The capture as it is now. */
    readonly capture: Capture;
    /** The transaction as it is now. */
    readonly transaction: Charged;
  }
  | {
    readonly __typename: 'VoidEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'VOID_PENDING' | 'VOID_REJECTED' | 'VOID_SETTLED' | 'VOID_UNKNOWN';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly voidStatus: VoidStatus;
    /** The void as it is now. */
    readonly void: Void;
    /** The transaction as it is now. */
    readonly transaction: Charged;
  }
  | {
    readonly __typename: 'RefundEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'REFUND_PENDING' | 'REFUND_REJECTED' | 'REFUND_SETTLED' | 'REFUND_UNKNOWN';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly refundStatus: RefundStatus;
    /** The refund as it is now. */
    readonly refund: Refund;
  }
  | {
    readonly __typename: 'PayoutEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'PAYOUT_RETURNED' | 'PAYOUT_SCHEDULED' | 'PAYOUT_SENT' | 'PAYOUT_SETTLED';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly payoutStatus: PayoutStatus;
    /** The payout as it is now; null for a key without the scope payouts:read. */
    readonly payout: Payout | null;
  }
  | {
    readonly __typename: 'ProfileEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'PROFILE_ACTIVE' | 'PROFILE_DEACTIVATED' | 'PROFILE_EXPIRED';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly profileStatus: ProfileStatus;
    /** The instrument as it is now. */
    readonly profile: Profile;
  }
  | {
    readonly __typename: 'ShopEvent';
    /** Give it as `after` to go on behind this event. */
    readonly cursor: string;
    /** Its place in the log of the shop. */
    readonly number: number;
    /** What happened. */
    readonly type: 'SHOP_ACTIVE' | 'SHOP_CLOSED' | 'SHOP_REFUSED' | 'SHOP_SUSPENDED';
    /** When it happened. */
    readonly at: string;
    /** Its state then. */
    readonly shopStatus: ShopStatus;
    /** Whose fact it is. */
    readonly shop: Shop;
  };

/** Why a mutation was refused; nothing was changed. Queries and subscriptions carry the same codes in `errors[].extensions.code`. */
export type Refusal = {
  readonly __typename: 'Refusal';
  /** Stable; act on this. */
  readonly code: RefusalCode;
  /** For people: what is wrong, where, and what to do instead; one sentence, or of several wrong fields one for each. */
  readonly message: string;
  /** The path of the input field to blame, outermost first; null when no single one is. Where the message names several that are wrong, that of the first. */
  readonly field: ReadonlyArray<string> | null;
};

/** Whether there is more, as in the Relay cursor connections specification. */
export type PageInfo = {
  /** More rows follow this page. */
  readonly hasNextPage: boolean;
  /** Rows come before this page. */
  readonly hasPreviousPage: boolean;
  /** Place of the first row; null when the page is empty. */
  readonly startCursor: string | null;
  /** Place of the last row; null when the page is empty. */
  readonly endCursor: string | null;
};

export type ShopResult = {
  /** One shop of yours, or null. Scope: shops:read. */
  readonly shop: Shop | null;
};

export type ShopVariables = {
  readonly id: string;
};

export type ShopsResult = {
  /** Your shops, oldest first. Scope: shops:read. */
  readonly shops: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: Shop;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type ShopsVariables = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
};

export type PaymentResult = {
  /** One payment of yours, or null. Scope: payments:read. */
  readonly payment: Payment | null;
};

export type PaymentVariables = {
  readonly id: string;
};

export type PaymentsResult = {
  /** Payments of a shop. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT. */
  readonly payments: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: Payment;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type PaymentsVariables = {
  readonly shopId: string;
  readonly filter?: PaymentFilter | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type TransactionResult = {
  /** One transaction of yours, or null. Scope: payments:read. */
  readonly transaction: Transaction | null;
};

export type TransactionVariables = {
  readonly id: string;
};

export type TransactionsResult = {
  /** Transactions of a shop. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT. */
  readonly transactions: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: Transaction;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type TransactionsVariables = {
  readonly shopId: string;
  readonly filter?: TransactionFilter | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type RefundResult = {
  /** One refund of yours, or null. Scope: payments:read. */
  readonly refund: Refund | null;
};

export type RefundVariables = {
  readonly id: string;
};

export type RefundsResult = {
  /** Refunds of a shop, newest first. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT. */
  readonly refunds: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: Refund;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type RefundsVariables = {
  readonly shopId: string;
  readonly filter?: RefundFilter | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type PaymentLinkResult = {
  /** One payment link of yours, or null. Scope: payments:read. */
  readonly paymentLink: PaymentLink | null;
};

export type PaymentLinkVariables = {
  readonly id: string;
};

export type PaymentLinksResult = {
  /** Payment links of a shop, newest first. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT. */
  readonly paymentLinks: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: PaymentLink;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type PaymentLinksVariables = {
  readonly shopId: string;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type ProfileResult = {
  /** One stored instrument of yours, or null. Scope: payments:read. */
  readonly profile: Profile | null;
};

export type ProfileVariables = {
  readonly id: string;
};

export type ProfilesResult = {
  /** What one payer has stored at a shop, oldest first, whatever its state. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT. */
  readonly profiles: ReadonlyArray<Profile>;
};

export type ProfilesVariables = {
  readonly shopId: string;
  readonly customerId: string;
};

export type PayoutResult = {
  /** One payout of yours, or null. Scope: payouts:read. */
  readonly payout: Payout | null;
};

export type PayoutVariables = {
  readonly id: string;
};

export type PayoutsResult = {
  /** Payouts of a shop, newest first. Scope: payouts:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT. */
  readonly payouts: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: Payout;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type PayoutsVariables = {
  readonly shopId: string;
  readonly filter?: PayoutFilter | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

export type WebhookDeliveriesResult = {
  /** Notifications of a shop, newest first. Scope: payments:read. Refusals: NOT_FOUND, INVALID_INPUT. */
  readonly webhookDeliveries: {
    /** The rows of this page, each with its place. */
    readonly edges: ReadonlyArray<{
      /** The row itself. */
      readonly node: WebhookDelivery;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type WebhookDeliveriesVariables = {
  readonly shopId: string;
  readonly filter?: WebhookDeliveryFilter | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
};

export type EventPageResult = {
  /** The log of one shop, oldest first. Scope: payments:read. Refusals: NOT_FOUND, INVALID_INPUT, CURSOR_INVALID, CURSOR_EXPIRED. */
  readonly events: {
    /** The events. */
    readonly edges: ReadonlyArray<{
      /** The event. */
      readonly node: Event;
    }>;
    /** Whether there is more. */
    readonly pageInfo: PageInfo;
  };
};

export type EventPageVariables = {
  readonly shopId: string;
  readonly after?: string | null | undefined;
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly types?: ReadonlyArray<EventType> | null | undefined;
};

export type LogEndsResult = {
  /** The log of one shop, oldest first. Scope: payments:read. Refusals: NOT_FOUND, INVALID_INPUT, CURSOR_INVALID, CURSOR_EXPIRED. */
  readonly events: {
    /** Before the first event behind which all are kept: `events(after:)` gives all of the log from here. */
    readonly startOfLog: string;
    /** The end of the log at this moment, also of an empty one: `events(after:)` gives from here what comes later, and a break before the first event loses nothing. */
    readonly endOfLog: string;
  };
};

export type LogEndsVariables = {
  readonly shopId: string;
};

export type CreatePaymentResult = {
  /** Asks a payer for money. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND (the shop), SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, CURRENCY_NOT_AVAILABLE, METHOD_NOT_AVAILABLE, AMOUNT_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED. */
  readonly createPayment: 
    | {
      readonly __typename: 'CreatePaymentSuccess';
      /** The payment in its present state. */
      readonly payment: Payment;
      /** An earlier call with this key had made it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type CreatePaymentVariables = {
  readonly input: CreatePaymentInput;
};

export type CancelPaymentResult = {
  /** Cancels a payment that is not paid. A running attempt ends with it; money that was taken all the same settles it late. Repeating it changes nothing. Scope: payments:write. Refusals: NOT_FOUND, PAYMENT_NOT_PAYABLE (settled, expired or authorized). */
  readonly cancelPayment: 
    | {
      readonly __typename: 'CancelPaymentSuccess';
      /** The cancelled payment. */
      readonly payment: Payment;
    }
    | Refusal;
};

export type CancelPaymentVariables = {
  readonly input: CancelPaymentInput;
};

export type StartTransactionResult = {
  /** Pays a payment from the shop’s own page. Follow the outcome by subscription, notification or `transaction(id)`. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, PAYMENT_NOT_PAYABLE, ATTEMPT_IN_PROGRESS, METHOD_NOT_AVAILABLE, AMOUNT_OUT_OF_RANGE, SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED. */
  readonly startTransaction: 
    | {
      readonly __typename: 'StartTransactionSuccess';
      /** The attempt in its present state. */
      readonly transaction: Transaction;
      /** What the payer has to do; null when there is nothing to do. */
      readonly action: NextAction | null;
      /** An earlier call with this key had started it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type StartTransactionVariables = {
  readonly input: StartTransactionInput;
};

export type CaptureTransactionResult = {
  /** Takes authorised money: all, a part, or several parts up to the authorised amount. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, NOT_CAPTURABLE, AMOUNT_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED. */
  readonly captureTransaction: 
    | {
      readonly __typename: 'CaptureTransactionSuccess';
      /** The capture in its present state. */
      readonly capture: Capture;
      /** The transaction in its present state. */
      readonly transaction: Charged;
      /** An earlier call with this key had ordered it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type CaptureTransactionVariables = {
  readonly input: CaptureTransactionInput;
};

export type VoidTransactionResult = {
  /** Releases all authorised money that is left, so that the payer has it again; what was captured stays. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, NOT_VOIDABLE, IDEMPOTENCY_KEY_REUSED. */
  readonly voidTransaction: 
    | {
      readonly __typename: 'VoidTransactionSuccess';
      /** The void in its present state. */
      readonly void: Void;
      /** The transaction in its present state. */
      readonly transaction: Transaction;
      /** An earlier call with this key had ordered it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type VoidTransactionVariables = {
  readonly input: VoidTransactionInput;
};

export type CreateRefundResult = {
  /** Gives money back to the payer: all, a part, or several parts up to the settled amount. Scope: refunds:write. Refusals: INVALID_INPUT, NOT_FOUND, TRANSACTION_NOT_SETTLED, REFUND_WINDOW_CLOSED, REFUND_EXCEEDS_AMOUNT, BALANCE_TOO_LOW, IDEMPOTENCY_KEY_REUSED. */
  readonly createRefund: 
    | {
      readonly __typename: 'CreateRefundSuccess';
      /** The refund in its present state. */
      readonly refund: Refund;
      /** An earlier call with this key had ordered it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type CreateRefundVariables = {
  readonly input: CreateRefundInput;
};

export type CreatePaymentLinkResult = {
  /** Makes an address to send to payers. A link with one use leads everybody to one payment, made when it is first opened; any other makes a payment for each payer. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND (the shop), SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, CURRENCY_NOT_AVAILABLE, METHOD_NOT_AVAILABLE, IDEMPOTENCY_KEY_REUSED. */
  readonly createPaymentLink: 
    | {
      readonly __typename: 'CreatePaymentLinkSuccess';
      /** The link in its present state. */
      readonly paymentLink: PaymentLink;
      /** An earlier call with this key had made it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type CreatePaymentLinkVariables = {
  readonly input: CreatePaymentLinkInput;
};

export type DisablePaymentLinkResult = {
  /** Ends a link. The payment of a link with one use is cancelled with it, unless it is paid or money is reserved for it; payments of any other link go on. Repeating it changes nothing. Scope: payments:write. Refusals: NOT_FOUND. */
  readonly disablePaymentLink: 
    | {
      readonly __typename: 'DisablePaymentLinkSuccess';
      /** The disabled link. */
      readonly paymentLink: PaymentLink;
    }
    | Refusal;
};

export type DisablePaymentLinkVariables = {
  readonly input: DisablePaymentLinkInput;
};

export type ChargeProfileResult = {
  /** Takes money from a stored instrument: makes a payment and pays it. A card is charged without the payer, a BLIK alias once he confirms in his bank app. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, PROFILE_NOT_ACTIVE, SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, CURRENCY_NOT_AVAILABLE, METHOD_NOT_AVAILABLE, IDEMPOTENCY_KEY_REUSED, RATE_LIMITED. */
  readonly chargeProfile: 
    | {
      readonly __typename: 'ChargeProfileSuccess';
      /** The charge in its present state. */
      readonly transaction: Transaction;
      /** What the payer has to do: nothing for a card, to confirm in the bank app for a BLIK alias. */
      readonly action: NextAction | null;
      /** An earlier call with this key had made it. */
      readonly replayed: boolean;
    }
    | Refusal;
};

export type ChargeProfileVariables = {
  readonly input: ChargeProfileInput;
};

export type DeactivateProfileResult = {
  /** Ends a stored instrument, for good; repeating it changes nothing. Scope: payments:write. Refusals: NOT_FOUND. */
  readonly deactivateProfile: 
    | {
      readonly __typename: 'DeactivateProfileSuccess';
      /** The instrument in its present state. */
      readonly profile: Profile;
    }
    | Refusal;
};

export type DeactivateProfileVariables = {
  readonly input: DeactivateProfileInput;
};

export type UpdateShopResult = {
  /** Changes settings of a shop. Scope: shops:write. Refusals: NOT_FOUND, INVALID_INPUT, SETTLEMENT_FIXED, ADDRESS_BY_MESSAGE. */
  readonly updateShop: 
    | {
      readonly __typename: 'UpdateShopSuccess';
      /** The shop as it is now. */
      readonly shop: Shop;
    }
    | Refusal;
};

export type UpdateShopVariables = {
  readonly input: UpdateShopInput;
};

export type ResendWebhookResult = {
  /** Sends a notification again, whatever became of it. Scope: payments:write. Refusals: NOT_FOUND. */
  readonly resendWebhook: 
    | {
      readonly __typename: 'ResendWebhookSuccess';
      /** The notification. */
      readonly delivery: WebhookDelivery;
    }
    | Refusal;
};

export type ResendWebhookVariables = {
  readonly deliveryId: string;
};

export type EventsResult = {
  /** Facts of one shop in order, none missing, none twice. Give the last cursor seen as `after` to resume, or over SSE in the header `Last-Event-ID`, which wins; without, it starts now. Scope: payments:read. Codes: NOT_FOUND, CURSOR_INVALID, CURSOR_EXPIRED, SLOW_CONSUMER. */
  readonly events: Event;
};

export type EventsVariables = {
  readonly shopId: string;
  readonly after?: string | null | undefined;
  readonly types?: ReadonlyArray<EventType> | null | undefined;
};

const ofMoney = 'fragment Money on Money { amount currency }';

const ofPayment = 'fragment Payment on Payment { id orderId title status amount { ...Money } refunded { ...Money } url capture methods createdAt validUntil settledAt }';

const ofTransaction = 'fragment Transaction on Transaction { id status method channel reason code amount { ...Money } captured { ...Money } capturable { ...Money } authorizedUntil late surplus commission { amount { ...Money } ratePercent rule } payment { id orderId status } createdAt settledAt }';

const ofCharged = 'fragment Charged on Transaction { id payment { id orderId } }';

const ofCapture = 'fragment Capture on Capture { id status code amount { ...Money } createdAt settledAt }';

const ofVoid = 'fragment Void on Void { id status code amount { ...Money } createdAt settledAt }';

const ofRefund = 'fragment Refund on Refund { id status code reason amount { ...Money } transaction { ...Charged } createdAt settledAt }';

const ofPaymentLink = 'fragment PaymentLink on PaymentLink { id status orderId title amount { ...Money } url qrUrl uses usesMax validUntil disabledAt createdAt }';

const ofProfile = 'fragment Profile on Profile { id status kind method label brand customerId expiryMonth expiryYear apps { key label } createdAt }';

const ofPayout = 'fragment Payout on Payout { id status currency businessDay expectedAt gross { ...Money } refunds { ...Money } commission { ...Money } net { ...Money } sentAt settledAt returnedAt }';

const ofShop = 'fragment Shop on Shop { id merchantId name status currencies locale capture notificationUrl url }';

const ofWebhookDelivery = 'fragment WebhookDelivery on WebhookDelivery { id status eventNumber paymentId url body createdAt nextTryAt deliveredAt attempts { number at durationMs responseStatus responseBody error manual } }';

const ofNextAction = 'fragment NextAction on NextAction { __typename ... on ConfirmInApp { expiresAt } ... on Redirect { url httpMethod fields { name value } } ... on ChooseBankApp { apps { key label } } ... on BankTransfer { account title recipient amount { ...Money } } }';

const ofEvent = 'fragment Event on Event { __typename cursor number type at ... on PaymentEvent { paymentStatus: status payment { ...Payment } } ... on TransactionEvent { transactionStatus: status transaction { ...Transaction } } ... on CaptureEvent { captureStatus: status capture { ...Capture } transaction { ...Charged } } ... on VoidEvent { voidStatus: status void { ...Void } transaction { ...Charged } } ... on RefundEvent { refundStatus: status refund { ...Refund } } ... on PayoutEvent { payoutStatus: status payout { ...Payout } } ... on ProfileEvent { profileStatus: status profile { ...Profile } } ... on ShopEvent { shopStatus: status shop { ...Shop } } }';

const ofRefusal = 'fragment Refusal on Refusal { __typename code message field }';

const ofPageInfo = 'fragment PageInfo on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

export const shopDocument = ('query shop($id: ID!) { shop(id: $id) { ...Shop } }' + ofShop) as TypedDocument<ShopResult, ShopVariables>;

export const shopsDocument = ('query shops($first: Int, $after: String) { shops(first: $first, after: $after) { edges { node { ...Shop } } pageInfo { ...PageInfo } } }' + ofShop + ofPageInfo) as TypedDocument<ShopsResult, ShopsVariables>;

export const paymentDocument = ('query payment($id: ID!) { payment(id: $id) { ...Payment } }' + ofPayment + ofMoney) as TypedDocument<PaymentResult, PaymentVariables>;

export const paymentsDocument = ('query payments($shopId: ID!, $filter: PaymentFilter, $first: Int, $after: String, $last: Int, $before: String) { payments( shopId: $shopId filter: $filter first: $first after: $after last: $last before: $before ) { edges { node { ...Payment } } pageInfo { ...PageInfo } } }' + ofPayment + ofMoney + ofPageInfo) as TypedDocument<PaymentsResult, PaymentsVariables>;

export const transactionDocument = ('query transaction($id: ID!) { transaction(id: $id) { ...Transaction } }' + ofTransaction + ofMoney) as TypedDocument<TransactionResult, TransactionVariables>;

export const transactionsDocument = ('query transactions($shopId: ID!, $filter: TransactionFilter, $first: Int, $after: String, $last: Int, $before: String) { transactions( shopId: $shopId filter: $filter first: $first after: $after last: $last before: $before ) { edges { node { ...Transaction } } pageInfo { ...PageInfo } } }' + ofTransaction + ofMoney + ofPageInfo) as TypedDocument<TransactionsResult, TransactionsVariables>;

export const refundDocument = ('query refund($id: ID!) { refund(id: $id) { ...Refund } }' + ofRefund + ofMoney + ofCharged) as TypedDocument<RefundResult, RefundVariables>;

export const refundsDocument = ('query refunds($shopId: ID!, $filter: RefundFilter, $first: Int, $after: String, $last: Int, $before: String) { refunds( shopId: $shopId filter: $filter first: $first after: $after last: $last before: $before ) { edges { node { ...Refund } } pageInfo { ...PageInfo } } }' + ofRefund + ofMoney + ofCharged + ofPageInfo) as TypedDocument<RefundsResult, RefundsVariables>;

export const paymentLinkDocument = ('query paymentLink($id: ID!) { paymentLink(id: $id) { ...PaymentLink } }' + ofPaymentLink + ofMoney) as TypedDocument<PaymentLinkResult, PaymentLinkVariables>;

export const paymentLinksDocument = ('query paymentLinks($shopId: ID!, $first: Int, $after: String, $last: Int, $before: String) { paymentLinks( shopId: $shopId first: $first after: $after last: $last before: $before ) { edges { node { ...PaymentLink } } pageInfo { ...PageInfo } } }' + ofPaymentLink + ofMoney + ofPageInfo) as TypedDocument<PaymentLinksResult, PaymentLinksVariables>;

export const profileDocument = ('query profile($id: ID!) { profile(id: $id) { ...Profile } }' + ofProfile) as TypedDocument<ProfileResult, ProfileVariables>;

export const profilesDocument = ('query profiles($shopId: ID!, $customerId: String!) { profiles(shopId: $shopId, customerId: $customerId) { ...Profile } }' + ofProfile) as TypedDocument<ProfilesResult, ProfilesVariables>;

export const payoutDocument = ('query payout($id: ID!) { payout(id: $id) { ...Payout } }' + ofPayout + ofMoney) as TypedDocument<PayoutResult, PayoutVariables>;

export const payoutsDocument = ('query payouts($shopId: ID!, $filter: PayoutFilter, $first: Int, $after: String, $last: Int, $before: String) { payouts( shopId: $shopId filter: $filter first: $first after: $after last: $last before: $before ) { edges { node { ...Payout } } pageInfo { ...PageInfo } } }' + ofPayout + ofMoney + ofPageInfo) as TypedDocument<PayoutsResult, PayoutsVariables>;

export const webhookDeliveriesDocument = ('query webhookDeliveries($shopId: ID!, $filter: WebhookDeliveryFilter, $first: Int, $after: String) { webhookDeliveries( shopId: $shopId filter: $filter first: $first after: $after ) { edges { node { ...WebhookDelivery } } pageInfo { ...PageInfo } } }' + ofWebhookDelivery + ofPageInfo) as TypedDocument<WebhookDeliveriesResult, WebhookDeliveriesVariables>;

export const eventPageDocument = ('query eventPage($shopId: ID!, $after: Cursor, $first: Int, $last: Int, $types: [EventType!]) { events( shopId: $shopId after: $after first: $first last: $last types: $types ) { edges { node { ...Event } } pageInfo { ...PageInfo } } }' + ofEvent + ofPayment + ofMoney + ofTransaction + ofCapture + ofCharged + ofVoid + ofRefund + ofPayout + ofProfile + ofShop + ofPageInfo) as TypedDocument<EventPageResult, EventPageVariables>;

export const logEndsDocument = ('query logEnds($shopId: ID!) { events(shopId: $shopId, first: 0) { startOfLog endOfLog } }') as TypedDocument<LogEndsResult, LogEndsVariables>;

export const createPaymentDocument = ('mutation createPayment($input: CreatePaymentInput!) { createPayment(input: $input) { ... on CreatePaymentSuccess { __typename payment { ...Payment } replayed } ...Refusal } }' + ofPayment + ofMoney + ofRefusal) as TypedDocument<CreatePaymentResult, CreatePaymentVariables>;

export const cancelPaymentDocument = ('mutation cancelPayment($input: CancelPaymentInput!) { cancelPayment(input: $input) { ... on CancelPaymentSuccess { __typename payment { ...Payment } } ...Refusal } }' + ofPayment + ofMoney + ofRefusal) as TypedDocument<CancelPaymentResult, CancelPaymentVariables>;

export const startTransactionDocument = ('mutation startTransaction($input: StartTransactionInput!) { startTransaction(input: $input) { ... on StartTransactionSuccess { __typename transaction { ...Transaction } action { ...NextAction } replayed } ...Refusal } }' + ofTransaction + ofMoney + ofNextAction + ofRefusal) as TypedDocument<StartTransactionResult, StartTransactionVariables>;

export const captureTransactionDocument = ('mutation captureTransaction($input: CaptureTransactionInput!) { captureTransaction(input: $input) { ... on CaptureTransactionSuccess { __typename capture { ...Capture } transaction { ...Charged } replayed } ...Refusal } }' + ofCapture + ofMoney + ofCharged + ofRefusal) as TypedDocument<CaptureTransactionResult, CaptureTransactionVariables>;

export const voidTransactionDocument = ('mutation voidTransaction($input: VoidTransactionInput!) { voidTransaction(input: $input) { ... on VoidTransactionSuccess { __typename void { ...Void } transaction { ...Transaction } replayed } ...Refusal } }' + ofVoid + ofMoney + ofTransaction + ofRefusal) as TypedDocument<VoidTransactionResult, VoidTransactionVariables>;

export const createRefundDocument = ('mutation createRefund($input: CreateRefundInput!) { createRefund(input: $input) { ... on CreateRefundSuccess { __typename refund { ...Refund } replayed } ...Refusal } }' + ofRefund + ofMoney + ofCharged + ofRefusal) as TypedDocument<CreateRefundResult, CreateRefundVariables>;

export const createPaymentLinkDocument = ('mutation createPaymentLink($input: CreatePaymentLinkInput!) { createPaymentLink(input: $input) { ... on CreatePaymentLinkSuccess { __typename paymentLink { ...PaymentLink } replayed } ...Refusal } }' + ofPaymentLink + ofMoney + ofRefusal) as TypedDocument<CreatePaymentLinkResult, CreatePaymentLinkVariables>;

export const disablePaymentLinkDocument = ('mutation disablePaymentLink($input: DisablePaymentLinkInput!) { disablePaymentLink(input: $input) { ... on DisablePaymentLinkSuccess { __typename paymentLink { ...PaymentLink } } ...Refusal } }' + ofPaymentLink + ofMoney + ofRefusal) as TypedDocument<DisablePaymentLinkResult, DisablePaymentLinkVariables>;

export const chargeProfileDocument = ('mutation chargeProfile($input: ChargeProfileInput!) { chargeProfile(input: $input) { ... on ChargeProfileSuccess { __typename transaction { ...Transaction } action { ...NextAction } replayed } ...Refusal } }' + ofTransaction + ofMoney + ofNextAction + ofRefusal) as TypedDocument<ChargeProfileResult, ChargeProfileVariables>;

export const deactivateProfileDocument = ('mutation deactivateProfile($input: DeactivateProfileInput!) { deactivateProfile(input: $input) { ... on DeactivateProfileSuccess { __typename profile { ...Profile } } ...Refusal } }' + ofProfile + ofRefusal) as TypedDocument<DeactivateProfileResult, DeactivateProfileVariables>;

export const updateShopDocument = ('mutation updateShop($input: UpdateShopInput!) { updateShop(input: $input) { ... on UpdateShopSuccess { __typename shop { ...Shop } } ...Refusal } }' + ofShop + ofRefusal) as TypedDocument<UpdateShopResult, UpdateShopVariables>;

export const resendWebhookDocument = ('mutation resendWebhook($deliveryId: ID!) { resendWebhook(deliveryId: $deliveryId) { ... on ResendWebhookSuccess { __typename delivery { ...WebhookDelivery } } ...Refusal } }' + ofWebhookDelivery + ofRefusal) as TypedDocument<ResendWebhookResult, ResendWebhookVariables>;

export const eventsDocument = ('subscription events($shopId: ID!, $after: Cursor, $types: [EventType!]) { events(shopId: $shopId, after: $after, types: $types) { ...Event } }' + ofEvent + ofPayment + ofMoney + ofTransaction + ofCapture + ofCharged + ofVoid + ofRefund + ofPayout + ofProfile + ofShop) as TypedDocument<EventsResult, EventsVariables>;
