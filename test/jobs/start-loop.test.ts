import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { loopsInTurn, startLoop } from '../../src/jobs/start-loop.ts';
import { createLog } from '../../src/kernel/log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('A loop that is told to stop waits for the round under way, and begins no other', async () => {
  const round = Promise.withResolvers<void>();
  const work = vi.fn(() => round.promise);
  const loop = startLoop({ name: 'test', everyMs: 1_000, log: createLog('silent') }, work);
  let isOver = false;
  const stopping = loop.stop().then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(isOver).toBe(false);
  round.resolve();
  await stopping;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(work).toHaveBeenCalledTimes(1);
});

it('Loops in turn begin when the first round of the one before has ended, or is under way for long', async () => {
  const begun: string[] = [];
  const start = loopsInTurn(createLog('silent'));
  const endless = new Promise<void>(() => {});
  const first = Promise.withResolvers<void>();
  const rounds: Readonly<Record<string, () => Promise<void>>> = {
    first: () => first.promise,
    long: () => endless,
    failing: () => Promise.reject(new Error('x')),
    last: () => endless,
  };
  const loops = Object.entries(rounds).map(([name, round]) =>
    start(name, 10_000, () => {
      begun.push(name);
      return round();
    }),
  );
  await vi.advanceTimersByTimeAsync(100);
  expect(begun).toEqual(['first']);
  first.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toEqual(['first', 'long']);
  await vi.advanceTimersByTimeAsync(250);
  expect(begun).toEqual(['first', 'long', 'failing', 'last']);
  for (const loop of loops) void loop.stop();
});

it('Loops in turn that are told to stop begin no more, and leave no timer behind', async () => {
  const work = vi.fn(async () => {});
  const start = loopsInTurn(createLog('silent'));
  const loops = [start('a', 1_000, work), start('b', 1_000, work), start('c', 1_000, () => new Promise(() => {}))];
  await Promise.all(loops.map((loop) => loop.stop()));
  await vi.advanceTimersByTimeAsync(0);
  expect(work).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
