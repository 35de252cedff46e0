import type { Database } from '../../kernel/db/database.ts';
import type { Refund } from '../../kernel/db/generated/prisma/client.ts';
import type { MovementStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { type ListAsk, type Listed, listRows, type Span } from '../../kernel/db/list-rows.ts';
import { selectList } from '../store.ts';

/** What refunds must fit to be listed; all conditions at once. */
export type RefundFilter = Span & {
  /** One of these states. */
  readonly status?: readonly MovementStatus[] | undefined;
  /** Of this transaction. */
  readonly transactionId?: string | undefined;
};

const refunds: Listed<RefundFilter, never> = {
  ...{ name: 'list-refunds', table: 'refund', alias: 'r', choose: (name) => ({ name, selectList }) },
  conditions: {
    status: { letter: 's', text: (value) => `r.status = any(${value}::movement_status[])` },
    transactionId: { letter: 't', text: (value) => `r.transaction_id = ${value}::uuid` },
  },
};

/** Reads a page of the refunds of a shop in one statement. Who may see them is the caller's to say. */
export function listRefunds(database: Database, ask: ListAsk<RefundFilter, never>): Promise<Refund[]> {
  return listRows(database, refunds, ask);
}
