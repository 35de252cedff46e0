import { type Database, read } from '../../kernel/db/database.ts';
import type { Currency, PaymentStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { inListOrder, type Page } from '../../kernel/db/page.ts';
import { choosePaymentColumns, type PaymentColumn, type ShownPayment } from '../store.ts';

/** What payments must fit to be listed; all conditions at once. */
export type PaymentFilter = {
  /** One of these states. */
  readonly status?: readonly PaymentStatus[] | undefined;
  readonly orderId?: string | undefined;
  readonly currency?: Currency | undefined;
  /** Made at this moment or later. */
  readonly createdFrom?: Date | undefined;
  /** Made before this moment. */
  readonly createdBefore?: Date | undefined;
};

export type PaymentList = {
  readonly shopId: string;
  readonly filter: PaymentFilter;
  readonly newestFirst: boolean;
  readonly page: Page;
  /** What is read of each payment beside its id; undefined: all that is shown. */
  readonly columns?: readonly PaymentColumn[] | undefined;
};

/** The conditions of a filter. The letter marks statements that have it, since a name belongs to one text. */
const conditions = {
  status: { letter: 's', text: (value: string) => `p.status = any(${value}::payment_status[])` },
  orderId: { letter: 'o', text: (value: string) => `p.order_id = ${value}::text` },
  currency: { letter: 'c', text: (value: string) => `p.currency = ${value}::currency` },
  createdFrom: { letter: 'f', text: (value: string) => `p.created_at >= ${value}::timestamptz` },
  createdBefore: { letter: 'b', text: (value: string) => `p.created_at < ${value}::timestamptz` },
} satisfies Record<keyof PaymentFilter, { letter: string; text: (value: string) => string }>;

/**
 * Reads a page of the payments of a shop in one statement. Creation comes first in the order, so that the planner takes the
 * index on (shop, created_at, id) and never the primary key. Who may see them is the caller's to say.
 */
export async function listPayments(database: Database, list: PaymentList): Promise<ShownPayment[]> {
  const { shopId, filter, newestFirst, page, columns } = list;
  const values: unknown[] = [shopId, page.limit];
  const next = (value: unknown): string => `$${values.push(value)}`;
  const asked = Object.entries(conditions).flatMap(([name, condition]) => {
    const value = filter[name as keyof PaymentFilter];
    return value === undefined ? [] : [{ letter: condition.letter, text: condition.text(next(value)) }];
  });
  const down = newestFirst !== page.backward;
  if (page.from !== undefined) {
    const id = `${next(page.from)}::uuid`;
    const text = `(p.created_at, p.id) ${down ? '<' : '>'} ((select created_at from payment where id = ${id}), ${id})`;
    asked.push({ letter: 'p', text });
  }
  const direction = down ? 'desc' : 'asc';
  const statement = `list-payments-${direction}-${asked.map(({ letter }) => letter).join('')}`;
  const { name, selectList } = choosePaymentColumns(statement, columns);
  const rows = await read<ShownPayment>(database, {
    name,
    text: `
      select ${selectList} from payment p
      where ${['p.shop_id = $1::uuid', ...asked.map(({ text }) => text)].join(' and ')}
      order by p.created_at ${direction}, p.id ${direction} limit $2::int`,
    values,
  });
  return inListOrder(rows, page);
}
