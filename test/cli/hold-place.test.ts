import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { holdPlace } from '../../cli/src/hold-place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bramka-hold-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** Leaves the socket of a process that was killed. */
function dieWith(name: string): void {
  const die = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  expect(() => execFileSync(process.execPath, ['-e', die, name])).toThrow();
}

function openTerminal() {
  const said: string[] = [];
  return { signal: new AbortController().signal, said, say: (sentence: string) => void said.push(sentence) };
}

it('Whoever has a place keeps another one from it, by whatever name, until he gives it back', async () => {
  const file = join(folder, 'place.json');
  const link = join(folder, 'link.json');
  symlinkSync('place.json', link);
  const leave = await holdPlace(openTerminal(), file);
  await expect(holdPlace(openTerminal(), link, 20)).rejects.toThrow(
    `Another \`bramka listen\` keeps its place in ${link}, and has not ended within 0.02 s; end it, or name another file`,
  );
  leave();
  const terminal = openTerminal();
  (await holdPlace(terminal, link))();
  expect(terminal.said).toEqual([]);
  expect(readdirSync(folder)).toEqual(['link.json']);
});

it('Nobody waits for a process that was killed, nor for one with another place in the same folder', async () => {
  const terminal = openTerminal();
  const file = join(folder, 'place.json');
  const leaveIt = await holdPlace(terminal, file);
  const [name = ''] = readdirSync(folder);
  (await holdPlace(terminal, join(folder, 'another.json')))();
  leaveIt();
  dieWith(join(folder, name));
  expect(readdirSync(folder)).toEqual([name]);
  (await holdPlace(terminal, file))();
  expect(terminal.said).toEqual([]);
});

it('A place deep down, whose name is too long for a socket, is kept from others all the same', async () => {
  const file = join(folder, 'a'.repeat(90), 'place.json');
  const leave = await holdPlace(openTerminal(), file);
  await expect(holdPlace(openTerminal(), file, 20)).rejects.toThrow('has not ended within 0.02 s');
  leave();
});

it('Whoever is told to stop while he waits stops', async () => {
  const file = join(folder, 'place.json');
  const leave = await holdPlace(openTerminal(), file);
  const ending = new AbortController();
  const waiting = holdPlace({ signal: ending.signal, say: () => ending.abort('SIGINT') }, file);
  await expect(waiting).rejects.toBe('SIGINT');
  leave();
});

it('Of several who find what one who was killed has left, one has the place', async () => {
  const file = join(folder, 'place.json');
  const leave = await holdPlace(openTerminal(), file);
  const [name = ''] = readdirSync(folder);
  leave();
  dieWith(join(folder, name));
  const ending = new AbortController();
  const said: string[] = [];
  const terminal = { signal: ending.signal, say: (sentence: string) => void said.push(sentence) };
  const all = Array.from({ length: 4 }, () => holdPlace(terminal, file));
  await Promise.any(all);
  // Each of the others finds somebody there who lives.
  await expect.poll(() => said).toHaveLength(3);
  ending.abort();
  const states = (await Promise.allSettled(all)).map(({ status }) => status);
  expect(states.toSorted()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  await expect(holdPlace(openTerminal(), file, 20)).rejects.toThrow('has not ended within 0.02 s');
});

it('A place that is written for the first time is the same one before and after, also behind a link to a folder deep down', async () => {
  const deep = join(folder, 'a'.repeat(90));
  mkdirSync(deep);
  symlinkSync(deep, join(folder, 'link'));
  const file = join(folder, 'link', 'place.json');
  const leave = await holdPlace(openTerminal(), file);
  writeFileSync(file, '');
  for (const name of [file, join(deep, 'place.json')]) {
    await expect(holdPlace(openTerminal(), name, 20)).rejects.toThrow('has not ended within 0.02 s');
  }
  leave();
});
