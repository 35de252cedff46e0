import { mkdtempSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calmDown } from './calm.ts';
import { collectEvidence } from './collect.ts';
import type { Evidence } from './evidence.ts';
import { sentences } from './judge.ts';
import { plantedBugs } from './planted-bugs.ts';
import { readScale } from './scale.ts';
import { raiseStorm, type Weather } from './storm.ts';
import { tellFigures } from './tell-figures.ts';
import { openWorld, type World } from './world.ts';

const scale = readScale(process.env);
const folder = process.env.FAULTS_DIR ?? mkdtempSync('/tmp/bramka-test-faults-');

let world: World | undefined;
let weather: Weather;
let evidence: Evidence;

beforeAll(async () => {
  world = await openWorld(folder, scale);
  const began = performance.now();
  weather = await raiseStorm(world);
  const stormEnded = performance.now();
  const stuck = await calmDown(world);
  evidence = await collectEvidence(world, stuck);
  const times = { stormMs: stormEnded - began, calmMs: performance.now() - stormEnded };
  process.stdout.write(`${tellFigures(world, { weather, evidence, times }).join('\n')}\n`);
}, 3_600_000);

afterAll(() => world?.end(), 60_000);

test('the storm killed a process for every 200 payments, restarted PostgreSQL for every 1,000, and lost answers', () => {
  const { payments, others } = scale;
  expect(weather.get('kills') ?? 0).toBe(Math.round(payments / 200));
  expect(weather.get('restarts of PostgreSQL') ?? 0).toBe(Math.round(payments / 1_000));
  // A storm of a few payments has none of these.
  const lost = Object.values(world?.wire.lostAnswers() ?? {});
  expect(lost.map((times) => times > 0)).toEqual([others > 0, others > 0]);
  const resumed = world?.followers.flatMap((follower) => [...follower.resumed.values()]) ?? [];
  expect(resumed.length > 0).toBe(others > 0);
});

for (const [sentence, find] of Object.entries(sentences)) {
  test(sentence, () => {
    expect(find(evidence).slice(0, 20)).toEqual([]);
  });
}

test.each(Object.entries(plantedBugs))('it would have been found that %s', (_, { plant, sentence }) => {
  expect(sentences[sentence]?.(plant(evidence))).not.toEqual([]);
});
