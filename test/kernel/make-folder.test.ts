import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLog } from '../../src/kernel/log.ts';
import { faultOfFolder, makeFolder, whileUsable } from '../../src/kernel/make-folder.ts';

let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'bramka-folder-'));
});

afterEach(() => rm(parent, { recursive: true, force: true }));

it('makes a folder with those above it, also by several at once, and leaves one that is there', async () => {
  // Another one may make what is above at any moment between two looks.
  for (let round = 0; round < 300; round += 1) {
    await Promise.all([1, 2, 3, 4].map(() => makeFolder(join(parent, `${round}`, 'a', 'b', 'c'), { mode: 0o700 })));
  }
  const path = join(parent, '0', 'a', 'b', 'c');
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await chmod(path, 0o750);
  await makeFolder(path, { mode: 0o700 });
  expect((await stat(path)).mode & 0o777).toBe(0o750);
});

it('says what is wrong where no folder can be made, and comes to an end', async () => {
  const file = join(parent, 'file');
  await writeFile(file, '');
  expect(await faultOfFolder(join(parent, 'good'))).toBeUndefined();
  expect(await faultOfFolder(file)).toMatch(/^EEXIST/);
  expect(await faultOfFolder(join(file, 'x'))).toMatch(/^ENOTDIR/);
  expect(await faultOfFolder('/proc/x/y')).toMatch(/^ENOENT/);
});

it('leaves work out while its folder cannot be used, with one warning until it can again', async () => {
  const path = join(parent, 'to', 'bank');
  const warnings: string[] = [];
  const log = Object.assign(createLog('silent'), { warn: (_: object, sentence: string) => warnings.push(sentence) });
  let rounds = 0;
  const round = whileUsable({ path, setting: 'BANK_FILES_DIR', log }, async () => {
    rounds += 1;
  });
  const block = async (): Promise<void> => {
    await rm(join(parent, 'to'), { recursive: true });
    await writeFile(join(parent, 'to'), '');
  };
  await round();
  await block();
  for (let time = 0; time < 3; time += 1) await round();
  expect([rounds, warnings.length]).toEqual([1, 1]);
  expect(warnings[0]).toBe('the folder of BANK_FILES_DIR cannot be used, so what belongs there waits');
  await rm(join(parent, 'to'));
  await mkdir(path, { recursive: true });
  await round();
  await block();
  await round();
  expect([rounds, warnings.length]).toEqual([2, 2]);
});
