import { defineConfig } from 'vitest/config';
import everywhere from './vitest.config.ts';

/** The tests that need Chromium: `npm run test:browser`. */
export default defineConfig({
  ...everywhere,
  test: {
    ...everywhere.test,
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/browser/support/require-chromium.ts', 'test/support/global-setup.ts'],
  },
});
