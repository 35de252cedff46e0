import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startCluster } from '../../src/cluster/start-cluster.ts';
import { readConfig } from '../../src/config.ts';
import { prepareDemo } from '../../src/demo.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { createSeal } from '../../src/kernel/seal.ts';
import { startGateway } from '../../src/start-gateway.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { takePort } from '../support/take-port.ts';
import { createProcesses } from './gateway-process.ts';
import { processesOf } from './processes-of.ts';

// Starts that wait for something in the database, and are told to end meanwhile.
const processes = createProcesses();
const bases: TestDatabase[] = [];
let holder: pg.Client;
let empty: TestDatabase;
let whole: TestDatabase;

beforeAll(async () => {
  empty = await createEmptyDatabase();
  whole = await createTestDatabase();
  bases.push(empty, whole);
});
afterEach(() => holder.end());
afterAll(async () => {
  await processes.endAll();
  for (const base of bases) await base.drop();
});

async function hold({ url }: TestDatabase, lock: string): Promise<void> {
  holder = new pg.Client({ connectionString: url });
  await holder.connect();
  await holder.query('begin');
  await holder.query(lock);
}

/** A machine with much else to do takes a minute for several starts. */
const timeout = 120_000;
const patience = { timeout: 60_000 };

const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
/** Anew each time, although the holder asks within one transaction. */
const waiters = async (): Promise<number> => {
  await holder.query('select pg_stat_clear_snapshot()');
  return (await holder.query(waiting)).rowCount ?? 0;
};

test.each(['one process', 'several processes'])(
  'a gateway of %s that waits for a migration says that it starts, and ends when it is told',
  { timeout },
  async (name) => {
    await hold(empty, `select pg_advisory_lock(${BigInt('0x6d6967726174')})`);
    const { port, free } = await takePort();
    free();
    const workers = name === 'one process' ? '1' : '2';
    const settings = { DATABASE_URL: empty.url, BRAMKA_WORKERS: workers, PORT: String(port) };
    const gateway = processes.launch(await processes.newDataDir(), settings);
    await expect.poll(waiters, patience).toBe(1);
    const url = `http://127.0.0.1:${port}`;
    const live = await fetch(`${url}/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: 'starting' }]);
    for (const path of ['/health/ready', '/graphql']) {
      const { status, headers } = await fetch(url + path);
      expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '2']);
    }
    expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(gateway.said).toEqual({ stdout: '', stderr: '' });
  },
);

test.each(['1', '2'])(
  'a first start of %s is stopped at its next step when it is told to end',
  { timeout },
  async (workers) => {
    const unused = await createTestDatabase();
    bases.push(unused);
    await hold(unused, 'lock table secret_check in access exclusive mode');
    const stopping = new AbortController();
    const dataDir = await processes.newDataDir();
    const settings = { DATABASE_URL: unused.url, BRAMKA_WORKERS: workers, BRAMKA_DATA_DIR: dataDir };
    const config = readConfig({ ...settings, PORT: '0', LOG_LEVEL: 'silent' });
    const start = workers === '1' ? startGateway : startCluster;
    const ended = expect(start(config, stopping.signal)).rejects.toThrow('aborted');
    await expect.poll(waiters, patience).toBe(1);
    stopping.abort();
    await holder.end();
    await ended;
    expect(existsSync(join(dataDir, 'demo.json'))).toBe(false);
  },
);

test('a gateway of several processes that is told to end while they start starts none of them again', {
  timeout,
}, async () => {
  const dataDir = await processes.newDataDir();
  const secret = 'a secret of thirty-two characters';
  // So that the main process, which makes the demo, has nothing left to write.
  const database = openDatabase({ url: whole.url });
  const demo = { dataDir, publicUrl: 'http://localhost' };
  await prepareDemo({ database, clock: systemClock, seal: createSeal(secret) }, demo);
  await database.close();
  await hold(whole, 'lock table account in access exclusive mode');
  // It says when it has heard of it: the system may tell it of the end of its processes before, although that is later.
  const tell = "--import=data:text/javascript,process.on('SIGTERM',()=>process.stderr.write('told'))";
  const settings = { DATABASE_URL: whole.url, BRAMKA_SECRET: secret, BRAMKA_WORKERS: '2', NODE_OPTIONS: tell };
  const gateway = processes.launch(dataDir, settings);
  await expect.poll(waiters, patience).toBeGreaterThan(0);
  const children = [...processesOf(gateway, 'api'), ...processesOf(gateway, 'worker')];
  expect(children).toHaveLength(3);
  const ended = gateway.end('SIGTERM');
  await gateway.saying('told');
  for (const pid of children) process.kill(pid, 'SIGKILL');
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(gateway.said).toEqual({ stdout: '', stderr: 'told' });
});
