import type { Database } from '../../kernel/db/database.ts';
import type { Currency, PaymentStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { type ListAsk, type Listed, listRows, type Span } from '../../kernel/db/list-rows.ts';
import { choosePaymentColumns, type PaymentColumn, type ShownPayment } from '../store.ts';

/** What payments must fit to be listed; all conditions at once. */
export type PaymentFilter = Span & {
  /** One of these states. */
  readonly status?: readonly PaymentStatus[] | undefined;
  readonly orderId?: string | undefined;
  readonly currency?: Currency | undefined;
};

const payments: Listed<PaymentFilter, PaymentColumn> = {
  ...{ name: 'list-payments', table: 'payment', alias: 'p', choose: choosePaymentColumns },
  conditions: {
    status: { letter: 's', text: (value) => `p.status = any(${value}::payment_status[])` },
    orderId: { letter: 'o', text: (value) => `p.order_id = ${value}::text` },
    currency: { letter: 'c', text: (value) => `p.currency = ${value}::currency` },
  },
};

/** Reads a page of the payments of a shop in one statement. Who may see them is the caller's to say. */
export function listPayments(database: Database, ask: ListAsk<PaymentFilter, PaymentColumn>): Promise<ShownPayment[]> {
  return listRows(database, payments, ask);
}
