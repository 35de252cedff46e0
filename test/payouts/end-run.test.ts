import { expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { lockMerchants } from '../../src/merchants/sql/lock-merchants.ts';
import { endRun } from '../../src/payouts/sql/end-run.ts';
import { openTestDatabase } from '../support/database.ts';
import { createMerchant } from '../support/factories.ts';

it('The end of a run locks its merchants sorted by id, as sales and refunds do, so that neither waits for the other for ever', async () => {
  const database = await openTestDatabase();
  const paidOut = { isPaidOut: true };
  const merchantIds = [await createMerchant(database, paidOut), await createMerchant(database, paidOut)];
  const [first = '', last = ''] = merchantIds.toSorted();
  // Written anew, the first is stored behind the last, in which order a table is gone through that is known to be small.
  await database.pool.query(`update merchant set name = 'moved' where id = $1`, [first]);
  await database.pool.query('analyze merchant');
  const nextAt = new Date('2027-01-04T05:00:00Z');
  let ended: Promise<void> | undefined;
  await inTransaction(database, async (tx) => {
    await lockMerchants(tx, [first]);
    const change = { name: 'rename', text: `update merchant set name = 'renamed' where id = $1`, values: [first] };
    await tx.query(change);
    ended = inTransaction(database, (other) => endRun(other, { merchantIds: [last, first], dueAt: null, nextAt }));
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await database.pool.query(waiting)).rowCount).toBe(1);
    const isFree = 'select id from merchant where id = $1 for no key update nowait';
    expect(await database.pool.query(isFree, [last])).toMatchObject({ rowCount: 1 });
  });
  await ended;
  const { rows } = await database.pool.query('select name, next_payout_at as "nextAt" from merchant order by id');
  expect(rows).toEqual([
    { name: 'renamed', nextAt },
    { name: expect.any(String), nextAt },
  ]);
});
