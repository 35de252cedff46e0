import type { Database } from '../../kernel/db/database.ts';
import type { PaymentMethod, TransactionStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { type ListAsk, type Listed, listRows, type Span } from '../../kernel/db/list-rows.ts';
import { chooseTransactionColumns, type ShownTransaction, type TransactionColumn } from '../store.ts';

/** What transactions must fit to be listed; all conditions at once. */
export type TransactionFilter = Span & {
  /** One of these states. */
  readonly status?: readonly TransactionStatus[] | undefined;
  /** One of these methods. */
  readonly method?: readonly PaymentMethod[] | undefined;
  /** Attempts on this payment. */
  readonly paymentId?: string | undefined;
};

const transactions: Listed<TransactionFilter, TransactionColumn> = {
  ...{ name: 'list-transactions', table: 'transaction', alias: 't', choose: chooseTransactionColumns },
  conditions: {
    status: { letter: 's', text: (value) => `t.status = any(${value}::transaction_status[])` },
    method: { letter: 'm', text: (value) => `t.method = any(${value}::payment_method[])` },
    paymentId: { letter: 'a', text: (value) => `t.payment_id = ${value}::uuid` },
  },
};

/** Reads a page of the transactions of a shop in one statement. Who may see them is the caller's to say. */
export function listTransactions(
  database: Database,
  ask: ListAsk<TransactionFilter, TransactionColumn>,
): Promise<ShownTransaction[]> {
  return listRows(database, transactions, ask);
}
