import { expect, it } from 'vitest';
import { dropEmptyQueues } from '../../src/jobs/drop-empty-queues.ts';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import { openFaultProxy } from '../faults/fault-proxy.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();

const job = { name: 'greet', payload: { subject: 'anybody' }, queue: 'of one payment' };

/** The queues that there are, and whether the job has one. */
async function look(): Promise<object[]> {
  const { rows } = await database.pool.query<object>(
    `select q.queue_name as queue, j.id is not null as "hasJob" from graphile_worker._private_jobs j
     full join graphile_worker._private_job_queues q on q.id = j.job_queue_id`,
  );
  return rows;
}

it('drops a queue without jobs, and leaves it alone while somebody is just giving it one', async () => {
  await inTransaction(database, (tx) => enqueue(tx, [job]));
  await database.pool.query('delete from graphile_worker._private_jobs');
  await inTransaction(database, async (tx) => {
    await enqueue(tx, [job]);
    await dropEmptyQueues(database);
  });
  expect(await look()).toEqual([{ queue: job.queue, hasJob: true }]);
  await dropEmptyQueues(database);
  expect(await look()).toEqual([{ queue: job.queue, hasJob: true }]);
  await database.pool.query('delete from graphile_worker._private_jobs');
  await dropEmptyQueues(database);
  expect(await look()).toEqual([]);
});

it('leaves no lock behind that others would wait for when the network swallows it', async () => {
  const address = new URL(database.url);
  const port = Number(address.port);
  const network = await openFaultProxy(() => port);
  address.port = String(network.port);
  const far = openDatabase({ url: address.href, answerWithinMs: 1_000 });
  const waiting = async (): Promise<number | null> =>
    (
      await database.pool.query(
        "select from pg_locks where relation = 'graphile_worker._private_job_queues'::regclass and not granted",
      )
    ).rowCount;
  let dropped: Promise<unknown> | undefined;
  await inTransaction(database, async (tx) => {
    await enqueue(tx, [job]);
    dropped = dropEmptyQueues(far).catch((error: unknown) => error);
    await expect.poll(waiting).toBe(1);
    network.swallow({ newOnes: true });
  });
  await dropped;
  await inTransaction(database, (tx) => enqueue(tx, [job]));
  network.calm();
  await far.close();
  await network.close();
});
