import DataLoader from 'dataloader';
import { readPresentBalances } from '../ledger/sql/read-balances.ts';
import { readMerchantRows } from '../merchants/store.ts';
import { readPaymentRows } from '../payments/store.ts';
import { readMovements } from '../payouts/sql/read-movements.ts';
import { readCommissions } from '../pricing/store.ts';
import { readShopRows } from '../shops/store.ts';
import { listAttempts } from '../transactions/sql/list-attempts.ts';
import { readTransactionRows } from '../transactions/store.ts';
import { writeNotifications } from '../webhooks/write-notifications.ts';
import type { GraphApp, Loaders } from './context.ts';

type Makers = { readonly [Name in keyof Loaders]: (app: GraphApp) => Loaders[Name] };

const whereIn = (ids: readonly string[]): { id: { in: string[] } } => ({ id: { in: [...ids] } });

const makers: Makers = {
  attempts: ({ payments }) => new DataLoader((asks) => listAttempts(payments.database, asks), { cache: false }),
  capture: ({ payments }) => rowLoader((ids) => payments.database.prisma.capture.findMany({ where: whereIn(ids) })),
  commission: ({ payments }) =>
    new DataLoader(
      async (ids) => {
        const found = await readCommissions(payments.database, ids);
        const rows = new Map(found.map((commission) => [commission.transactionId, commission]));
        return ids.map((id) => rows.get(id));
      },
      { cache: false },
    ),
  merchant: ({ payments }) => rowLoader((ids) => readMerchantRows(payments.database, ids)),
  movements: ({ payments }) => new DataLoader((asks) => readMovements(payments.database, asks), { cache: false }),
  notification: (app) =>
    new DataLoader((places) => writeNotifications({ ...app, ...app.payments }, places), { cache: false }),
  payment: ({ payments }) => rowLoader((ids) => readPaymentRows(payments.database, ids)),
  profile: ({ payments }) => rowLoader((ids) => payments.database.prisma.profile.findMany({ where: whereIn(ids) })),
  payout: ({ payments }) => rowLoader((ids) => payments.database.prisma.payout.findMany({ where: whereIn(ids) })),
  recipientBalances: ({ payments }) =>
    new DataLoader((ids) => readPresentBalances(payments.database, 'RECIPIENT', ids), { cache: false }),
  refund: ({ payments }) => rowLoader((ids) => payments.database.prisma.refund.findMany({ where: whereIn(ids) })),
  shopBalances: ({ payments }) =>
    new DataLoader((ids) => readPresentBalances(payments.database, 'SHOP', ids), { cache: false }),
  shop: ({ payments }) => rowLoader((ids) => readShopRows(payments.database, ids)),
  transaction: ({ payments }) => rowLoader((ids) => readTransactionRows(payments.database, ids)),
  void: ({ payments }) =>
    rowLoader((ids) => payments.database.prisma.transactionVoid.findMany({ where: whereIn(ids) })),
};

type Lazy = { readonly app: GraphApp; readonly made: Partial<Record<keyof Loaders, unknown>> };

/** What all loaders of operations have in common: each is made when it is first asked for. */
const lazyLoaders = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(makers).map(([name, make]) => {
      const get = function (this: Lazy): unknown {
        this.made[name as keyof Loaders] ??= make(this.app);
        return this.made[name as keyof Loaders];
      };
      return [name, { get }];
    }),
  ),
);

/** Makes the loaders of one operation. Most need none or a few of them, and to make them all takes a tenth of the time of a small answer. */
export function createLoaders(app: GraphApp): Loaders {
  const lazy: Lazy = { app, made: {} };
  return Object.assign(Object.create(lazyLoaders), lazy);
}

/** Collects the ids of one tick. It keeps nothing: a subscription lives long, and rows change. */
function rowLoader<Row extends { id: string }>(
  find: (ids: readonly string[]) => Promise<Row[]>,
): DataLoader<string, Row> {
  return new DataLoader(
    async (ids) => {
      const rows = new Map((await find([...new Set(ids)])).map((row) => [row.id, row]));
      return ids.map((id) => rows.get(id) ?? new Error(`No row with the id ${id}.`));
    },
    { cache: false },
  );
}
