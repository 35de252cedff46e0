import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { holdPlace } from '../../cli/src/hold-place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bramka-hold-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

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
  const die = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  expect(() => execFileSync(process.execPath, ['-e', die, join(folder, name)])).toThrow();
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
