import type { AccountKind, Currency, PostingKind } from '../kernel/db/generated/prisma/enums.ts';
import { toDecimal } from '../kernel/money.ts';

/** An account of the ledger by its natural key. What we owe its owner is positive; all balances sum to zero. */
export type AccountRef = { readonly kind: AccountKind; readonly owner: string; readonly currency: Currency };

/** Money that moves: a positive amount from one account to another of the same currency. Undoing swaps the ends. */
export type NewPosting = {
  readonly kind: PostingKind;
  readonly from: Omit<AccountRef, 'currency'>;
  readonly to: Omit<AccountRef, 'currency'>;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly captureId?: string;
  readonly refundId?: string;
  readonly payoutId?: string;
  readonly heldForId?: string;
  readonly entryId?: string;
  readonly at: Date;
};

/** A settled sale, or a part of one: the acquirer owes us the money, and we owe it to the shop or to a recipient. */
export function saleSettled(sale: {
  readonly acquirer: string;
  readonly shopId: string;
  readonly recipientId?: string;
  readonly captureId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
}): NewPosting {
  return {
    kind: 'SALE',
    from: acquirerOf(sale),
    to: bearerOf(sale),
    amount: sale.amount,
    currency: sale.currency,
    captureId: sale.captureId,
    at: sale.at,
  };
}

