import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics, type Metrics } from '../../src/kernel/metrics.ts';
import { ledgerSweeps } from '../../src/ledger/jobs.ts';
import { openPayoutWorld, type PayoutWorld } from '../payouts/world.ts';
import type { Sale } from '../refunds/world.ts';

let world: PayoutWorld;
let metrics: Metrics;
/** One round of what a worker does by itself. */
let round: () => Promise<void>;

beforeAll(async () => {
  world = await openPayoutWorld();
  metrics = createMetrics();
  const [sweep] = ledgerSweeps({ database: world.database, log: world.deps.log, metrics });
  round = sweep?.work ?? (() => Promise.reject(new Error('The ledger has a sweep.')));
});

afterAll(() => world.close());

/** Changes the database behind the back of its triggers and foreign keys. */
async function damage(sql: string): Promise<void> {
  const client = await world.database.pool.connect();
  try {
    await client.query('begin');
    await client.query(`set local session_replication_role = 'replica'; ${sql}`);
    await client.query('commit');
  } finally {
    // Its settings are not for anybody else.
    client.release(true);
  }
}

/** What has been alarmed since the last look. */
function alarms(): string[] {
  return world.alarms.splice(0).sort();
}

async function counted(name: string): Promise<number> {
  const line = (await metrics.write()).split('\n').find((one) => one.startsWith(`bramka_ledger_${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

async function refunded(): Promise<Sale> {
  const sale = await world.sell(await world.openShop());
  world.acquirer.onMove({ kind: 'settled' });
  await world.refund(sale, { amount: 2_000n });
  return sale;
}

describe('The watch over the ledger', () => {
  it('finds nothing in what sells, refunds and pays out, and checks each posting once when it is new', async () => {
    await refunded();
    await round();
    expect(await counted('postings_checked_total')).toBe(3);
    await world.payAt('2026-11-27T06:00:00+01:00');
    await round();
    await round();
    expect(await counted('postings_checked_total')).toBe(5);
    expect(alarms()).toEqual([]);
  });

  it('alarms of a posting that nothing stands for as soon as it is counted, once by process, and counts it each time', async () => {
    const { shop, transaction } = await refunded();
    await round();
    await damage(`insert into posting (kind, from_id, to_id, amount, currency, refund_id, at)
      select kind, from_id, to_id, amount, currency, refund_id, at from posting order by id desc limit 1`);
    await round();
    expect(alarms()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^the books are wrong: refund_posted: refund \\S+ \\(REFUND_SETTLED\\) of transaction ${transaction.id} of shop ` +
            `${shop.id} has 40.00 PLN where 20.00 PLN is right`,
        ),
      ),
    ]);
    const before = await counted('faults_total{check="refund_posted"}');
    expect(before).toBe(1);
    await round();
    expect(alarms()).toEqual([]);
    expect(await counted('faults_total{check="refund_posted"}')).toBe(2);
  });

  it('finds on its round what was changed by hand long after', async () => {
    const { shop, transaction, payment } = await refunded();
    await round();
    await damage(`update account_balance set amount = amount + 1
      where account_id = (select id from account where owner = '${shop.id}' and currency = 'PLN');
      update transaction set settled_amount = 9000 where id = '${transaction.id}';
      update payment set status = 'CANCELLED', settled_at = null where id = '${payment.id}'`);
    await round();
    expect(alarms().map((alarm) => alarm.replace(/ \([^()]*(?:\([^()]*\))?\)$/, ''))).toEqual([
      `the books are wrong: balance_row: account SHOP ${shop.id} has 80.01 PLN where 80.00 PLN is right`,
      `the books are wrong: commission_kept: transaction ${transaction.id} of shop ${shop.id} has 100.00 PLN where 90.00 PLN is right`,
      `the books are wrong: settled_amount: transaction ${transaction.id} of shop ${shop.id} has 90.00 PLN where 100.00 PLN is right`,
      `the books are wrong: settled_once: payment ${payment.id}, which is CANCELLED and settled by 1 of shop ${shop.id}`,
    ]);
  });

  it('alarms of a way for money that the chart does not know, though the database was told to take it', async () => {
    const shop = await world.openShop();
    await round();
    alarms();
    await damage(`insert into posting (kind, from_id, to_id, amount, currency, at)
      select 'DISPUTE_WON', f.id, t.id, 5, 'PLN', '2026-11-27' from account f, account t
      where f.kind = 'BANK' and f.currency = 'PLN' and t.owner = '${shop.id}' and t.currency = 'PLN'`);
    await round();
    expect(alarms()).toEqual([
      expect.stringContaining(`balance_row: account SHOP ${shop.id} has 0.00 PLN where 0.05 PLN is right`),
      expect.stringMatching(
        /posting_route: posting \d+ \(DISPUTE_WON\) from BANK gateway to SHOP \S+ has 0\.05 PLN \(/,
      ),
    ]);
  });

  it('is kept by one process at a time', async () => {
    const before = await counted('postings_checked_total');
    await refunded();
    await Promise.all([round(), round(), round()]);
    await round();
    expect((await counted('postings_checked_total')) - before).toBe(3);
  });
});
