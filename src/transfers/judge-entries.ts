import type { Payout, StatementEntry, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { HeldReason } from '../kernel/db/generated/prisma/enums.ts';
import { judgePayout, judgeTransfer, namedIdOf, type TransferVerdict } from './model.ts';

/** What the books know of what some entries name; it moves on with each entry that is judged. */
export type Known = {
  /** By account number: the attempt whose money is awaited there. */
  readonly attempts: ReadonlyMap<string, string>;
  readonly transactions: Map<string, Transaction>;
  /** By attempt: what of transfers went to it. */
  readonly applied: Map<string, bigint>;
  readonly payouts: Map<string, Payout>;
  /** Payouts, with a direction, that an entry is booked for. */
  readonly bookedPayouts: Set<string>;
  /** Transfers that were sent back, and are not seen to leave our account yet. */
  readonly sentBack: Map<string, StatementEntry>;
};

/** What becomes of an entry. */
export type Decision =
  | (Extract<TransferVerdict, { kind: 'apply' }> & { readonly transactionId: string })
  | { readonly kind: 'payout'; readonly payoutId: string; readonly answer: 'booked' | 'returned' | undefined }
  /** It is the transfer with which we sent another one back. */
  | { readonly kind: 'sent-back'; readonly entryId: string }
  | {
      readonly kind: 'hold';
      readonly reason: HeldReason;
      readonly transactionId?: string;
      readonly payoutId?: string;
    };

/** Says what becomes of entries, in their order, each with what those before it have changed. */
export function judgeEntries(known: Known, entries: readonly StatementEntry[]): readonly Decision[] {
  return entries.map((entry) => {
    const decision = judge(known, entry);
    note(known, entry, decision);
    return decision;
  });
}

function judge(known: Known, entry: StatementEntry): Decision {
  const named = namedIdOf(entry);
  const payout = named === undefined ? undefined : known.payouts.get(named);
  // The bank took back what it had credited: that is no payout of ours.
  if (payout && !(entry.direction === 'DEBIT' && entry.isReversal)) {
    const isRepeated = known.bookedPayouts.has(bookedKey(payout.id, entry));
    const verdict = judgePayout(payout, entry, isRepeated);
    if (verdict.kind === 'hold') return { ...verdict, payoutId: payout.id };
    return { kind: 'payout', payoutId: payout.id, answer: verdict.answer };
  }
  const transactionId = findAttempt(known, entry);
  if (entry.direction === 'DEBIT') {
    const sentBack = named === undefined ? undefined : known.sentBack.get(named);
    if (sentBack?.releasedAmount === entry.amount && sentBack.currency === entry.currency) {
      return { kind: 'sent-back', entryId: sentBack.id };
    }
    return { kind: 'hold', reason: 'UNKNOWN_DEBIT', ...(transactionId === undefined ? {} : { transactionId }) };
  }
  const transaction = transactionId === undefined ? undefined : known.transactions.get(transactionId);
  if (!transaction) return { kind: 'hold', reason: 'UNKNOWN_ACCOUNT' };
  const applied = known.applied.get(transaction.id) ?? 0n;
  return { ...judgeTransfer({ transaction, applied }, entry), transactionId: transaction.id };
}

/** The account that it was sent to says which attempt it is for; other numbers do so if they all mean the same one. */
function findAttempt({ attempts }: Known, { sentTo, accountNumbers }: StatementEntry): string | undefined {
  const awaited = sentTo === null ? undefined : attempts.get(sentTo);
  if (awaited !== undefined) return awaited;
  const distinct = new Set(accountNumbers.map((number) => attempts.get(number)).filter((id) => id !== undefined));
  return distinct.size === 1 ? [...distinct][0] : undefined;
}

function note(known: Known, entry: StatementEntry, decision: Decision): void {
  if (decision.kind === 'apply') {
    const { transactionId, take, covers, told } = decision;
    known.applied.set(transactionId, (known.applied.get(transactionId) ?? 0n) + take);
    const transaction = known.transactions.get(transactionId);
    if (transaction && covers && told !== undefined) {
      known.transactions.set(transactionId, { ...transaction, status: 'SETTLED', settledAmount: told });
    }
  } else if (decision.kind === 'payout') {
    const { payoutId, answer } = decision;
    known.bookedPayouts.add(bookedKey(payoutId, entry));
    const payout = known.payouts.get(payoutId);
    if (payout && answer) {
      known.payouts.set(payoutId, { ...payout, status: answer === 'booked' ? 'SETTLED' : 'RETURNED' });
    }
  } else if (decision.kind === 'sent-back') known.sentBack.delete(decision.entryId);
}

/** The key of `bookedPayouts`. */
export function bookedKey(payoutId: string, { direction }: Pick<StatementEntry, 'direction'>): string {
  return `${payoutId} ${direction}`;
}
