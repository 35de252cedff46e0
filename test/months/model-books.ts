import type { Day, Moment } from './model-calendar.ts';

/** Minor units. */
export type Amount = bigint;
export type Currency = 'PLN' | 'EUR' | 'HUF';

/** What a payout may be made of, in the words of the API. */
export type EntryKind = 'SALE' | 'REFUND' | 'REFUND_REJECTED' | 'PAYOUT_RETURNED' | 'COMMISSION';

/** One line of an account that no payout has taken up yet; a commission is taken off only with the payout. */
export type Entry = {
  readonly day: Day;
  readonly kind: EntryKind;
  /** Below zero for what is taken. */
  readonly amount: Amount;
  /** The number of the sale; -1 for money that came back. */
  readonly sale: number;
};

export type ModelPayout = {
  readonly account: ModelAccount;
  readonly day: Day;
  readonly iban: string;
  readonly sums: Readonly<Record<'carriedIn' | 'gross' | 'refunds' | 'returned' | 'commission' | 'carriedOut', Amount>>;
  readonly net: Amount;
  readonly entries: readonly Entry[];
  readonly sentAt: string;
  arrivesAt: string;
  status: 'SCHEDULED' | 'SENT' | 'SETTLED' | 'RETURNED';
  /** Of one that came back: its account may be paid to again. */
  resumed?: boolean;
};

/** What a shop or recipient has in one currency. */
export type ModelAccount = {
  readonly kind: 'SHOP' | 'RECIPIENT';
  /** `shop 0`, or the account number of a recipient. */
  readonly owner: string;
  readonly merchant: ModelMerchant;
  readonly currency: Currency;
  balance: Amount;
  /** What the last payout has left. */
  carried: Amount;
  /** The day on which the last payout was made. */
  paidOn: Day | undefined;
  entries: Entry[];
};

export type Terms = {
  /** Percentages as they are written. */
  readonly blik: string;
  readonly other: string;
  readonly promotion: boolean;
  readonly overdraft: Amount;
  readonly givesBack: boolean;
};

export type ModelShop = {
  readonly name: string;
  readonly merchant: ModelMerchant;
  /** In the order in which they were made. */
  readonly plans: { readonly from: string; readonly terms: Terms }[];
};

/** To which account a currency is paid from a moment on. */
type PayoutAccount = {
  readonly currency: Currency;
  readonly iban: string;
  readonly from: string;
  /** It is in force: what came back from there before holds nothing any more. */
  noted?: boolean;
};

export type ModelMerchant = {
  readonly place: number;
  readonly signedOn: Day;
  /** What counts for the promotion, in PLN. */
  turnover: Amount;
  readonly payoutAccounts: PayoutAccount[];
};

/** What a recipient has of one sale; `order` is his id, which decides between equals. */
export type Part = { readonly iban: string; readonly order: string; amount: Amount; got: Amount; left: Amount };

export type Commission = {
  readonly amount: Amount;
  readonly base: Amount;
  readonly percent: string;
  readonly state: 'NONE' | 'APPLIED' | 'ENDED_BY_TIME' | 'ENDED_BY_TURNOVER';
  /** What had settled before, where the promotion applies. */
  readonly turnover: Amount | undefined;
  /** What the sale adds to it; undefined when nobody counts any more. */
  readonly counted: Amount | undefined;
  readonly givesBack: boolean;
  givenBack: Amount;
};

export type Sale = {
  readonly number: number;
  readonly shop: ModelShop;
  readonly currency: Currency;
  readonly by: 'blik' | 'card';
  readonly amount: Amount;
  readonly parts: readonly Part[];
  status: 'AUTHORIZED' | 'SETTLED' | 'CANCELLED' | 'EXPIRED';
  readonly reservedAt: Moment;
  taken: Amount;
  /** Ordered and not rejected. */
  refunded: Amount;
  /** Settled alone. */
  refundedForGood: Amount;
  commission: Commission | undefined;
};

export type ModelRefund = {
  readonly number: number;
  readonly sale: Sale;
  readonly amount: Amount;
  readonly borne: readonly { readonly part: Part | undefined; readonly amount: Amount }[];
  status: 'PENDING' | 'SETTLED' | 'REJECTED';
};

/** The books of a month, kept by a second accountant. */
export type Books = {
  readonly merchants: ModelMerchant[];
  readonly shops: ModelShop[];
  readonly accounts: Map<string, ModelAccount>;
  readonly sales: Sale[];
  readonly refunds: ModelRefund[];
  readonly payouts: ModelPayout[];
  /** PLN for one unit in units of 10^-8, by the day of the table, oldest first. */
  readonly rates: readonly { readonly day: Day; readonly EUR: bigint; readonly HUF: bigint }[];
  /** The trial balance: what each account of the chart has, by kind, owner where it is an acquirer's, and currency. */
  readonly ledger: Map<string, Amount>;
  /** The day of the last run of payouts. */
  lastRun: Day;
};

/** The name of whoever takes the money of a sale. */
export const acquirers = { blik: 'sandbox-blik', card: 'sandbox-cards' } as const;

/** Empty books, with the rates that are known. */
export function openBooks(rates: Books['rates'], lastRun: Day): Books {
  return {
    ...{ merchants: [], shops: [], accounts: new Map(), sales: [], refunds: [], payouts: [] },
    ...{ rates, ledger: new Map(), lastRun },
  };
}

/** The account of a shop, or of a recipient of its merchant. */
export function accountOf(
  books: Books,
  shop: ModelShop,
  of: { currency: Currency; part?: Part | undefined },
): ModelAccount {
  const { merchant } = shop;
  const { currency, part } = of;
  const owner = part ? `${merchant.place} ${part.iban}` : shop.name;
  const key = `${owner} ${currency}`;
  const known = books.accounts.get(key);
  if (known) return known;
  const account: ModelAccount = {
    ...{ kind: part ? ('RECIPIENT' as const) : ('SHOP' as const), owner, merchant, currency },
    ...{ balance: 0n, carried: 0n, paidOn: undefined, entries: [] },
  };
  books.accounts.set(key, account);
  return account;
}

/** Moves money from one account of the chart to another; both are lines of the trial balance. */
export function post(
  books: Books,
  route: readonly [from: string, to: string],
  money: { currency: Currency; amount: Amount },
): void {
  const add = (name: string, amount: Amount): void => {
    const line = `${name} ${money.currency}`;
    books.ledger.set(line, (books.ledger.get(line) ?? 0n) + amount);
  };
  add(route[0], -money.amount);
  add(route[1], money.amount);
}

/** Half up: of 0.5 and more it makes 1. */
export function halfUp(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  return (numerator % denominator) * 2n >= denominator ? whole + 1n : whole;
}

/**
 * Divides an amount by weights: all get whole groszy, the groszy that are left go to those with the largest remainders, and
 * of equals to whoever stands first.
 */
export function divide(amount: Amount, weights: readonly bigint[]): Amount[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  if (all === 0n) return weights.map(() => 0n);
  const shares = weights.map((weight, place) => ({
    place,
    whole: (amount * weight) / all,
    rest: (amount * weight) % all,
  }));
  let left = amount - shares.reduce((sum, { whole }) => sum + whole, 0n);
  for (const share of [...shares].sort(
    (a, b) => Number(b.rest > a.rest) - Number(b.rest < a.rest) || a.place - b.place,
  )) {
    if (left === 0n) break;
    share.whole += 1n;
    left -= 1n;
  }
  return shares.map(({ whole }) => whole);
}
