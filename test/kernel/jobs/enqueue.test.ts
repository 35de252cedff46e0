import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, inTransaction, openDatabase, read } from '../../../src/kernel/db/database.ts';
import { enqueue, type Job } from '../../../src/kernel/jobs/enqueue.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let storage: TestDatabase;
let database: Database;

beforeAll(async () => {
  storage = await createTestDatabase();
  database = openDatabase({ url: storage.url });
});

afterAll(async () => {
  await database.close();
  await storage.drop();
});

type Waiting = {
  readonly queue: string | null;
  readonly key: string | null;
  readonly payload: { readonly place: number };
};

/** The jobs that wait, in the order in which a worker takes them. */
const waiting = (): Promise<Waiting[]> =>
  read<Waiting>(database, {
    name: 'waiting',
    text: `
      select q.queue_name as queue, j.key, j.payload from graphile_worker._private_jobs j
      left join graphile_worker._private_job_queues q on q.id = j.job_queue_id
      order by j.priority, j.run_at, j.id`,
    values: [],
  });

describe('Jobs that are added in one call', () => {
  it('wait in their queues in the order given, however they are mixed', async () => {
    const jobs = Array.from({ length: 300 }, (_, place): Job => {
      const queue = place % 7 === 0 ? {} : { queue: `queue ${(place * place) % 5}` };
      return { name: `job ${place % 3}`, payload: { place }, ...queue };
    });
    await inTransaction(database, (tx) => enqueue(tx, jobs));
    const placesIn = Map.groupBy(await waiting(), ({ queue }) => queue);
    for (const [queue, found] of placesIn) {
      const places = found.map(({ payload }) => payload.place);
      if (queue === null) places.sort((a, b) => a - b);
      const given = jobs.filter((job) => (job.queue ?? null) === queue).map(({ payload }) => payload.place);
      expect(places).toEqual(given);
    }
    expect([...placesIn.values()].flat()).toHaveLength(jobs.length);
  });

  it('replace those that wait under the same key', async () => {
    const add = (place: number): Promise<void> =>
      inTransaction(database, (tx) => enqueue(tx, [{ name: 'keyed', payload: { place }, key: 'the same' }]));
    await add(1);
    await add(2);
    const keyed = (await waiting()).filter(({ key }) => key === 'the same');
    expect(keyed.map(({ payload }) => payload)).toEqual([{ place: 2 }]);
  });
});
