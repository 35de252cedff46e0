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
/** How often subscribers had resumed when the storm ended: in the calm after it all do, as nothing is said for long. */
let resumed: number;
let evidence: Evidence;

beforeAll(async () => {
  world = await openWorld(folder, scale);
  const began = performance.now();
  weather = await raiseStorm(world);
  const stormEnded = performance.now();
  resumed = world.followers.reduce((sum, follower) => sum + follower.resumed.size, 0);
  const stuck = await calmDown(world);
  evidence = await collectEvidence(world, stuck);
  const times = { stormMs: stormEnded - began, calmMs: performance.now() - stormEnded };
  process.stdout.write(`${tellFigures(world, { weather, evidence, times }).join('\n')}\n`);
}, 3_600_000);

afterAll(() => world?.end(), 60_000);

test('the storm raged: processes were killed and PostgreSQL restarted as often as asked, answers lost, subscribers cut off', () => {
  const { payments, kills, restarts, others } = scale;
  expect(kills).toBeGreaterThanOrEqual(Math.floor(payments / 200));
  expect(restarts).toBeGreaterThanOrEqual(Math.floor(payments / 1_000));
  expect([weather.get('kills') ?? 0, weather.get('restarts of PostgreSQL') ?? 0]).toEqual([kills, restarts]);
  // A small storm has one or none of these, which may meet nothing.
  const isSmall = others < 4;
  const lost = Object.values(world?.wire.lostAnswers() ?? {});
  expect([...lost, resumed].filter((times) => times === 0 && !isSmall)).toEqual([]);
});

for (const [sentence, find] of Object.entries(sentences)) {
  test(sentence, () => {
    expect(find(evidence).slice(0, 20)).toEqual([]);
  });
}

test.each(Object.entries(plantedBugs))('it would have been found that %s', (_, { plant, sentence }) => {
  expect(sentences[sentence]?.(plant(evidence))).not.toEqual([]);
});
