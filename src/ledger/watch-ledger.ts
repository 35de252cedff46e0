import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { LedgerDeps } from './deps.ts';
import { type Check, describeFault, type Fault, type FoundFault } from './model.ts';
import { accountChecks } from './sql/check-accounts.ts';
import { entryChecks } from './sql/check-entries.ts';
import { payoutChecks } from './sql/check-payouts.ts';
import { postingChecks } from './sql/check-postings.ts';
import { paymentChecks, transactionChecks } from './sql/check-transactions.ts';
import { type CheckProgress, holdChecks, keepChecks, readNext, readTouched, type Subjects } from './sql/read-patrol.ts';
import { checkPostings, checkSome } from './sql/run-checks.ts';

/** New postings that one transaction checks. */
const postingsAtOnce = 2_000n;
/** Transactions, payouts and accounts of the round through everything that a call looks at, of each so many. */
const patrolAtOnce = 500;
/** Faults that are kept in mind so as not to be logged again. */
const toldMax = 10_000;

type Range = { readonly after: bigint; readonly through: bigint };
type Step = { readonly faults: readonly Fault[]; readonly postings: number; readonly more: boolean };

/**
 * Makes the watch over invariants 1 to 4. Each call checks the postings that were counted since the last one, with all that
 * they are about, and goes on a piece in its round through everything older, where somebody may have meddled by hand. Any
 * number of processes may call it: one at a time checks. A fault is counted each time that it is found, and logged as an
 * alarm once by each process.
 */
export function createLedgerWatch({ database, log, metrics }: LedgerDeps): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    let step: Step;
    do {
      step = await inTransaction(database, check);
      metrics.ledgerChecked({ postings: step.postings, faults: step.faults.map((fault) => fault.check) });
      for (const { check: name, subject, owner, ...fault } of step.faults) {
        const words = describeFault({ check: name, subject, owner, ...fault });
        if (told.has(words)) continue;
        if (told.size < toldMax) told.add(words);
        log.error({ check: name, subject, owner }, `the books are wrong: ${words}`);
      }
    } while (step.more);
  };
}

async function check(tx: Tx): Promise<Step> {
  const place = await holdChecks(tx);
  if (!place) return { faults: [], postings: 0, more: false };
  const range = rangeOf(place);
  const more = range.through < place.countedThrough;
  const faults = await checkRange(tx, range);
  const next = await readNext(tx, place, patrolAtOnce);
  faults.push(...(await checkSubjects(tx, next)));
  await keepChecks(tx, {
    postingsThrough: range.through,
    transactionId: placeAfter(next.transactions) ?? null,
    payoutId: placeAfter(next.payouts) ?? null,
    accountId: placeAfter(next.accounts) ?? 0n,
  });
  return { faults: withoutTwins(faults), postings: Number(range.through - range.after), more };
}

/** Where the round goes on: behind this piece, or from the beginning when there was no more. */
function placeAfter<Id>(piece: readonly Id[]): Id | undefined {
  return piece.length < patrolAtOnce ? undefined : piece.at(-1);
}

function rangeOf({ postingsThrough: after, countedThrough }: CheckProgress): Range {
  const most = after + postingsAtOnce;
  return { after, through: most < countedThrough ? most : countedThrough };
}

async function checkRange(tx: Tx, range: Range): Promise<Fault[]> {
  if (range.after === range.through) return [];
  const faults: Fault[] = [];
  for (const one of postingChecks) faults.push(...faultsOf(one, await checkPostings(tx, one, range)));
  return [...faults, ...(await checkSubjects(tx, await readTouched(tx, range)))];
}

async function checkSubjects(tx: Tx, subjects: Subjects): Promise<Fault[]> {
  const groups = [
    { checks: transactionChecks, ids: subjects.transactions, type: 'uuid' },
    { checks: paymentChecks, ids: subjects.payments, type: 'uuid' },
    { checks: payoutChecks, ids: subjects.payouts, type: 'uuid' },
    { checks: entryChecks, ids: subjects.entries, type: 'uuid' },
    { checks: accountChecks, ids: subjects.accounts, type: 'bigint' },
  ] as const;
  const faults: Fault[] = [];
  for (const { checks, ids, type } of groups) {
    if (ids.length === 0) continue;
    for (const one of checks) faults.push(...faultsOf(one, await checkSome(tx, one, { type, ids })));
  }
  return faults;
}

function faultsOf({ name, sentence }: Check, found: readonly FoundFault[]): Fault[] {
  return found.map((fault) => ({ ...fault, check: name, sentence }));
}

/** What is new and lies on the way of the round is checked twice. */
function withoutTwins(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [describeFault(fault), fault])).values()];
}
