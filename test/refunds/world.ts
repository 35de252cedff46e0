import { randomUUID } from 'node:crypto';
import { type Database, inTransaction } from '../../src/kernel/db/database.ts';
import type { Payment, Refund, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { hashInput } from '../../src/kernel/idempotency.ts';
import { paymentJobs } from '../../src/payments/jobs.ts';
import { type CreateRefundInput, createRefund } from '../../src/refunds/create-refund.ts';
import type { OrderedRefund } from '../../src/refunds/decide-refund.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import { readRefunds } from '../../src/refunds/store.ts';
import type { Channel, Shop } from '../../src/shops/model.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf, createRefundDeps, createSale } from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';

/** A settled transaction that can be refunded. */
export type Sale = { readonly shop: Shop; readonly payment: Payment; readonly transaction: Transaction };

/** A gateway that takes refunds, with its database for one test file; time stands still until a test lets it pass. */
export type RefundWorld = Omit<World, 'withDeps'> & {
  readonly refunds: RefundDeps;
  /** A settled sale of 100.00 PLN, in a new shop unless one is given. */
  sell(values?: { readonly shop?: Shop; readonly amount?: bigint }): Promise<Sale>;
  /** Refunds a sale as its shop does, under a new key unless one is given. */
  refund(sale: Sale, input: Partial<CreateRefundInput>): Promise<OrderedRefund>;
};

/** Opens a gateway on a database of its own, whose one acquirer takes these channels: BLIK, unless others are named. */
export async function openRefundWorld(channels?: readonly Channel[]): Promise<RefundWorld> {
  const world = await openWorld(channels);
  const refunds = createRefundDeps(world.deps);
  return {
    ...world,
    refunds,
    sell: async ({ shop, amount = 10_000n } = {}) => {
      const owner = shop ?? (await world.openShop());
      return { shop: owner, ...(await createSale(world.deps, owner, { amount })) };
    },
    refund: ({ shop, transaction }, input) =>
      createRefund(refunds, actorOf(shop), {
        transactionId: transaction.id,
        idempotencyKey: randomUUID(),
        amount: 10_000n,
        ...input,
      }),
    letPass: (duration) => {
      world.clock.pass(duration);
      const handlers = { ...paymentJobs(world.deps), ...refundJobs(refunds) };
      return runDueJobs({ database: world.database, clock: world.clock, handlers });
    },
  };
}

/** The first step of refunding alone: decided and written, but not sent. Wishes of one tick are one batch, in order. */
export function decide({ refunds }: Pick<RefundWorld, 'refunds'>, sale: Sale, amount: bigint): Promise<OrderedRefund> {
  return refunds.ordering.submit({
    shop: sale.shop,
    transactionId: sale.transaction.id,
    idempotencyKey: randomUUID(),
    inputHash: hashInput({ amount }),
    amount,
    shares: undefined,
    note: 'sama decyzja',
  });
}

/** A refund as it is in the database now. */
export async function refundNow(database: Database, id: string): Promise<Refund> {
  const [refund] = await inTransaction(database, (tx) => readRefunds(tx, [id]));
  if (!refund) throw new Error('There is no such refund.');
  return refund;
}

/** What was posted for the refunds of a transaction, what is counted as refunded, and the balance of its shop in PLN. */
export type RefundBooks = {
  readonly postings: readonly string[];
  /** Of the transaction. */
  readonly refunded: number;
  readonly paymentRefunded: number;
  readonly balance: number;
};

/** Reads the books of a transaction's refunds. */
export async function readRefundBooks(database: Database, transactionId: string): Promise<RefundBooks> {
  const { rows } = await database.pool.query<RefundBooks>(
    `select
      array(select p.kind || ' ' || f.kind || ' ' || g.kind || ' ' || p.amount || ' ' || p.currency
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id
        join refund r on r.id = p.refund_id where r.transaction_id = t.id order by p.id) as postings,
      t.refunded_amount::int as refunded,
      p.refunded_amount::int as "paymentRefunded",
      (select b.amount::int from account a join account_balance b on b.account_id = a.id
        where a.kind = 'SHOP' and a.owner = t.shop_id::text and a.currency = 'PLN') as balance
    from transaction t join payment p on p.id = t.payment_id where t.id = $1::uuid`,
    [transactionId],
  );
  return rows[0] as RefundBooks;
}

/** The books of a transaction of 100.00 PLN that nothing was refunded of. */
export const untouched: RefundBooks = { postings: [], refunded: 0, paymentRefunded: 0, balance: 10_000 };

/** Ends every refund that is still open, since what one test left for later is none of the next one's business. */
export async function endOpenRefunds({ database, refunds }: RefundWorld): Promise<void> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select id from refund where status in ('PENDING', 'UNKNOWN')`,
  );
  await Promise.all(rows.map(({ id }) => refunds.answering.submit({ refundId: id, answer: { kind: 'settled' } })));
}
