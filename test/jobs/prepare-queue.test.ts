import pg from 'pg';
import { expect, it } from 'vitest';
import { prepareQueue } from '../../src/jobs/prepare-queue.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEmptyDatabase } from '../support/database.ts';

it('The tables of the queue are made, however little patience an admin has with transactions', async () => {
  const home = await createEmptyDatabase();
  const admin = new pg.Client({ connectionString: home.url });
  await admin.connect();
  await admin.query(`alter database ${admin.database} set idle_in_transaction_session_timeout = '1ms'`);
  const said: string[] = [];
  await prepareQueue(home, createLog('warn', { write: (line) => said.push(line) }));
  const { rows } = await admin.query(`select to_regclass('graphile_worker.jobs') is not null as "isThere"`);
  expect(rows).toEqual([{ isThere: true }]);
  expect(said).toEqual([]);
  await admin.end();
  await home.drop();
});
