import type { Tx } from '../../kernel/db/database.ts';

/** How far the continuous checks have come. */
export type CheckProgress = {
  /** Postings up to this number were checked when they were new. */
  readonly postingsThrough: bigint;
  /** No posting up to this number can be missing any more. */
  readonly countedThrough: bigint;
  /** Where the round through all that is older stands. */
  readonly transactionId: string | null;
  readonly payoutId: string | null;
  readonly accountId: bigint;
};

/**
 * Reads how far the continuous checks have come, and holds that place until the transaction ends.
 * @returns undefined while somebody else holds it.
 */
export async function holdChecks(tx: Tx): Promise<CheckProgress | undefined> {
  const [row] = await tx.query<CheckProgress>({
    name: 'hold-check-progress',
    text: `
      select c.postings_through as "postingsThrough", s.counted_through as "countedThrough",
        c.transaction_id as "transactionId", c.payout_id as "payoutId", c.account_id as "accountId"
      from check_progress c cross join snapshot_progress s for update of c skip locked`,
    values: [],
  });
  return row;
}

/** Keeps how far the continuous checks have come. */
export async function keepChecks(tx: Tx, progress: Omit<CheckProgress, 'countedThrough'>): Promise<void> {
  await tx.query({
    name: 'keep-check-progress',
    text: `
      update check_progress set postings_through = $1::bigint, transaction_id = $2::uuid, payout_id = $3::uuid,
        account_id = $4::bigint`,
    values: [progress.postingsThrough, progress.transactionId, progress.payoutId, progress.accountId],
  });
}

/** What is to be checked, by its ids. */
export type Subjects = {
  readonly transactions: readonly string[];
  readonly payments: readonly string[];
  readonly payouts: readonly string[];
  /** Entries of bank statements; the round through everything leaves them to the check of the whole ledger. */
  readonly entries: readonly string[];
  readonly accounts: readonly bigint[];
};

/** Reads what the postings with numbers above `after` and up to `through` are about, and the accounts that they touch. */
export async function readTouched(
  tx: Tx,
  range: { readonly after: bigint; readonly through: bigint },
): Promise<Subjects> {
  const [row] = await tx.query<Subjects>({
    name: 'read-touched-by-postings',
    text: `
      with fresh as materialized (
        select * from posting where id > $1::bigint and id <= $2::bigint
      ), moved as materialized (
        select c.transaction_id as id from fresh join capture c on c.id = fresh.capture_id
        union select r.transaction_id from fresh join refund r on r.id = fresh.refund_id
        union select held_for_id from fresh where held_for_id is not null
      )
      select array(select id from moved) as transactions,
        array(select distinct t.payment_id from moved join transaction t on t.id = moved.id) as payments,
        array(select distinct payout_id from fresh where payout_id is not null) as payouts,
        array(select distinct entry_id from fresh where entry_id is not null) as entries,
        array(select from_id from fresh union select to_id from fresh)::bigint[] as accounts`,
    values: [range.after, range.through],
  });
  return withNumbers(row);
}

/**
 * Reads the next pieces of a round through everything, in the order of ids: up to `max` transactions, payouts and accounts
 * with a balance row behind the places where it stands. A piece of fewer is the last of the round.
 */
export async function readNext(tx: Tx, place: CheckProgress, max: number): Promise<Subjects> {
  const [row] = await tx.query<Subjects>({
    name: 'read-next-to-check',
    text: `
      with next as materialized (
        select id, payment_id from transaction
        where id > coalesce($1::uuid, '00000000-0000-0000-0000-000000000000') order by id limit $4::int
      )
      select array(select id from next order by id) as transactions,
        array(select distinct payment_id from next) as payments,
        array(select id from payout
          where id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000') order by id limit $4::int) as payouts,
        '{}'::uuid[] as entries,
        array(select account_id from account_balance where account_id > $3::bigint order by account_id limit $4::int)
          as accounts`,
    values: [place.transactionId, place.payoutId, place.accountId, max],
  });
  return withNumbers(row);
}

function withNumbers(row: Subjects | undefined): Subjects {
  if (!row) throw new Error('Reading arrays gives a row.');
  // Numbers inside arrays come as texts.
  return { ...row, accounts: row.accounts.map(BigInt) };
}
