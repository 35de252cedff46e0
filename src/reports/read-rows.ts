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
  return { columns, expected: counted + 2n * BigInt(accounts.length), rows: stateAccounts(accounts, found) };
}

/** An account whose movements a statement lists. Minor units; what we owe is positive. */
type StatedAccount = Readonly<Record<'owner' | 'name' | 'currency', string>> & { readonly opening: bigint };

async function readAccounts(snapshot: Snapshot, wish: ReportWish): Promise<StatedAccount[]> {
  const owners = await readOwners(snapshot, wish);
  const names = new Map(owners.map(({ id, name }) => [id, name]));
  const found = await readOwnedBalances(snapshot, { owners: [...names.keys()], before: wish.from });
  const { currencies } = wish.filter;
  return found
    .filter(({ currency }) => currencies.length === 0 || currencies.includes(currency))
    .map(({ owner, currency, amount }) => ({ owner, name: names.get(owner) ?? owner, currency, opening: amount }));
}

/**
 * Puts a row with the opening balance before the movements of each account and one with the closing balance behind them,
 * and says the balance after each movement. Accounts without movements have both rows all the same.
 */
async function* stateAccounts(accounts: readonly StatedAccount[], movements: AsyncIterable<Row>): AsyncGenerator<Row> {
  const left = [...accounts];
  let account: StatedAccount | undefined;
  let balance = 0n;
  for await (const movement of movements) {
    while (!account || account.owner !== movement.account || account.currency !== movement.currency) {
      if (account) yield edgeOf(account, 'CLOSING', balance);
      account = left.shift();
      if (!account) throw new Error('A movement belongs to no account of the statement.');
      balance = account.opening;
      yield edgeOf(account, 'OPENING', balance);
    }
    balance += movement.amount as bigint;
    yield { ...movement, name: account.name, balance };
  }
  if (account) yield edgeOf(account, 'CLOSING', balance);
  for (const idle of left) {
    yield edgeOf(idle, 'OPENING', idle.opening);
    yield edgeOf(idle, 'CLOSING', idle.opening);
  }
}

function edgeOf({ owner, name, currency }: StatedAccount, kind: 'OPENING' | 'CLOSING', balance: bigint): Row {
  return { account: owner, name, currency, kind, amount: null, balance };
}
