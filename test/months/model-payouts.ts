import {
  type Amount,
  type Books,
  type Entry,
  type ModelAccount,
  type ModelMerchant,
  type ModelPayout,
  post,
} from './model-books.ts';
import { arrival, type Day, isBankDay, type Moment, nextBankDay, plus } from './model-calendar.ts';

const runTime = '06:00';
/** After so many whole business days another account is paid. */
const coolingDays = 2;

/** Runs the payouts of all days since the last run, each as its own. */
export function runDays(books: Books, now: Moment): void {
  for (let day = plus(books.lastRun, 1); `${day}T${runTime}` <= `${now.day}T${now.time}`; day = plus(day, 1)) {
    for (const account of books.accounts.values())
      if (isBankDay(day, account.currency)) pay(books, { account, day }, now);
    books.lastRun = day;
  }
}

/** Pays what an account was owed at the beginning of a day, but never more than it has now. */
function pay(books: Books, { account, day }: { readonly account: ModelAccount; readonly day: Day }, now: Moment): void {
  const entries = account.entries.filter((entry) => entry.day < day);
  const sum = (...kinds: Entry['kind'][]): Amount =>
    entries.reduce((all, { kind, amount }) => (kinds.includes(kind) ? all + amount : all), 0n);
  const gross = sum('SALE');
  const refunds = -sum('REFUND', 'REFUND_REJECTED');
  const returned = sum('PAYOUT_RETURNED');
  const commission = -sum('COMMISSION');
  const carriedIn = account.carried;
  const owed = carriedIn + gross + returned - refunds;
  const kept = owed > account.balance ? owed - account.balance : 0n;
  const whole = owed - kept - commission;
  // Forints have no smaller coin.
  const net = account.currency === 'HUF' ? whole - (whole % 100n) : whole;
  const iban = ibanOf(account, now);
  // Commissions are booked with payouts: without a payout or anything else before the day, nothing was.
  const isMoved = entries.some(({ kind, amount }) => kind !== 'COMMISSION' && amount !== 0n);
  if (!isMoved && (account.paidOn === undefined || account.paidOn >= day)) return;
  // Whoever has nothing, or a debt, is paid nothing; a later payout takes up all of it.
  if (account.balance <= 0n || net <= 0n || iban === undefined) return;
  // What came back once would come back again.
  if (heldBy(books, { account, iban }).length > 0) return;
  const carriedOut = owed - commission - net;
  const { sentAt, arrivesAt } = arrival(account.currency, now);
  books.payouts.push({
    ...{ account, day, iban, sums: { carriedIn, gross, refunds, returned, commission, carriedOut }, net, entries },
    ...{ sentAt, arrivesAt, status: 'SCHEDULED' },
  });
  account.entries = account.entries.filter((entry) => entry.day >= day);
  account.carried = carriedOut;
  account.paidOn = now.day;
  account.balance -= net + commission;
  const { currency, kind } = account;
  post(books, [kind, 'COMMISSION gateway'], { currency, amount: commission });
  post(books, [kind, 'PAYOUTS gateway'], { currency, amount: net });
}

function ibanOf({ kind, owner, merchant, currency }: ModelAccount, { day, time }: Moment): string | undefined {
  if (kind === 'RECIPIENT') return owner.split(' ')[1];
  const own = merchant.payoutAccounts.filter((account) => account.currency === currency);
  return own.findLast(({ from }) => from <= `${day}T${time}`)?.iban;
}

/** Where a payout goes to. */
type Place = { readonly account: Pick<ModelAccount, 'merchant' | 'currency'>; readonly iban: string };

/** The payouts that came back from an account, and keep others from it. */
function heldBy(books: Books, { account, iban }: Place): ModelPayout[] {
  return books.payouts.filter((payout) => {
    const { merchant, currency } = payout.account;
    const isThere = merchant === account.merchant && currency === account.currency && payout.iban === iban;
    return isThere && payout.status === 'RETURNED' && payout.resumed !== true;
  });
}

/** Says that the account of a payout that came back may be paid to again. */
export function resume(books: Books, payout: ModelPayout): void {
  for (const held of heldBy(books, payout)) held.resumed = true;
}

/** Whoever names an account means to be paid there, whatever came back from it before. */
export function letAccountsChange(books: Books, { day, time }: Moment): void {
  for (const merchant of books.merchants) {
    for (const account of merchant.payoutAccounts) {
      if (account.noted === true || account.from > `${day}T${time}`) continue;
      account.noted = true;
      const { currency, iban } = account;
      for (const held of heldBy(books, { account: { merchant, currency }, iban })) held.resumed = true;
    }
  }
}

/** The bank takes, books and sends back what it should have by now. */
export function letBank(books: Books, now: Moment, closedIban: string): void {
  const present = `${now.day}T${now.time}`;
  for (const payout of books.payouts) {
    const isDue = payout.status === 'SCHEDULED' && payout.sentAt <= present;
    if (isDue && heldBy(books, payout).length === 0) handOver(payout, now);
  }
  for (const payout of books.payouts) {
    if (payout.status !== 'SENT' || payout.arrivesAt > present) continue;
    if (payout.iban === closedIban) comeBack(books, payout, now);
    else arrive(books, payout);
  }
}

/** Gives a payout to the bank; one whose session is over goes into the next, and what is late arrives late. */
function handOver(payout: ModelPayout, now: Moment): void {
  payout.status = 'SENT';
  const { currency } = payout.account;
  const { arrivesAt } = arrival(currency, now);
  if (currency === 'PLN' && payout.arrivesAt >= `${now.day}T${now.time}`) return;
  if (payout.arrivesAt < arrivesAt) payout.arrivesAt = arrivesAt;
}

function arrive(books: Books, payout: ModelPayout): void {
  payout.status = 'SETTLED';
  const { account, net: amount } = payout;
  post(books, ['PAYOUTS gateway', 'BANK gateway'], { currency: account.currency, amount });
}

/** Money that the bank sends back is owed again; the commission stays charged. */
export function comeBack(books: Books, payout: ModelPayout, now: Moment): void {
  const { account, net: amount, status } = payout;
  payout.status = 'RETURNED';
  account.balance += amount;
  account.entries.push({ day: now.day, kind: 'PAYOUT_RETURNED', amount, sale: -1 });
  const from = status === 'SETTLED' ? 'BANK gateway' : 'PAYOUTS gateway';
  post(books, [from, account.kind], { currency: account.currency, amount });
}

/** Asks for another account to be paid, or says why not. */
export function moveAccount(
  merchant: ModelMerchant,
  { currency, iban }: { readonly currency: ModelAccount['currency']; readonly iban: string },
  { day, time }: Moment,
): string {
  const waits = merchant.payoutAccounts.some(
    (account) => account.currency === currency && account.from > `${day}T${time}`,
  );
  if (waits) return 'WRONG_STATE';
  let last = day;
  for (let count = 0; count < coolingDays; count += 1) last = nextBankDay(last);
  merchant.payoutAccounts.push({ currency, iban, from: `${plus(last, 1)}T00:00:00.000` });
  return 'done';
}
