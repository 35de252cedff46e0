import type { Snapshot } from '../../kernel/db/read-snapshot.ts';

/** How many rows there are to check. */
export type Subjects = {
  readonly postings: bigint;
  readonly accounts: bigint;
  readonly snapshots: bigint;
  readonly payments: bigint;
  readonly transactions: bigint;
  readonly captures: bigint;
  readonly refunds: bigint;
  readonly payouts: bigint;
};

/** Counts everything that a check of the whole ledger looks at. */
export async function countSubjects(snapshot: Snapshot): Promise<Subjects> {
  const [subjects] = await snapshot.query<Subjects>({
    name: 'count-subjects',
    text: `
      select (select count(*) from posting) as postings, (select count(*) from account) as accounts,
        (select count(*) from account_snapshot) as snapshots, (select count(*) from payment) as payments,
        (select count(*) from transaction) as transactions, (select count(*) from capture) as captures,
        (select count(*) from refund) as refunds, (select count(*) from payout) as payouts`,
    values: [],
  });
  if (!subjects) throw new Error('Counting gives a row.');
  return subjects;
}
