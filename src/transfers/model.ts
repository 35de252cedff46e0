import type { Payout, StatementEntry, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { HeldReason } from '../kernel/db/generated/prisma/enums.ts';
import { withHyphens } from '../kernel/ids.ts';
import { type Currency, toDecimal } from '../kernel/money.ts';
import { wasCancelled } from '../payouts/model.ts';

/** An attempt to pay by a transfer, and what of transfers went to it already. */
export type PaidAttempt = {
  readonly transaction: Pick<Transaction, 'id' | 'status' | 'amount' | 'currency' | 'settledAmount' | 'capturedAmount'>;
  /** Minor units. */
  readonly applied: bigint;
};

/** What becomes of money that came for an attempt. */
export type TransferVerdict =
  | { readonly kind: 'hold'; readonly reason: HeldReason }
  | {
      readonly kind: 'apply';
      /** What goes to the attempt, and what is too much for it. Minor units. */
      readonly take: bigint;
      readonly rest: bigint;
      /** True when the attempt then has all of its money. */
      readonly covers: boolean;
      /** What has come for it in all, when that is news to it. */
      readonly told: bigint | undefined;
    };

/**
 * Says what becomes of money that came for an attempt (docs/decisions/0030). Pure.
 * - All that it lacks: it settles, whenever that is (the payment may be over by then). More: the rest is held. Less: it waits
 *   for the rest.
 * - An attempt that has settled without our seeing the money lacks it still; one that has it lacks nothing.
 * - Another currency, or an attempt that was never sent: held.
 */
export function judgeTransfer(
  { transaction, applied }: PaidAttempt,
  { amount, currency }: Pick<StatementEntry, 'amount' | 'currency'>,
): TransferVerdict {
  const { status, settledAmount, capturedAmount } = transaction;
  if (currency !== transaction.currency) return { kind: 'hold', reason: 'CURRENCY_DIFFERS' };
  if (status === 'NEW') return { kind: 'hold', reason: 'ATTEMPT_NOT_SENT' };
  const settled = status === 'SETTLED';
  const due = (settled ? settledAmount : transaction.amount) - applied;
  if (due <= 0n || (!settled && capturedAmount > 0n)) return { kind: 'hold', reason: 'PAID_ALREADY' };
  const take = amount < due ? amount : due;
  return { kind: 'apply', take, rest: amount - take, covers: take === due, told: settled ? undefined : applied + take };
}

/** What a movement says of a payout. */
export type PayoutVerdict =
  | { readonly kind: 'hold'; readonly reason: HeldReason }
  /** The payout learns it; `undefined`: it knows it already. */
  | { readonly kind: 'answer'; readonly answer: 'booked' | 'returned' | undefined };

/**
 * Says what a movement means that names a payout. Pure.
 * @param isRepeated whether another movement in the same direction has been booked for it.
 */
export function judgePayout(
  payout: Pick<Payout, 'status' | 'net' | 'currency' | 'sentAt'>,
  { amount, currency, direction }: Pick<StatementEntry, 'amount' | 'currency' | 'direction'>,
  isRepeated: boolean,
): PayoutVerdict {
  if (amount !== payout.net || currency !== payout.currency) return { kind: 'hold', reason: 'PAYOUT_AMOUNT_DIFFERS' };
  if (payout.status === 'SCHEDULED' || wasCancelled(payout)) return { kind: 'hold', reason: 'PAYOUT_NOT_SENT' };
  if (isRepeated) return { kind: 'hold', reason: 'PAYOUT_REPEATED' };
  if (direction === 'DEBIT') return { kind: 'answer', answer: payout.status === 'SENT' ? 'booked' : undefined };
  return { kind: 'answer', answer: payout.status === 'RETURNED' ? undefined : 'returned' };
}

/**
 * What banks keep at most of a payout that comes back, in minor units: some 100 EUR. Returns within SEPA and Elixir cost nothing or a
 * few EUR; of a transfer abroad our bank keeps up to 45 EUR by the price lists of banks, and one or two others 15 to 30 EUR each.
 */
export const bankFeeMax: Readonly<Record<Currency, bigint>> = {
  PLN: 40_000n,
  EUR: 10_000n,
  GBP: 10_000n,
  USD: 10_000n,
  CHF: 10_000n,
  CZK: 250_000n,
  HUF: 4_000_000n,
  RON: 50_000n,
};

/** Why what is missing of a payout that comes back is no fee of a bank: one sentence; undefined: it may be one. Minor units. */
export function obstacleToFee(fee: bigint, currency: Currency): string | undefined {
  const max = bankFeeMax[currency];
  if (fee <= max) return undefined;
  return `Of this payout ${toDecimal(fee)} ${currency} would be missing, and banks keep at most ${toDecimal(max)} ${currency} of one that comes back: look for what else came back of it, or whether this is another movement.`;
}

/** Why a movement cannot be given to what an operator names: one sentence. */
export function obstacleOf(reason: HeldReason): string {
  return obstacles[reason] ?? 'The transfer cannot be for that.';
}

const obstacles: Readonly<Partial<Record<HeldReason, string>>> = {
  CURRENCY_DIFFERS: 'The transfer is in another currency than the transaction.',
  ATTEMPT_NOT_SENT: 'The transaction was never sent, so no money can be for it.',
  PAID_ALREADY: 'The transaction lacks no money.',
  PAYOUT_AMOUNT_DIFFERS:
    'The payout is of another amount or currency. If it came back and the bank kept a fee, say acceptFee.',
  PAYOUT_REPEATED: 'The payout has its movement already.',
};

/**
 * The id of a payout, or of a transfer that we sent back, that a movement names: 32 hexadecimal digits as its end-to-end id or
 * in its title.
 */
export function namedIdOf({ endToEndId, title }: Pick<StatementEntry, 'endToEndId' | 'title'>): string | undefined {
  const [digits] =
    /^[0-9a-f]{32}$/i.exec(endToEndId ?? '') ?? /(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])/i.exec(title) ?? [];
  if (digits === undefined) return undefined;
  return withHyphens(digits);
}
