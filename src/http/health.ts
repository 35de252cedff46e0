import { Hono } from 'hono';
import { createDatabasePing } from '../kernel/db/ping-database.ts';
import { sayRetryAfter } from './answers.ts';
import type { HttpDeps, HttpEnv } from './deps.ts';
import { again } from './unavailable.ts';

/** How long the database may take to answer before this process counts as not ready. */
const databaseTimeout = { ms: 1_000 };

/** `/health/live`: the process runs. `/health/ready`: it may be sent requests, else 503; with each check by name. */
export function healthRoutes(deps: Pick<HttpDeps, 'payments' | 'isReady'>): Hono<HttpEnv> {
  const ping = createDatabasePing(deps.payments.database, databaseTimeout);
  const noStore = { 'cache-control': 'no-store' };
  return new Hono<HttpEnv>()
    .get('/health/live', (c) => c.json({ status: 'ok' }, 200, noStore))
    .get('/health/ready', async (c) => {
      const checks = { start: deps.isReady(), database: await ping() };
      const ready = Object.values(checks).every(Boolean);
      const named = Object.entries(checks).map(([name, good]) => [name, good ? 'ok' : 'failing']);
      if (!ready) sayRetryAfter(c, again);
      const body = { status: ready ? 'ok' : 'unavailable', checks: Object.fromEntries(named) };
      return c.json(body, ready ? 200 : 503, noStore);
    });
}
