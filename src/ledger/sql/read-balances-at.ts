import { type Database, read } from '../../kernel/db/database.ts';
import type { AccountKind } from '../../kernel/db/generated/prisma/enums.ts';
import type { Snapshot } from '../../kernel/db/read-snapshot.ts';
import type { Currency } from '../../kernel/money.ts';
import type { AccountRef } from '../model.ts';

/**
 * The balances of accounts just before a moment ($1), each from its snapshot of that day or of the last one before, less
 * what it had on that day from the moment on, and with what is not counted yet. Nobody's history is read: of one day what
 * lies between two numbers of one account, and what was written since the last round of snapshots. Moments have whole
 * milliseconds, so a day ends with the last one before midnight.
 */
const balances = (accounts: string): string => `
  with progress as materialized (
    select counted_through,
      (($1::timestamptz - interval '1 millisecond') at time zone 'Europe/Warsaw')::date as day from snapshot_progress
  ), fresh as materialized (
    select id, from_id, to_id, amount from posting
    where id > (select counted_through from progress) and at < $1::timestamptz
  ), moved as materialized (
    select account_id, sum(amount)::bigint as amount
    from (select to_id as account_id, amount from fresh union all select from_id, -amount from fresh) as side
    group by account_id
  ), balance as (
    select a.kind, a.owner, a.currency,
      (coalesce(s.amount, 0) - coalesce(undone.amount, 0) + coalesce(m.amount, 0))::bigint as amount,
      s.account_id is not null or m.account_id is not null as used
    from ${accounts} a cross join progress
    left join lateral (
      select * from account_snapshot o where o.account_id = a.id and o.day <= progress.day order by o.day desc limit 1
    ) s on true
    left join lateral (
      select sum(amount) as amount from (
        select p.amount, p.at from posting p
        where p.to_id = a.id and (p.to_id, p.id) >= (a.id, s.first_id) and (p.to_id, p.id) <= (a.id, s.last_id)
        union all
        select -p.amount, p.at from posting p
        where p.from_id = a.id and (p.from_id, p.id) >= (a.id, s.first_id) and (p.from_id, p.id) <= (a.id, s.last_id)
      ) as side
      where s.day = progress.day and s.latest_at >= $1::timestamptz and side.at >= $1::timestamptz
        and (side.at at time zone 'Europe/Warsaw')::date = s.day
    ) undone on true
    left join moved m on m.account_id = a.id
  )`;

/** Reads what an account had just before a moment, in minor units; 0 when there is no such account. */
export async function readBalanceAt(database: Database, account: AccountRef, before: Date): Promise<bigint> {
  const [row] = await read<{ amount: bigint }>(database, {
    name: 'read-balance-at',
    text: `${balances(`(select * from account where kind = $2::account_kind and owner = $3::text and currency = $4::currency)`)}
      select amount from balance`,
    values: [before, account.kind, account.owner, account.currency],
  });
  return row?.amount ?? 0n;
}

/** What an account of a shop or recipient had at a moment, in minor units. */
export type OwnedBalance = {
  /** The number of the account. */
  readonly id: bigint;
  readonly owner: string;
  readonly currency: Currency;
  readonly amount: bigint;
};

/** Reads what the accounts of shops and recipients had just before a moment, in the order of the accounts' numbers. */
export async function readOwnedBalances(
  snapshot: Pick<Snapshot, 'query'>,
  wish: { readonly owners: readonly string[]; readonly before: Date },
): Promise<OwnedBalance[]> {
  const owned = `(select * from account where kind in ('SHOP', 'RECIPIENT') and owner = any($2::text[]))`;
  return snapshot.query<OwnedBalance>({
    name: 'read-owned-balances',
    text: `${balances(owned)}
      select a.id, b.owner, b.currency, b.amount from balance b
      join account a on a.kind = b.kind and a.owner = b.owner and a.currency = b.currency order by a.id`,
    values: [wish.before, wish.owners],
  });
}

/** What accounts of one kind and currency have together; shared accounts are listed by owner. */
export type TrialBalanceLine = {
  readonly kind: AccountKind;
  /** An acquirer's name or `gateway`; null for the sum of all shops or all recipients. */
  readonly owner: string | null;
  readonly currency: Currency;
  /** How many accounts the line sums up. */
  readonly accounts: number;
  /** Minor units; what we owe is positive. */
  readonly balance: bigint;
};

/**
 * Reads the balances of all accounts just before a moment, those of `summed` kinds as one line for each currency;
 * accounts on which nothing was booked by the end of that day are left out.
 * Everything is read in one snapshot of the database.
 */
export async function readTrialBalance(
  database: Database,
  wish: { readonly before: Date; readonly summed: readonly AccountKind[] },
): Promise<TrialBalanceLine[]> {
  return read<TrialBalanceLine>(database, {
    name: 'read-trial-balance',
    text: `${balances('account')}
      select kind, owner, currency, accounts, balance from (
        select kind, case when kind = any($2::account_kind[]) then null else owner end as owner, currency,
          count(*)::int as accounts, sum(amount)::bigint as balance
        from balance where used group by 1, 2, 3
      ) as line
      order by currency, kind, owner`,
    values: [wish.before, wish.summed],
  });
}
