import { expect, test } from 'vitest';
import { mergeJobs } from '../../src/jobs/registry.ts';

const nothing = async (): Promise<void> => {};

test('the jobs of all slices are put together', () => {
  expect(Object.keys(mergeJobs([{ expire: nothing }, { ask: nothing, tell: nothing }]))).toEqual([
    'expire',
    'ask',
    'tell',
  ]);
});

test('two slices may not have a job of one name', () => {
  expect(() => mergeJobs([{ ask: nothing }, { tell: nothing }, { ask: nothing }])).toThrow(/a job called ask/);
});
