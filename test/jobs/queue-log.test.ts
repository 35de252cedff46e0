import pg from 'pg';
import { expect, it } from 'vitest';
import { queueLog } from '../../src/jobs/queue-log.ts';
import { DatabaseUnavailable } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';

type Line = { readonly msg: string; readonly err?: { readonly message: string } };

function open() {
  const lines: Line[] = [];
  const log = createLog('info', { write: (line) => lines.push(JSON.parse(line) as Line) });
  return { lines, queue: queueLog(log) };
}

const fetching = 'Error occurred fetching jobs; will try again on next poll interval.';

it.each([
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }),
  new Error('Connection terminated unexpectedly'),
  Object.assign(new pg.DatabaseError('terminating connection', 1, 'error'), { code: '57P01' }),
])('A queue that finds no database says so once: %s', (error) => {
  const { lines, queue } = open();
  for (let count = 0; count < 3; count += 1) queue.error(`${fetching} Error: ${error}`, { error });
  expect(lines.map(({ msg }) => msg)).toEqual([
    'the database cannot be reached; background work waits until it is back',
  ]);
});

it('Jobs that fail since the database is short of something are told of once, and by what it is short of', () => {
  const { lines, queue } = open();
  const full = Object.assign(new pg.DatabaseError('No space left on device', 1, 'error'), { code: '53100' });
  const error = new DatabaseUnavailable(full);
  const ofJob = queue.scope({ jobId: '7', taskIdentifier: 'tell_shop' });
  for (let count = 0; count < 3; count += 1)
    ofJob.error(`Failed task 7 (tell_shop) with error '${error.message}'`, { error });
  expect(lines.map(({ msg }) => msg)).toEqual([
    'the disk of the database is full; background work waits until it is back',
  ]);
});

it.each([
  new Error('Backgrounding should never yield errors when the queue is not RELEASED'),
  Object.assign(new pg.DatabaseError('division by zero', 1, 'error'), { code: '22012' }),
])('What else is wrong with it is said each time, with its error: %s', (error) => {
  const { lines, queue } = open();
  for (let count = 0; count < 2; count += 1) queue.error('Something is wrong.', { error });
  expect(lines).toMatchObject([1, 2].map(() => ({ msg: 'Something is wrong.', err: { message: error.message } })));
});
