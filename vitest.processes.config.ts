import { defineConfig } from 'vitest/config';
import everywhere from './vitest.config.ts';

/** The tests that start the gateway, its commands and PostgreSQL as processes of their own: `npm run test:processes`. */
export default defineConfig({ ...everywhere, test: { ...everywhere.test, include: ['test/**/*.processes.ts'] } });
