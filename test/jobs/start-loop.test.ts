import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startLoop } from '../../src/jobs/start-loop.ts';
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
