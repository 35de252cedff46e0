import { readSnapshot, type Snapshot } from '../kernel/db/read-snapshot.ts';
import type { Check, Fault } from './model.ts';
import { wholeAccountChecks } from './sql/check-accounts.ts';
import { entryChecks } from './sql/check-entries.ts';
import { payoutChecks } from './sql/check-payouts.ts';
import { postingChecks } from './sql/check-postings.ts';
import { paymentChecks, transactionChecks } from './sql/check-transactions.ts';
import { countSubjects, type Subjects } from './sql/count-subjects.ts';
import { checkAll, type SubjectKind } from './sql/run-checks.ts';
import { type KindTotal, sumAccounts } from './sql/sum-accounts.ts';

/** What one check of a whole ledger came to. */
export type Verdict = { readonly sentence: string; readonly faults: number };

export type Verification = {
  readonly subjects: Subjects;
  /** The trial balance: what all accounts of a kind have together, in the order of currencies and kinds. */
  readonly totals: readonly KindTotal[];
  readonly verdicts: readonly Verdict[];
  readonly faults: number;
};

const checks = [
  ...postingChecks.map((check) => ({ check, kind: 'posting' }) as const),
  ...wholeAccountChecks.map((check) => ({ check, kind: 'account' }) as const),
  ...transactionChecks.map((check) => ({ check, kind: 'transaction' }) as const),
  ...paymentChecks.map((check) => ({ check, kind: 'payment' }) as const),
  ...payoutChecks.map((check) => ({ check, kind: 'payout' }) as const),
  ...entryChecks.map((check) => ({ check, kind: 'entry' }) as const),
];

/**
 * Checks a whole ledger from its first posting on: all of it in one moment of the database, so that it may be in use, and
 * in memory that does not grow with it. Nothing is changed. The database adds up, and faults are told one by one.
 * @param tell hears of each fault as it is found.
 */
export function verifyLedger(url: string, tell: (fault: Fault) => void): Promise<Verification> {
  return readSnapshot(url, (snapshot) => verifySnapshot(snapshot, tell));
}

/** Checks a whole ledger as it is in a snapshot that somebody has open, as `verifyLedger` does. */
export async function verifySnapshot(snapshot: Snapshot, tell: (fault: Fault) => void): Promise<Verification> {
  const subjects = await countSubjects(snapshot);
  const verdicts: Verdict[] = [];
  for (const { check, kind } of checks) {
    const faults = await findFaults(snapshot, { check, kind }, tell);
    verdicts.push({ sentence: check.sentence, faults });
  }
  const totals = await sumAccounts(snapshot);
  return { subjects, totals, verdicts, faults: verdicts.reduce((sum, verdict) => sum + verdict.faults, 0) };
}

async function findFaults(
  snapshot: Snapshot,
  { check, kind }: { readonly check: Check; readonly kind: SubjectKind },
  tell: (fault: Fault) => void,
): Promise<number> {
  let faults = 0;
  for await (const found of checkAll(snapshot, check, kind)) {
    faults += 1;
    tell({ ...found, check: check.name, sentence: check.sentence });
  }
  return faults;
}
