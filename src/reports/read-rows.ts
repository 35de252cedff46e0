import type { ReportKind } from '../kernel/db/generated/prisma/enums.ts';
import type { Snapshot } from '../kernel/db/read-snapshot.ts';
import { readOwnedBalances } from '../ledger/sql/read-balances-at.ts';
import type { Column, Row } from './model.ts';
import { commissionRows } from './sql/commission-rows.ts';
import { countRows } from './sql/count-rows.ts';
import { movementRows } from './sql/movement-rows.ts';
import { payoutRows } from './sql/payout-rows.ts';
import { readOwners } from './sql/read-owners.ts';
import { refundRows } from './sql/refund-rows.ts';
import type { ReportWish, RowSource } from './sql/report-wish.ts';
import { transactionRows } from './sql/transaction-rows.ts';

const sources: { readonly [kind in ReportKind]: RowSource } = {
  TRANSACTIONS: transactionRows,
  REFUNDS: refundRows,
  PAYOUTS: payoutRows,
  COMMISSIONS: commissionRows,
  BALANCE_STATEMENT: movementRows,
};

/** The rows of a report, of one moment of the database, however many they are. */
export type ReportRows = {
  readonly columns: readonly Column[];
  /** How many rows there will be, but for the balances of accounts that moved and have nothing before and after. */
  readonly expected: bigint;
  readonly rows: AsyncIterable<Row>;
};

/** Opens the rows of a report; they must be read before anything else is read in the snapshot. */
export async function openRows(snapshot: Snapshot, kind: ReportKind, wish: ReportWish): Promise<ReportRows> {
  const source = sources[kind];
  const { columns } = source;
  const counted = await countRows(snapshot, source, wish);
  const found = snapshot.stream<Row>(source.statement(wish));
  if (kind !== 'BALANCE_STATEMENT') return { columns, expected: counted, rows: found };
  const accounts = await readAccounts(snapshot, wish);
  // Those that are left out for having nothing take no room either.
  const shown = accounts.filter(({ opening, closing }) => opening !== 0n || closing !== 0n).length || accounts.length;
  return { columns, expected: counted + 2n * BigInt(shown), rows: stateAccounts(accounts, found) };
}

/** An account whose movements a statement lists. Minor units; what we owe is positive. */
type StatedAccount = Readonly<Record<'owner' | 'name' | 'currency', string>> & {
  readonly opening: bigint;
  readonly closing: bigint;
};

async function readAccounts(snapshot: Snapshot, wish: ReportWish): Promise<StatedAccount[]> {
  const owners = await readOwners(snapshot, wish);
  const names = new Map(owners.map(({ id, name }) => [id, name]));
  const balancesBefore = (before: Date) => readOwnedBalances(snapshot, { owners: [...names.keys()], before });
  const found = await balancesBefore(wish.from);
  const closing = new Map((await balancesBefore(wish.before)).map(({ id, amount }) => [id, amount]));
  const { currencies } = wish.filter;
  return found
    .filter(({ currency }) => currencies.length === 0 || currencies.includes(currency))
    .map(({ id, owner, currency, amount }) => ({
      ...{ owner, name: names.get(owner) ?? owner, currency },
      ...{ opening: amount, closing: closing.get(id) ?? 0n },
    }));
}

/**
 * Puts a row with the opening balance before the movements of each account and one with the closing balance behind them,
 * and says the balance after each movement. Accounts that have nothing and moved nothing are left out, unless all are so.
 * @throws Error when the movements do not lead from the one to the other, which would be a fault of the books. It gets into the
 * log and the queue's table, so it says no amounts.
 */
async function* stateAccounts(accounts: readonly StatedAccount[], movements: AsyncIterable<Row>): AsyncGenerator<Row> {
  const left = [...accounts];
  const empty: StatedAccount[] = [];
  let account: StatedAccount | undefined;
  let balance = 0n;
  const untilOf = function* (row: Row | undefined): Generator<Row> {
    if (account) yield closingOf(account, balance);
    for (account = left.shift(); account; account = left.shift()) {
      if (row && account.owner === row.account && account.currency === row.currency) return;
      if (account.opening === 0n && account.closing === 0n) empty.push(account);
      else yield* [openingOf(account), closingOf(account, account.opening)];
    }
  };
  for await (const movement of movements) {
    if (!account || account.owner !== movement.account || account.currency !== movement.currency) {
      yield* untilOf(movement);
      if (!account) throw new Error('A movement belongs to no account of the statement.');
      balance = account.opening;
      yield openingOf(account);
    }
    balance += movement.amount as bigint;
    yield { ...movement, name: account.name, balance };
  }
  yield* untilOf(undefined);
  if (empty.length < accounts.length) return;
  for (const idle of empty) yield* [openingOf(idle), closingOf(idle, 0n)];
}

/** Forms of banks say the closing balance before the movements, so this row knows it too. */
function openingOf({ owner, name, currency, opening, closing }: StatedAccount): Row {
  return { account: owner, name, currency, kind: 'OPENING', amount: null, balance: opening, closing };
}

function closingOf({ owner, name, currency, closing }: StatedAccount, balance: bigint): Row {
  if (balance !== closing) {
    throw new Error(`The movements of ${owner} in ${currency} do not lead to the closing balance of the books.`);
  }
  return { account: owner, name, currency, kind: 'CLOSING', amount: null, balance };
}
