import { mkdtempSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calmDown } from './calm.ts';
import { collectEvidence } from './collect.ts';
import type { Evidence } from './evidence.ts';
import { sentences } from './judge.ts';
import { plantedBugs } from './planted-bugs.ts';
import { readScale } from './scale.ts';
import { raiseStorm } from './storm.ts';
import { tellFigures } from './tell-figures.ts';
import { openWorld, type World } from './world.ts';

const scale = readScale(process.env);
const folder = process.env.FAULTS_DIR ?? mkdtempSync('/tmp/bramka-test-faults-');

let world: World | undefined;
let evidence: Evidence;

beforeAll(async () => {
  world = await openWorld(folder, scale);
  const began = performance.now();
  const weather = await raiseStorm(world);
  const stormEnded = performance.now();
  const stuck = await calmDown(world);
  evidence = await collectEvidence(world, stuck);
  const times = { stormMs: stormEnded - began, calmMs: performance.now() - stormEnded };
  process.stdout.write(`${tellFigures(world, { weather, evidence, times }).join('\n')}\n`);
}, 3_600_000);

afterAll(() => world?.end(), 60_000);

for (const [sentence, find] of Object.entries(sentences)) {
  test(sentence, () => {
    expect(find(evidence).slice(0, 20)).toEqual([]);
  });
}

test.each(Object.entries(plantedBugs))('it would have been found that %s', (_, { plant, sentence }) => {
  expect(sentences[sentence]?.(plant(evidence))).not.toEqual([]);
});
