import {
  type Amount,
  accountOf,
  acquirers,
  type Books,
  divide,
  halfUp,
  type ModelRefund,
  post,
  type Sale,
} from './model-books.ts';
import type { Moment } from './model-calendar.ts';
import { book, termsAt } from './model-sales.ts';

export type RefundWish = {
  readonly sale: Sale;
  readonly amount: Amount;
  /** What each part bears, in the order of the parts; undefined: in proportion to what each has left. */
  readonly shares: readonly Amount[] | undefined;
  readonly reply: ModelRefund['status'];
};

/** Orders a refund, which the acquirer answers at once, or says why not. */
export function refund(books: Books, wish: RefundWish, now: Moment): string {
  const { sale, amount, reply } = wish;
  if (sale.status !== 'SETTLED') return 'TRANSACTION_NOT_SETTLED';
  if (amount > sale.taken - sale.refunded) return 'REFUND_EXCEEDS_AMOUNT';
  const borne = bornBy(wish);
  const { overdraft } = termsAt(sale.shop, now);
  const [before, after] = [lackIn(books, sale, []), lackIn(books, sale, borne)];
  if (after > before && after > overdraft) return 'BALANCE_TOO_LOW';
  const ordered: ModelRefund = { number: books.refunds.length, sale, amount, borne, status: 'PENDING' };
  books.refunds.push(ordered);
  sale.refunded += amount;
  for (const { part, amount: own } of borne) {
    if (part) part.left -= own;
    book(books, { sale, part, kind: 'REFUND', amount: -own }, now);
  }
  return reply === 'PENDING' ? 'PENDING' : answer(books, { refund: ordered, word: reply }, now);
}

/** What the shop of a sale and all recipients of its merchant lack in its currency, once these parts are taken from them. */
function lackIn(books: Books, { shop, currency }: Sale, taken: ModelRefund['borne']): Amount {
  const parts = taken.map(({ part, amount }) => ({ account: accountOf(books, shop, { currency, part }), amount }));
  const own = accountOf(books, shop, { currency });
  const recipients = [...books.accounts.values()].filter(
    (one) => one.kind === 'RECIPIENT' && one.merchant === shop.merchant && one.currency === currency,
  );
  return [own, ...recipients].reduce((lack, account) => {
    const left = parts.reduce((rest, part) => (part.account === account ? rest - part.amount : rest), account.balance);
    return left < 0n ? lack - left : lack;
  }, 0n);
}

function bornBy({ sale, amount, shares }: RefundWish): ModelRefund['borne'] {
  const left = sale.parts.map((part) => part.left);
  const rest = left.reduce((sum, part) => sum - part, sale.taken - sale.refunded);
  const parts = shares
    ? [...shares, shares.reduce((sum, share) => sum - share, amount)]
    : divide(amount, [...left, rest]);
  return parts.flatMap((own, place) => (own > 0n ? [{ part: sale.parts[place], amount: own }] : []));
}

/** Takes the acquirer's last word on a refund. */
export function answer(
  books: Books,
  { refund: ordered, word }: { readonly refund: ModelRefund; readonly word: 'SETTLED' | 'REJECTED' },
  now: Moment,
): string {
  if (ordered.status !== 'PENDING') return ordered.status;
  ordered.status = word;
  const { sale, amount, borne } = ordered;
  const { currency } = sale;
  const acquirer = acquirers[sale.by];
  if (word === 'SETTLED') {
    post(books, [`REFUNDS ${acquirer}`, `ACQUIRER ${acquirer}`], { currency, amount });
    giveBack(books, ordered, now);
    sale.refundedForGood += amount;
    return word;
  }
  sale.refunded -= amount;
  for (const { part, amount: own } of borne) {
    if (part) part.left += own;
    book(books, { sale, part, kind: 'REFUND_REJECTED', amount: own }, now);
  }
  return word;
}

/** Gives the commission of the refunded share back to whoever bears the refund, where the plan of the sale says so. */
function giveBack(books: Books, { sale, amount, borne }: ModelRefund, now: Moment): void {
  const { commission, refundedForGood: before } = sale;
  if (!commission?.givesBack || commission.amount === 0n) return;
  const upTo = (refunded: Amount): Amount => halfUp(commission.amount * refunded, commission.base);
  const back = upTo(before + amount) - upTo(before);
  commission.givenBack += back;
  const shares = divide(
    back,
    borne.map((one) => one.amount),
  );
  for (const [place, { part }] of borne.entries()) {
    const own = shares[place] ?? 0n;
    if (own > 0n) book(books, { sale, part, kind: 'COMMISSION', amount: own }, now);
  }
}
