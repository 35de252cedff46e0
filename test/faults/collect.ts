import type { Database } from '../../src/kernel/db/database.ts';
import { brokenInvariants } from '../support/invariants.ts';
import type { Evidence, Kept, Logged, Moved } from './evidence.ts';
import type { World } from './world.ts';

/** Collects what all sides know when a storm is over. */
export async function collectEvidence(world: World, stuck: readonly string[]): Promise<Evidence> {
  const { asked } = world.buyers;
  return world.look(async (database) => ({
    asked: {
      payments: [...asked.payments.values()],
      transactions: [...asked.transactions.values()],
      refunds: [...asked.refunds.values()],
    },
    kept: {
      payments: await readKept(database, 'payment'),
      transactions: await readKept(database, 'transaction'),
      refunds: await readKept(database, 'refund'),
    },
    logs: await readLogs(database, world.shopIds),
    subscribers: world.followers,
    notified: world.shop.acknowledged,
    acquirer: {
      taken: await readMoved(database, "sandbox_order where status = 'SETTLED'"),
      returned: await readMoved(database, "sandbox_movement where kind = 'refund' and status = 'SETTLED'"),
    },
    ...(await readBooks(database)),
    stuck,
    broken: await brokenInvariants(database),
    ownEnds: world.fleet.ownEnds,
  }));
}

async function readKept(database: Database, table: 'payment' | 'transaction' | 'refund'): Promise<Kept[]> {
  const { rows } = await database.pool.query<Kept>(
    `select idempotency_key as key, id::text, status::text from ${table} order by id`,
  );
  return rows;
}

async function readMoved(database: Database, where: string): Promise<Moved[]> {
  const { rows } = await database.pool.query<Moved>(`select reference::text as id, amount from ${where}`);
  return rows;
}

async function readLogs(database: Database, shopIds: readonly string[]): Promise<ReadonlyMap<string, Logged[]>> {
  const logs = new Map<string, Logged[]>();
  for (const shopId of shopIds) {
    const { rows } = await database.pool.query<Logged>(
      `select number::int, type::text, payment_id::text as "paymentId",
         coalesce(refund_id, transaction_id, payment_id)::text as id,
         case when type::text like 'PAYMENT%' then ''
           else coalesce(data -> 'refund' ->> 'status', data -> 'transaction' ->> 'status', '') end as status
       from event where shop_id = $1 order by number`,
      [shopId],
    );
    logs.set(shopId, rows);
  }
  return logs;
}

async function readBooks(database: Database): Promise<Pick<Evidence, 'balances' | 'postings'>> {
  const { rows: balances } = await database.pool.query<Evidence['balances'][number]>(
    'select account_id::text as account, amount from account_balance',
  );
  // Of a refund, what is posted when it is ordered or refused moved nothing at the acquirer.
  const { rows: postings } = await database.pool.query<Evidence['postings'][number]>(
    `select case when p.kind in ('SALE', 'REFUND_SETTLED', 'MONEY_HELD')
         then coalesce(p.refund_id, c.transaction_id, p.held_for_id)::text end as of,
       p.from_id::text as "from", p.to_id::text as "to", p.amount
     from posting p left join capture c on c.id = p.capture_id`,
  );
  return { balances, postings };
}
