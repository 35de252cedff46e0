import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { scratchDir } from './test/support/scratch-dir.ts';

export default defineConfig({
  // `graphql` ships two builds, and two copies of it do not mix: tests must get the one that Node gives to everybody else.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] },
  test: {
    include: ['test/**/*.test.ts'],
    env: { TMPDIR: scratchDir() },
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Loading the gateway anew for each of the files took longer than a third of all tests. No file may leave anything behind.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    reporters: ['dot'],
    testTimeout: 30_000,
    // The second that is usual is short when two files share the cores.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
  },
});
