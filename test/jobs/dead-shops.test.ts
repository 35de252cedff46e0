import { test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startWorker } from '../../src/jobs/run-worker.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import { createLog } from '../../src/kernel/log.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();

test('shops that do not answer hold up neither our own work, nor mails, nor a shop that does', async () => {
  const answer = Promise.withResolvers<void>();
  const own = Promise.withResolvers<void>();
  const fine = Promise.withResolvers<void>();
  const mailed = Promise.withResolvers<void>();
  const worker = await startWorker({
    ...{ database, clock: systemClock, log: createLog('silent'), sweeps: [], readers: [] },
    jobs: {
      own: { expire: async () => own.resolve() },
      toShops: { send: ({ shop }) => (shop === 'dead' ? answer.promise : Promise.resolve(fine.resolve())) },
      mails: { mail: async () => mailed.resolve() },
      files: {},
    },
    atATime: readConfig({}).sizes.atATime,
  });
  const send = (shop: string) => ({ name: 'send', payload: { shop } });
  await inTransaction(database, (tx) =>
    enqueue(tx, [
      ...Array.from({ length: 30 }, () => send('dead')),
      ...[send('fine'), { name: 'expire', payload: {} }, { name: 'mail', payload: {} }],
    ]),
  );
  await Promise.all([own.promise, mailed.promise, fine.promise]);
  answer.resolve();
  await worker.stop();
});
