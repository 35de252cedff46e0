import {
  type Amount,
  accountOf,
  acquirers,
  type Books,
  type Commission,
  type Currency,
  divide,
  type EntryKind,
  halfUp,
  type ModelShop,
  type Part,
  post,
  type Sale,
  type Terms,
} from './model-books.ts';
import { type Day, type Moment, plusMonths } from './model-calendar.ts';

/** 1,000,000.00 PLN: what a merchant may settle for nothing. */
const promotionLimit = 100_000_000n;
const promotionMonths = 3;
const reservedDays = 7;

/** The terms of a shop at a moment: those of the newest plan that has begun. */
export function termsAt(shop: ModelShop, { day, time }: Moment): Terms {
  const present = `${day}T${time}`;
  let found = shop.plans[0];
  for (const plan of shop.plans) if (plan.from <= present && plan.from >= (found?.from ?? '')) found = plan;
  if (!found) throw new Error(`${shop.name} has no prices.`);
  return found.terms;
}

/** Gives a shop other prices from a moment on, or says why not. */
export function setPrices(shop: ModelShop, plan: { readonly from: string; readonly terms: Terms }): string {
  if (plan.terms.promotion && plan.from.slice(0, 10) > promotionEnd(shop)) return 'INVALID_INPUT';
  shop.plans.push(plan);
  return 'done';
}

/** The last day of the promotion: three months after that of the signing. */
function promotionEnd({ merchant }: ModelShop): Day {
  return plusMonths(merchant.signedOn, promotionMonths);
}

/** A sale whose money is there at once, or is reserved for seven days. */
export function sell(
  books: Books,
  wish: Pick<Sale, 'shop' | 'currency' | 'by' | 'amount' | 'parts'> & { readonly reserve: boolean },
  now: Moment,
): string {
  const { reserve, ...given } = wish;
  const sale: Sale = {
    ...given,
    ...{ number: books.sales.length, status: 'AUTHORIZED', reservedAt: now, commission: undefined },
    ...{ taken: 0n, refunded: 0n, refundedForGood: 0n },
  };
  books.sales.push(sale);
  if (!reserve) capture(books, { sale, amount: sale.amount }, now);
  return sale.status;
}

/** Takes a part of what is reserved, or all of it; with the last part the sale settles. */
export function capture(
  books: Books,
  { sale, amount }: { readonly sale: Sale; readonly amount: Amount },
  now: Moment,
): string {
  if (sale.status !== 'AUTHORIZED') return 'NOT_CAPTURABLE';
  if (amount > sale.amount - sale.taken) return 'AMOUNT_OUT_OF_RANGE';
  const owed = sale.parts.map((part) => part.amount - part.got);
  const rest = owed.reduce((sum, part) => sum - part, sale.amount - sale.taken);
  const shares = divide(amount, [...owed, rest]);
  for (const [place, share] of shares.entries()) {
    const part = sale.parts[place];
    if (part) part.got += share;
    if (part) part.left += share;
    if (share > 0n) book(books, { sale, part, kind: 'SALE', amount: share }, now);
  }
  sale.taken += amount;
  if (sale.taken === sale.amount) settle(books, sale, now);
  return sale.status;
}

/** Releases what is still reserved. */
export function release(books: Books, sale: Sale, now: Moment): string {
  if (sale.status !== 'AUTHORIZED') return 'NOT_VOIDABLE';
  if (sale.taken > 0n) settle(books, sale, now);
  else sale.status = 'CANCELLED';
  return sale.status;
}

/** Ends the sales whose seven days are over. */
export function letExpire(books: Books, now: Moment): void {
  for (const sale of books.sales) {
    if (sale.status !== 'AUTHORIZED' || now.ms < sale.reservedAt.ms + reservedDays * 86_400_000) continue;
    if (sale.taken > 0n) settle(books, sale, now);
    else sale.status = 'EXPIRED';
  }
}

/** Enters money that a shop or recipient gets or gives, and moves it in the ledger. */
export function book(
  books: Books,
  line: { readonly sale: Sale; readonly part: Part | undefined; readonly kind: EntryKind; readonly amount: Amount },
  { day }: Moment,
): void {
  const { sale, part, kind, amount } = line;
  const account = accountOf(books, sale.shop, { currency: sale.currency, part });
  account.entries.push({ day, kind, amount, sale: sale.number });
  if (kind === 'COMMISSION') return;
  account.balance += amount;
  const other = kind === 'SALE' ? 'ACQUIRER' : 'REFUNDS';
  post(books, [`${other} ${acquirers[sale.by]}`, account.kind], { currency: sale.currency, amount });
}

function settle(books: Books, sale: Sale, now: Moment): void {
  sale.status = 'SETTLED';
  const commission = commissionOf(books, sale, now);
  sale.commission = commission;
  if (commission.counted !== undefined) sale.shop.merchant.turnover += commission.counted;
  const rest = sale.parts.reduce((left, { got }) => left - got, sale.taken);
  const shares = divide(commission.amount, [...sale.parts.map(({ got }) => got), rest]);
  for (const [place, share] of shares.entries()) {
    if (share > 0n) book(books, { sale, part: sale.parts[place], kind: 'COMMISSION', amount: -share }, now);
  }
}

function commissionOf(books: Books, sale: Sale, now: Moment): Commission {
  const { shop, taken, by } = sale;
  const terms = termsAt(shop, now);
  const { turnover } = shop.merchant;
  const isReached = turnover >= promotionLimit;
  const isOver = now.day > promotionEnd(shop);
  const state = !terms.promotion ? 'NONE' : isReached ? 'ENDED_BY_TURNOVER' : isOver ? 'ENDED_BY_TIME' : 'APPLIED';
  const percent = state === 'APPLIED' ? '0' : by === 'blik' ? terms.blik : terms.other;
  return {
    ...{ amount: percentOf(taken, percent), base: taken, percent, state, givesBack: terms.givesBack, givenBack: 0n },
    turnover: state === 'APPLIED' ? turnover : undefined,
    counted: isReached || isOver ? undefined : inPln(books, { currency: sale.currency, amount: taken }, now.day),
  };
}

/** What a percentage of an amount is; it is written with up to four decimals. */
function percentOf(amount: Amount, percent: string): Amount {
  const [whole = '0', decimals = ''] = percent.split('.');
  return halfUp(amount * BigInt(whole + decimals.padEnd(4, '0')), 1_000_000n);
}

/** What an amount counts in PLN: at the rate of the newest table up to the day; nothing while there is none. */
function inPln({ rates }: Books, { currency, amount }: { currency: Currency; amount: Amount }, day: Day): Amount {
  if (currency === 'PLN') return amount;
  const table = rates.findLast((one) => one.day <= day);
  return table ? halfUp(amount * table[currency], 100_000_000n) : 0n;
}
