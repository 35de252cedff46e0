import {
  at,
  calendarOf,
  type Day,
  dayOf,
  isBusinessDay,
  nextBusinessDay,
  nextElixirSession,
} from '../calendar/model.ts';
import { after } from '../kernel/clock.ts';
import type { Payout } from '../kernel/db/generated/prisma/client.ts';
import type { PayoutStatus } from '../kernel/db/generated/prisma/enums.ts';
import { type Currency, currencies } from '../kernel/money.ts';

/**
 * The moves a payout may make. A bank may book a transfer first and send it back days later, so one that is settled can
 * still return (docs/decisions/0022-what-a-payout-takes-up.md). One that was sent waits again when the bank refused the
 * whole file it was in (docs/decisions/0033-files-for-the-bank.md), and is settled from there when the bank executed it
 * nevertheless. One that waits returns when an operator cancels it; if the bank executed that nevertheless, it is settled, and no
 * other that is RETURNED is (docs/decisions/0065-a-cancelled-payout-that-the-bank-executed.md).
 */
export const payoutMoves = {
  SCHEDULED: ['SENT', 'SETTLED', 'RETURNED'],
  SENT: ['SETTLED', 'RETURNED', 'SCHEDULED'],
  SETTLED: ['RETURNED'],
  RETURNED: ['SETTLED'],
} as const satisfies Record<PayoutStatus, readonly PayoutStatus[]>;

/** Says whether a payout may move from one state to another. */
export function mayMovePayout(from: PayoutStatus, to: PayoutStatus): boolean {
  const targets: readonly PayoutStatus[] = payoutMoves[from];
  return targets.includes(to);
}

/** Says whether an operator has cancelled a payout: it returned and was never sent. */
export function wasCancelled({ status, sentAt }: Pick<Payout, 'status' | 'sentAt'>): boolean {
  return status === 'RETURNED' && sentAt === null;
}

/** Why nothing is done about a payout that our bank may have executed, and what to do first: two sentences. */
export function doubtAbout({ isBooked }: { readonly isBooked: boolean }, which: string): string {
  return isBooked
    ? `A held movement on our account names ${which}, so the bank may have executed it. Decide on it in heldTransfers first.`
    : `A movement on our account that is not booked yet names ${which}, so the bank may have executed it. Try again when it is booked, within a minute; if that takes longer, the log says why it cannot be booked.`;
}

/** When the run of a day begins, in Warsaw (domain: calendar and payouts). */
const runTime = { hour: 6 } as const;

/** The moment of a day's run. */
export function runAt(day: Day): Date {
  return at(day, runTime);
}

/** The currencies that are paid out on a day: EUR when TARGET is open, all others on Poland's business days. */
export function currenciesOn(day: Day): readonly Currency[] {
  return currencies.filter((currency) => isBusinessDay(calendarOf(currency), day));
}

/** The first day after a day on which something is paid out. */
export function nextRunDay(day: Day): Day {
  let next = day.add({ days: 1 });
  while (currenciesOn(next).length === 0) next = next.add({ days: 1 });
  return next;
}

/** The day of the last run that was due at a moment. */
export function lastRunDay(moment: Date): Day {
  let day = dayOf(moment);
  while (currenciesOn(day).length === 0 || runAt(day) > moment) day = day.subtract({ days: 1 });
  return day;
}

/** How long before a session of Elixir the transfers for it go to the bank. */
const sessionLead = { ms: -30 * 60_000 } as const;
const dayEnd = { hour: 23, minute: 59, second: 59 } as const;

/**
 * When a payout that is made at a moment goes to the bank, and when its receiver can expect it: PLN with the next session
 * of Elixir, EUR by the end of the day, all others by the end of the next business day (domain: calendar and payouts). What is made
 * while the banks rest counts as made on the first business day after that.
 */
export function scheduleOf(currency: Currency, now: Date): { readonly sendAt: Date; readonly expectedAt: Date } {
  if (currency === 'PLN') {
    const expectedAt = nextElixirSession(now);
    const lead = after(expectedAt, sessionLead);
    return { sendAt: lead > now ? lead : now, expectedAt };
  }
  const calendar = calendarOf(currency);
  const today = dayOf(now);
  const executedOn = isBusinessDay(calendar, today) ? today : nextBusinessDay(calendar, today);
  const arrivesOn = currency === 'EUR' ? executedOn : nextBusinessDay(calendar, executedOn);
  return { sendAt: now, expectedAt: at(arrivesOn, dayEnd) };
}

/**
 * The session for which a payout is handed over at a moment: the one that was promised, or what would be promised now when
 * that is later. In PLN the promised session is kept until it begins.
 */
export function sessionOf(payout: { readonly currency: Currency; readonly expectedAt: Date }, now: Date): Date {
  const { currency, expectedAt } = payout;
  if (currency === 'PLN' && expectedAt >= now) return expectedAt;
  const soonest = scheduleOf(currency, now).expectedAt;
  return new Date(Math.max(expectedAt.getTime(), soonest.getTime()));
}

/**
 * The day on which our bank is to execute a file: PLN and EUR arrive on the same day, all others on the one after it, so
 * these begin on the first business day from today on.
 */
export function executionDayOf(currency: Currency, moments: { readonly sessionAt: Date; readonly now: Date }): Day {
  if (currency === 'PLN' || currency === 'EUR') return dayOf(moments.sessionAt);
  const today = dayOf(moments.now);
  const calendar = calendarOf(currency);
  return isBusinessDay(calendar, today) ? today : nextBusinessDay(calendar, today);
}

/**
 * The smallest step of a payout in minor units: banks transfer HUF in whole forints, though it has two decimals
 * (ISO 4217).
 */
export function granularityOf(currency: Currency): bigint {
  return currency === 'HUF' ? 100n : 1n;
}

/** What an account has moved since its last payout, up to a midnight. Minor units. */
export type Movements = {
  /** Sales. */
  readonly gross: bigint;
  /** Refunds ordered, less those that were refused. */
  readonly refunds: bigint;
  /** Payouts that came back, less those of them that turned out to be executed; below zero when these are more. */
  readonly returned: bigint;
  /** What the payout before had left. */
  readonly carriedIn: bigint;
  /** Commissions to be charged; below zero when more is given back. */
  readonly commission: bigint;
  /** What the account has now, with all that came after that midnight. */
  readonly balance: bigint;
};

/** The sums of a payout: `net = carriedIn + gross + returned - refunds - commission - carriedOut`, more than 0. */
export type PayoutSums = Pick<Movements, 'gross' | 'refunds' | 'returned' | 'carriedIn' | 'commission'> & {
  readonly carriedOut: bigint;
  readonly net: bigint;
};

/**
 * Decides what is paid out. Never more than the balance is now: what refunds have taken since midnight is not sent, it
 * stays and is carried to the next payout, as does what is less than the currency's step.
 * @returns undefined when there is nothing to pay; all is then taken up by a later payout, a debt as well.
 */
export function decidePayout(movements: Movements, currency: Currency): PayoutSums | undefined {
  const { gross, refunds, returned, carriedIn, commission, balance } = movements;
  const due = carriedIn + gross + returned - refunds;
  const withheld = due > balance ? due - balance : 0n;
  const payable = due - withheld - commission;
  if (payable <= 0n) return undefined;
  const net = payable - (payable % granularityOf(currency));
  if (net === 0n) return undefined;
  return { gross, refunds, returned, carriedIn, commission, carriedOut: due - commission - net, net };
}

/** An account number of the sandbox whose bank sends every payout back (docs/test-codes.md). */
export const returningIban = 'PL57999000090000000000000404';