/** Money that an acquirer took for a transaction which it does not fit. */
export type HeldMoney = {
  readonly acquirer: string;
  readonly heldForId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/** Money that fits nothing: the acquirer owes it to us, and we do not know yet to whom we owe it. */
export function moneyHeld(money: HeldMoney): NewPosting {
  return { ...heldPosting(money), kind: 'MONEY_HELD', from: acquirerOf(money), to: suspense };
}

/** Held money that has found its place, or has gone back. */
export function heldReturned(money: HeldMoney): NewPosting {
  return { ...heldPosting(money), kind: 'HELD_RETURNED', from: suspense, to: acquirerOf(money) };
}

/** Money of a transfer, or a part of it, that an entry of a bank statement tells of. */
export type TransferMoney = {
  readonly entryId: string;
  /** Of the attempt that it is for; undefined: it lies in suspense. */
  readonly acquirer: string | undefined;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/** A transfer that arrived on our account: for an attempt, whose acquirer owes us less, or for nobody knows what. */
export function transferReceived(money: TransferMoney): NewPosting {
  return { ...transferPosting(money), kind: 'TRANSFER_RECEIVED', from: bank, to: bearerOfTransfer(money) };
}

/** A transfer that lay in suspense and has found its attempt. */
export function transferAssigned(money: TransferMoney & { readonly acquirer: string }): NewPosting {
  return { ...transferPosting(money), kind: 'TRANSFER_ASSIGNED', from: suspense, to: acquirerOf(money) };
}

/** A transfer that goes back to whoever sent it, or that the bank takes back. */
export function transferReturned(money: TransferMoney): NewPosting {
  return { ...transferPosting(money), kind: 'TRANSFER_RETURNED', from: bearerOfTransfer(money), to: bank };
}

function transferPosting({ amount, currency, entryId, at }: TransferMoney): Omit<NewPosting, 'kind' | 'from' | 'to'> {
  return { amount, currency, entryId, at };
}

function bearerOfTransfer({ acquirer }: TransferMoney): NewPosting['from'] {
  return acquirer === undefined ? suspense : acquirerOf({ acquirer });
}

const suspense = { kind: 'SUSPENSE', owner: 'gateway' } as const;

function heldPosting({ amount, currency, heldForId, at }: HeldMoney): Omit<NewPosting, 'kind' | 'from' | 'to'> {
  return { amount, currency, heldForId, at };
}

function acquirerOf({ acquirer }: { readonly acquirer: string }): NewPosting['from'] {
  return { kind: 'ACQUIRER', owner: acquirer };
}

/** What the postings of one refund have in common. */
export type RefundMoney = {
  readonly acquirer: string;
  readonly shopId: string;
  /** Of the part that a recipient bears. */
  readonly recipientId?: string;
  readonly refundId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/** A refund that was ordered: the shop has less, until the acquirer has given it back or refused. */
export function refundOrdered(refund: RefundMoney): NewPosting {
  return { ...refundPosting(refund), kind: 'REFUND_ORDERED', from: bearerOf(refund), to: refundsOf(refund) };
}

/** A refund that reached the payer: the acquirer owes us that much less. */
export function refundSettled(refund: RefundMoney): NewPosting {
  return { ...refundPosting(refund), kind: 'REFUND_SETTLED', from: refundsOf(refund), to: acquirerOf(refund) };
}

/** A refund that the acquirer refused: the shop has its money again. */
export function refundRejected(refund: RefundMoney): NewPosting {
  return { ...refundPosting(refund), kind: 'REFUND_REJECTED', from: refundsOf(refund), to: bearerOf(refund) };
}

function refundPosting({ amount, currency, refundId, at }: RefundMoney): Omit<NewPosting, 'kind' | 'from' | 'to'> {
  return { amount, currency, refundId, at };
}

function bearerOf({ shopId, recipientId }: Pick<RefundMoney, 'shopId' | 'recipientId'>): NewPosting['from'] {
  return recipientId === undefined ? { kind: 'SHOP', owner: shopId } : { kind: 'RECIPIENT', owner: recipientId };
}

function refundsOf({ acquirer }: RefundMoney): NewPosting['from'] {
  return { kind: 'REFUNDS', owner: acquirer };
}

/** A payout as its postings need it. */
export type PayoutMoney = {
  readonly id: string;
  readonly shopId: string | null;
  readonly recipientId: string | null;
  readonly currency: Currency;
  readonly net: bigint;
  /** Below zero when more commission is given back than charged. */
  readonly commission: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** A payout that was made: its receiver is charged his commissions, and what is left is on its way. */
export function payoutMade(payout: PayoutMoney): NewPosting[] {
  const { commission, createdAt: at } = payout;
  const owner = ownerOf(payout);
  const money = { ...payoutPosting(payout), at };
  const sent: NewPosting = { ...money, kind: 'PAYOUT', from: owner, to: payouts, amount: payout.net };
  if (commission === 0n) return [sent];
  const [from, to] = commission > 0n ? [owner, earned] : [earned, owner];
  return [{ ...money, kind: 'COMMISSION', from, to, amount: commission > 0n ? commission : -commission }, sent];
}

/** A payout that the bank has booked. */
export function payoutConfirmed(payout: PayoutMoney): NewPosting {
  const { net: amount, updatedAt: at } = payout;
  return { ...payoutPosting(payout), kind: 'PAYOUT_CONFIRMED', from: payouts, to: bank, amount, at };
}

/** A payout that came back, before the bank had booked it or after: its receiver is owed the sum again. */
export function payoutReturned(payout: PayoutMoney, wasBooked: boolean): NewPosting {
  const { net: amount, updatedAt: at } = payout;
  const from = wasBooked ? bank : payouts;
  return { ...payoutPosting(payout), kind: 'PAYOUT_RETURNED', from, to: ownerOf(payout), amount, at };
}

/** A payout that was cancelled and that the bank executed all the same: its receiver has had what he was owed again. */
export function payoutReinstated(payout: PayoutMoney): NewPosting {
  const { net: amount, updatedAt: at } = payout;
  return { ...payoutPosting(payout), kind: 'PAYOUT_REINSTATED', from: ownerOf(payout), to: payouts, amount, at };
}

/** A payout that was cancelled and executed all the same, and then came back from the bank: its receiver is owed the sum again. */
export function payoutSentBack(payout: PayoutMoney): NewPosting {
  return { ...payoutReturned(payout, true), kind: 'PAYOUT_SENT_BACK' };
}

/** What a bank kept of a payout that came back, at our cost. */
export function payoutFeeKept(
  payout: Pick<PayoutMoney, 'id' | 'currency'>,
  { fee: amount, at }: { readonly fee: bigint; readonly at: Date },
): NewPosting {
  return { kind: 'PAYOUT_FEE', from: bankFees, to: bank, amount, payoutId: payout.id, currency: payout.currency, at };
}

const payouts = { kind: 'PAYOUTS', owner: 'gateway' } as const;
const bank = { kind: 'BANK', owner: 'gateway' } as const;
const bankFees = { kind: 'BANK_FEES', owner: 'gateway' } as const;
const earned = { kind: 'COMMISSION', owner: 'gateway' } as const;

function payoutPosting({ id, currency }: PayoutMoney): { readonly payoutId: string; readonly currency: Currency } {
  return { payoutId: id, currency };
}

function ownerOf({ shopId, recipientId }: PayoutMoney): NewPosting['from'] {
  return shopId === null ? { kind: 'RECIPIENT', owner: recipientId ?? '' } : { kind: 'SHOP', owner: shopId };
}

/** One thing that is checked: a statement that finds what breaks a sentence. Its first parameters are `values`. */
export type Check = {
  /** A word for metrics. */
  readonly name: string;
  readonly sentence: string;
  readonly values?: readonly unknown[];
  /** Gives a row for each fault, as `FoundFault`; it may read a relation `subject`. */
  readonly sql: string;
};

/** What a check found. */
export type FoundFault = {
  /** The account, transaction, payout … by its id. */
  readonly subject: string;
  /** Whose it is, where the subject does not say it. */
  readonly owner: string | null;
  readonly currency: Currency;
  /** Minor units; null where it is no matter of amounts. */
  readonly found: bigint | null;
  readonly expected: bigint | null;
};

/** A fault of the books, with the check that found it. */
export type Fault = FoundFault & { readonly check: string; readonly sentence: string };

/** Says a fault in one line: which rule, what breaks it, whose it is, what is there and what should be. */
export function describeFault({ check, sentence, subject, owner, currency, found, expected }: Fault): string {
  const amount = (value: bigint): string => `${toDecimal(value)} ${currency}`;
  const right = expected === null ? '' : ` where ${amount(expected)} is right`;
  const said = found === null ? right : ` has ${amount(found)}${right}`;
  return `${check}: ${subject}${owner === null ? '' : ` of ${owner}`}${said} (${sentence})`;
}
