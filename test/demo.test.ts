import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Demo, prepareDemo } from '../src/demo.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { createSeal } from '../src/kernel/seal.ts';
import { openTestDatabase } from './support/database.ts';

const database = await openTestDatabase();
const dataDir = await mkdtemp(join(tmpdir(), 'bramka-demo-'));
const deps = { database, clock: systemClock, seal: createSeal('a secret of thirty-two characters') };

afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('of starts at once on one database and data dir one makes the demo, and the others take it', async () => {
  const places = ['a', 'b', 'c', 'd'].map((name) => ({ dataDir, publicUrl: `http://${name}.invalid` }));
  await Promise.all(places.map((place) => prepareDemo(deps, place)));
  const { rows: merchants } = await database.pool.query('select id from merchant');
  const { rows: operators } = await database.pool.query('select id from operator_key');
  expect([merchants.length, operators.length]).toEqual([1, 1]);
  const demo = JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8')) as Demo;
  expect(demo.merchantId).toBe(merchants[0].id);
  expect(places.map(({ publicUrl }) => publicUrl)).toContain(demo.paywallUrl);
});
