import { defineConfig } from 'vitest/config';
import everywhere from './vitest.config.ts';

/** Payments through kills, restarts, bad networks and jumping clocks: `npm run test:faults`, which makes the folder for it. */
export default defineConfig({
  ...everywhere,
  test: {
    ...everywhere.test,
    include: ['test/faults/**/*.faults.ts'],
    globalSetup: [],
    maxWorkers: 1,
    // Its figures are for whoever runs it.
    disableConsoleIntercept: true,
  },
});
