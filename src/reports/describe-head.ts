import { zone } from '../calendar/model.ts';
import type { ReportKind } from '../kernel/db/generated/prisma/enums.ts';
import type { Period, ReportHead } from './model.ts';
import { createMomentWriter } from './write-cells.ts';

/** What a kind of report is called for people. */
export const kindNames: { readonly [kind in ReportKind]: string } = {
  TRANSACTIONS: 'Transactions',
  REFUNDS: 'Refunds',
  PAYOUTS: 'Payouts',
  COMMISSIONS: 'Commissions',
  BALANCE_STATEMENT: 'Balance statement',
};

/** The days of a report in words. */
export function describePeriod({ from, until }: Period): string {
  return from.equals(until) ? from.toString() : `${from} to ${until}, both included`;
}

/** What a report says about itself, as names and values. */
export function describeHead(head: ReportHead): readonly (readonly [name: string, value: string])[] {
  const { filter, period } = head;
  const narrowed = [...filter.currencies, ...filter.methods, ...filter.statuses].join(', ');
  return [
    ['Report', kindNames[head.kind]],
    ['Merchant', `${head.merchantName} (${head.merchantId})`],
    ['Shop', head.shopName ?? 'all shops'],
    ['Period', describePeriod(period)],
    ['Time zone', zone],
    ['Only', narrowed === '' ? 'not narrowed' : narrowed],
    ['Made', createMomentWriter()(head.madeAt)],
    ['Id', head.id],
  ];
}
