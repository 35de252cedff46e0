import { setImmediate as soon } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { ask } from '../support/gateway.ts';
import { type Following, follow } from './follow-shop.ts';
import { createProcesses, databaseUrlIn, type Gateway, serverIn } from './gateway-process.ts';
import { createPayment, payByBlik, updateShop } from './pay.ts';
import { atEach, processesOf } from './processes-of.ts';

// One life of one gateway with BRAMKA_WORKERS=2: each test goes on where the one before it has stopped.
const processes = createProcesses();
const dataDir = await processes.newMigratedDataDir();
const timeout = 120_000;
let gateway: Gateway;
let created = 0;

afterAll(() => processes.endAll());

type Told = { readonly number: string; readonly type: string };
const events = 'subscription ($shopId: ID!) { events(shopId: $shopId) { number type } }';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function readMetric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`\n${name} (\\S+)\n`).exec(text)?.[1]);
}

/** Pays one payment over connections of its own, which the processes take in turn. */
async function pay(): Promise<string> {
  created += 1;
  const key = `order-${created}`;
  const { payment } = await createPayment(gateway, { idempotencyKey: key });
  await payByBlik(gateway, { paymentId: payment?.id ?? '', idempotencyKey: key });
  return payment?.id ?? '';
}

/** Subscribes at each process that serves, twice, and waits until all of them follow. */
async function followAtAll(): Promise<Following<Told>[]> {
  const subscribe = async (): Promise<Following<Told>[]> => {
    const here = [1, 2].map(() => follow<Told>(gateway.demo, events, { shopId: gateway.demo.shopId }));
    await Promise.all(here.map(({ connected }) => connected));
    return here;
  };
  const followed = (await atEach(gateway, subscribe)).flat();
  while ((await readMetric('bramka_live_subscriptions')) < followed.length) await soon();
  return followed;
}

const settled = (count: number) => (told: readonly Told[]) =>
  told.filter(({ type }) => type === 'TRANSACTION_SETTLED').length >= count;

test('two processes serve on one port and one works in the background, behind one ready line', {
  timeout,
}, async () => {
  gateway = await processes.start(dataDir, { BRAMKA_WORKERS: '2' });
  expect(gateway.said.stdout).toBe(`Bramka is ready: ${gateway.url}\n`);
  expect(gateway.said.stderr).toBe('');
  expect([processesOf(gateway, 'api').length, processesOf(gateway, 'worker').length]).toEqual([2, 1]);
  expect(gateway.demo.graphqlUrl).toBe(`${gateway.url}/graphql`);
  for (const path of ['/health/live', '/health/ready']) expect((await fetch(gateway.url + path)).status).toBe(200);
  await updateShop(gateway, { sandboxDelayMs: 0 });
});

test('subscribers at both hear of what either wrote, and the counts are those of all', { timeout }, async () => {
  const followed = await followAtAll();
  await Promise.all([pay(), pay(), pay(), pay()]);
  const heard = await Promise.all(followed.map(({ inbox }) => inbox.until(settled(4))));
  for (const told of heard) expect(told).toEqual(heard[0]);
  expect(await readMetric('bramka_payments_created_total')).toBe(4);
  expect(await readMetric('bramka_processes')).toBe(3);
  await Promise.all(followed.map((each) => each.end()));
});

test('a process that is killed is started again, and nothing that was counted is lost', { timeout }, async () => {
  const before = [...processesOf(gateway, 'api'), ...processesOf(gateway, 'worker')];
  for (const pid of before) process.kill(pid, 'SIGKILL');
  while ((await readMetric('bramka_processes').catch(() => 0)) < 3) await soon();
  const paid = await pay();
  const query = 'query ($id: ID!) { payment(id: $id) { status } }';
  const statusOf = async () =>
    (await ask<{ payment: { status: string } }>(gateway, query, { variables: { id: paid } })).data.payment.status;
  while ((await statusOf()) !== 'SETTLED') await soon();
  const now = [...processesOf(gateway, 'api'), ...processesOf(gateway, 'worker')];
  expect(now.filter((pid) => before.includes(pid))).toEqual([]);
  expect(now.length).toBe(3);
  expect(await readMetric('bramka_payments_created_total')).toBe(5);
  expect(await readMetric('bramka_process_restarts_total')).toBe(3);
  expect(gateway.said.stderr).toContain('a process ended and is started again');
});

test.each([
  ['secret', 'value = sha256(value)'],
  ['mode', "mode = 'production'"],
])(
  'a process that is started again looks whether the %s is still that of the database',
  {
    timeout,
  },
  async (setting, change) => {
    const database = new pg.Client({ connectionString: await databaseUrlIn(dataDir) });
    await database.connect();
    const { rows } = await database.query<{ value: Buffer; mode: string }>('select value, mode from secret_check');
    const [before] = rows;
    await database.query(`update secret_check set ${change}`);
    const refused = gateway.saying(`The ${setting} is `);
    for (const pid of processesOf(gateway, 'worker')) process.kill(pid, 'SIGKILL');
    await refused;
    await database.query('update secret_check set value = $1, mode = $2', [before?.value, before?.mode]);
    await database.end();
    while ((await readMetric('bramka_processes')) < 3) await soon();
  },
);

test('SIGTERM sends the subscribers of all processes elsewhere and ends everything with 0', { timeout }, async () => {
  const followed = await followAtAll();
  const running = [...processesOf(gateway, 'api'), ...processesOf(gateway, 'worker')];
  expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
  for (const { closed } of followed) expect(await closed).toEqual({ code: 1012, reason: 'Resume elsewhere' });
  expect(running.filter(isAlive)).toEqual([]);
  expect(serverIn(dataDir)).toBeUndefined();
});

test('kill -9 of the main process leaves nothing that serves', { timeout }, async () => {
  gateway = await processes.start(dataDir, { BRAMKA_WORKERS: '2' });
  const running = [...processesOf(gateway, 'api'), ...processesOf(gateway, 'worker')];
  expect(running.length).toBe(3);
  await gateway.end('SIGKILL');
  while (running.some(isAlive)) await soon();
  await expect(fetch(`${gateway.url}/health/live`)).rejects.toThrow();
});
