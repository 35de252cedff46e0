import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { createTestDatabase } from '../support/database.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

it('What an operator is told to watch is counted under that name', async () => {
  const metrics = createMetrics();
  metrics.watchPool({ totalCount: 0, idleCount: 0, waitingCount: 0 });
  metrics.processesReady(() => 1);
  const written = await metrics.write();
  const told = [...new Set(page.match(/\bbramka_\w+/g))];
  expect(told.length).toBeGreaterThan(5);
  for (const name of told) expect(written).toContain(`\n# TYPE ${name} `);
});

it('Jobs that failed are shown, and tried at once, by the statements that an operator is given', async () => {
  const home = await createTestDatabase();
  const database = openDatabase({ url: home.url });
  await inTransaction(database, (tx) =>
    enqueue(tx, [
      { name: 'good', payload: { subject: 'it' } },
      { name: 'failed', payload: { subject: 'it' } },
      { name: 'lost', payload: { subject: 'it' } },
    ]),
  );
  await database.pool.query(`
    update graphile_worker._private_jobs set attempts = 11, last_error = 'why', run_at = now() + interval '6 hours'
    where id = (select id from graphile_worker.jobs where task_identifier = 'failed')`);
  // Lost with its process at each try: nobody could say why.
  await database.pool.query(`
    update graphile_worker._private_jobs set attempts = 12, run_at = now() + interval '7 hours'
    where id = (select id from graphile_worker.jobs where task_identifier = 'lost')`);
  const [block = ''] = page.match(/(?<=```sql\n).*?(?=```)/s) ?? [];
  const [shown, rescheduled] = block.split(';\n');
  expect((await database.pool.query(shown ?? '')).rows).toMatchObject([
    { task_identifier: 'failed', last_error: 'why' },
    { task_identifier: 'lost', last_error: null },
  ]);
  expect((await database.pool.query(rescheduled ?? '')).rowCount).toBe(2);
  const due = await database.pool.query(
    'select task_identifier as name, attempts from graphile_worker.jobs where run_at <= now() order by id',
  );
  expect(due.rows).toEqual([
    { name: 'good', attempts: 0 },
    { name: 'failed', attempts: 0 },
    { name: 'lost', attempts: 0 },
  ]);
  await database.close();
  await home.drop();
});
