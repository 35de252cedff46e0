import type { CaptureMode, Currency, PaymentMethod, ShopStatus } from '../kernel/db/generated/prisma/enums.ts';
import { amountMax } from '../kernel/money.ts';

/** The banks of pay-by-link, in the order in which payers see them (domain: methods). */
export const bankChannels = [
  'mtransfer',
  'bzwbk',
  'pekao24',
  'ipko',
  'inteligo',
  'ing',
  'millennium',
  'alior',
  'citi',
  'creditagricole',
  'bnpparibas',
  'bos',
  'pocztowy',
  'plusbank',
  'bs',
  'bspb',
  'nest',
  'getin',
  'noble',
] as const;

type BankFacts = { readonly method: 'PBL'; readonly currencies: readonly Currency[] };

/** On its own, since inside the table below the compiler would take the names for any text. */
const banks = Object.fromEntries(
  bankChannels.map((name): [string, BankFacts] => [name, { method: 'PBL', currencies: ['PLN'] }]),
) as { readonly [bank in (typeof bankChannels)[number]]: BankFacts };

/** What instalments pay: 300.00 to 50,000.00 PLN (imoje protocol, section 13). */
const instalmentLimits: AmountLimits = { min: 30_000n, max: 5_000_000n };

/** What a lease pays: its items come to 5,000.00 PLN net at least (imoje protocol, section 1), so with tax it is no less. */
const leaseLimits: AmountLimits = { min: 500_000n, max: amountMax };

/** Every channel, with the method it belongs to and the currencies it takes (domain: methods). */
export const channels = {
  blik: { method: 'BLIK', currencies: ['PLN'] },
  blik_oneclick: { method: 'BLIK', currencies: ['PLN'] },
  ...banks,
  ecom3ds: { method: 'CARD', currencies: 'all' },
  oneclick: { method: 'CARD', currencies: 'all' },
  recurring: { method: 'CARD', currencies: 'all' },
  gpay: { method: 'WALLET', currencies: 'all' },
  applepay: { method: 'WALLET', currencies: 'all' },
  visa_mobile: { method: 'WALLET', currencies: 'all' },
  imoje_twisto: { method: 'PAY_LATER', currencies: ['PLN'] },
  paypo: { method: 'PAY_LATER', currencies: ['PLN'] },
  pragma_go: { method: 'PAY_LATER', currencies: ['PLN'] },
  blik_paylater: { method: 'PAY_LATER', currencies: ['PLN'] },
  inbank: { method: 'INSTALLMENTS', currencies: ['PLN'], limits: instalmentLimits },
  inbank_0: { method: 'INSTALLMENTS', currencies: ['PLN'], limits: instalmentLimits },
  lease: { method: 'LEASE', currencies: ['PLN'], limits: leaseLimits },
  wt: { method: 'WIRE_TRANSFER', currencies: 'all' },
  wt_split: { method: 'WIRE_TRANSFER', currencies: ['PLN'] },
} as const satisfies Record<string, ChannelFacts>;

export type Channel = keyof typeof channels;

/** The least and the largest amount that a channel pays, in minor units; both can be paid. */
export type AmountLimits = { readonly min: bigint; readonly max: bigint };

type ChannelFacts = {
  readonly method: PaymentMethod;
  readonly currencies: readonly Currency[] | 'all';
  /** Undefined: every amount of a payment. */
  readonly limits?: AmountLimits;
};

/** What the verbs need to know of a shop. */
export type Shop = {
  readonly id: string;
  readonly merchantId: string;
  readonly name: string;
  readonly status: ShopStatus;
  readonly merchantActive: boolean;
  /** The merchant's tax number (NIP), where it is known. */
  readonly taxNumber: string | undefined;
  readonly locale: string;
  readonly currencies: readonly Currency[];
  /** Channels the shop offers, best first. */
  readonly channels: readonly Channel[];
  readonly notificationUrl: string | undefined;
  readonly paymentValiditySeconds: number | undefined;
  /** What payments do that do not say otherwise. */
  readonly captureMode: CaptureMode;
  readonly sandboxDelayMs: number;
  readonly clockOffsetMs: number;
  readonly createdAt: Date;
};

/** Settings of a shop to be changed: undefined leaves one as it is, null clears it. */
export type ShopSettings = {
  readonly name?: string | undefined;
  readonly notificationUrl?: string | null | undefined;
  readonly locale?: string | undefined;
  readonly paymentValiditySeconds?: number | null | undefined;
  readonly captureMode?: CaptureMode | undefined;
  readonly sandboxDelayMs?: number | undefined;
};

/** What shops ask to change and cannot. */
export type FixedSettings = {
  readonly settlement?: string | null | undefined;
  readonly url?: string | null | undefined;
};

/** The facts of a channel. */
export function channelFacts(channel: Channel): ChannelFacts {
  return channels[channel];
}

/** Says whether a text names a channel. */
export function isChannel(text: string): text is Channel {
  return Object.hasOwn(channels, text);
}

/** Says whether a channel takes a currency. */
export function takesCurrency(channel: Channel, currency: Currency): boolean {
  const { currencies } = channelFacts(channel);
  return currencies === 'all' || currencies.includes(currency);
}

/** Says whether a card, typed or out of a wallet's token, has to come with an order through a channel. */
export function takesCard(channel: Channel): boolean {
  // Who pays by Visa Mobile shows his card to nobody but its app.
  const { method } = channelFacts(channel);
  return method === 'CARD' || (method === 'WALLET' && channel !== 'visa_mobile');
}

/** The limits that keep a channel from paying an amount in minor units; undefined when it can. */
export function limitsAgainst(channel: Channel, amount: bigint): AmountLimits | undefined {
  const { limits } = channelFacts(channel);
  return limits && (amount < limits.min || amount > limits.max) ? limits : undefined;
}

/** The moves a shop may make (domain: states). */
export const shopMoves = {
  SUBMITTED: ['ACTIVE', 'REFUSED'],
  ACTIVE: ['SUSPENDED'],
  SUSPENDED: ['ACTIVE', 'CLOSED'],
  CLOSED: [],
  REFUSED: [],
} as const satisfies Record<ShopStatus, readonly ShopStatus[]>;

/** Says whether a shop may move from one state to another. */
export function mayMoveShop(from: ShopStatus, to: ShopStatus): boolean {
  const targets: readonly ShopStatus[] = shopMoves[from];
  return targets.includes(to);
}
