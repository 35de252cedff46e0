import { afterAll, expect, test } from 'vitest';
import { newApiKey } from '../../src/auth/model.ts';
import { openFaultProxy } from '../faults/fault-proxy.ts';
import { createTestDatabase } from '../support/database.ts';
import { follow, untilFollowed } from './follow-shop.ts';
import { createProcesses } from './gateway-process.ts';

const processes = createProcesses();
const database = await createTestDatabase();
const address = new URL(database.url);
const port = Number(address.port);
let isAway = false;
/** How often the database was asked for in vain. */
let refused = 0;
const network = await openFaultProxy(() => {
  if (!isAway) return port;
  refused += 1;
  return undefined;
});
address.port = String(network.port);

afterAll(async () => {
  await processes.endAll();
  await network.close();
  await database.drop();
});

type Line = { readonly level: number; readonly msg: string; readonly err?: object };

/** The whole lines that have been written. */
function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): Line => JSON.parse(line));
}

test('while its database is away a gateway says so, and says the same again only after ten seconds', async () => {
  const gateway = await processes.start(await processes.newDataDir(), { DATABASE_URL: address.href });
  const updates = 'subscription ($shopId: ID!) { events(shopId: $shopId) { cursor } }';
  follow(gateway.demo, updates, { shopId: gateway.demo.shopId });
  await untilFollowed(gateway.url, 1);
  const beganAt = performance.now();
  isAway = true;
  network.cut();
  await expect.poll(() => refused, { timeout: 20_000 }).toBeGreaterThan(40);
  // A key that is not known has to be looked up.
  const headers = { authorization: `Bearer ${newApiKey('test')}`, 'content-type': 'application/json' };
  const query = { method: 'POST', headers, body: '{"query":"{ __typename }"}' };
  expect((await fetch(gateway.demo.graphqlUrl, query)).status).toBe(503);
  isAway = false;
  await expect.poll(async () => (await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
  const ofDatabase = () => linesOf(gateway.said.stderr).filter(({ msg }) => msg.startsWith('the database can'));
  await expect.poll(() => ofDatabase().at(-1)?.msg).toBe('the database can be used again');
  expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
  const lines = linesOf(gateway.said.stderr);
  expect(lines.filter(({ err }) => err)).toEqual([]);
  const told = Map.groupBy(lines, ({ msg }) => msg);
  const timesMax = 1 + (performance.now() - beganAt) / 10_000;
  for (const consequence of [
    'requests are told to come again',
    'background work waits until it is back',
    'subscribers hear of events late',
  ]) {
    const times = told.get(`the database cannot be reached; ${consequence}`)?.length ?? 0;
    expect(times).toBeGreaterThan(0);
    expect(times).toBeLessThanOrEqual(timesMax);
  }
});
